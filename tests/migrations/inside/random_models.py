"""Tables at random, and changes of them, out of what PostgreSQL and SQLAlchemy have."""

from __future__ import annotations

from copy import deepcopy
from random import Random

from sqlalchemy import (
    ARRAY,
    JSON,
    REAL,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    Enum,
    Float,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    Numeric,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import INET, JSONB, ExcludeConstraint
from sqlalchemy.orm import DeclarativeBase

TYPES = {
    "text": [lambda: String(50), lambda: String(80), Text],
    "int": [Integer, BigInteger, SmallInteger],
    "decimal": [lambda: Numeric(10, 2), lambda: Numeric(12, 4), Numeric],
    "real": [REAL, lambda: Float(24)],
    "double": [Float, lambda: Float(53)],
    "bool": [Boolean],
    "time": [lambda: DateTime(timezone=True)],
    "date": [Date],
    "uuid": [Uuid],
    "json": [JSON],
    "jsonb": [JSONB],
    "texts": [lambda: ARRAY(Text)],
    "inet": [INET],
    "bytes": [LargeBinary],
    "span": [Interval],
}
DEFAULTS = {
    "text": [
        *["draft", "it's", "'n/a'", "", "50% off", "a :b c", "now()", 'say "hi"'],
        text("'it''s \\:x'"),
        text("substr(md5(random()::text), 1, 12)"),
        text("gen_random_uuid()::text"),
        text("current_setting('a.b', true)"),
        func.lower("X"),
    ],
    "int": ["0", "7", "-1", text("42"), text("(1 + 1)")],
    "decimal": ["0", "0.1", text("1.5"), text("'0'")],
    "real": ["0.1", text("0.1")],
    "double": ["0.1", text("0.1"), text("random()")],
    "bool": ["false", true(), text("(not false)")],
    "time": [func.now(), text("now() + interval '1 day'"), text("clock_timestamp()")],
    "date": [func.current_date(), "2026-01-01"],
    "uuid": [func.gen_random_uuid()],
    "json": ["{}", text("'{\"a\\: b\": 1}'")],
    "jsonb": ["{}", text("'[]'::jsonb"), text("'{\"a\\:b\": [1]}'")],
    "texts": ["{}", text("ARRAY[]::text[]"), "{a,b}"],
    "inet": ["10.0.0.0/8"],
    "bytes": [text("'\\x00'")],
    "span": [text("interval '1 hour'"), "1 day"],
}
CHECKS = {
    "text": [
        *["length({c}) > 3", "{c} <> 'app \\:start'", "{c} <> '100%'", "{c} IN ('a', 'b')"],
        *["{c} <> 'it''s'", "{c} IS NULL OR {c} LIKE '%\\:b%'", "{c} <> upper('x')"],
    ],
    "int": ["{c} >= 0", "{c} % 7 <> 3", "{c} BETWEEN 1 AND 5", "{c} >= 0 AND {c} < 10"],
    "texts": ["cardinality({c}) < 9"],
    "jsonb": ["{c} ? 'a'"],
}
COMPUTED = {
    "text": ["upper({c})", "lower({c}) || '\\:x'", "{c} || '%'"],
    "int": ["{c} + 1", "{c} * 2"],
}
LABELS = ["draft", "sent", "it's", "a::x", "a::y", 'say "hi"', "ünï", "a :b", "100%", "Paid"]
COMMENTS = [None, None, None, "plain", "it's 100% :sure", 'a "quote"', "two\nlines"]
NAMES = [
    "name",
    "order",
    "user",
    "CamelCase",
    "two words",
    "state",
    "kind",
    "amount",
    "note",
    "x%y",
]
SCHEMAS = [None, None, None, None, "side", "Other side"]
# What a unique constraint of a partitioned table could do without, as well.
PARTITIONS = [None, None, None, None, "HASH (id)", "LIST (id)"]
KEYS = ["identity", "always", "serial", "bigserial", "uuid"]
TABLES = ["things", "order", "Mixed", "order lines", "parts", "users_of_things"]


def quoted(name: str) -> str:
    """Return a name as SQL writes it."""
    return f'"{name}"'


class Models:
    """Specifications of tables, which stay comparable and can be copied."""

    def __init__(self, seed: int, base: type[DeclarativeBase]) -> None:
        self.base = base
        self.random = Random(seed)
        self.enums: dict[str, list[str]] = {}
        self.tables: dict[str, dict] = {}
        self.former: dict[tuple[str, str | None], tuple[str, str | None]] = {}
        self.count = 0

    def copy(self) -> Models:
        """Return the same models, which do not change with these."""
        copied = Models(0, self.base)
        copied.enums = deepcopy(self.enums)
        copied.tables = {
            name: {**t, "columns": {k: dict(c) for k, c in t["columns"].items()},
                   "items": {k: dict(i) for k, i in t["items"].items()}}
            for name, t in self.tables.items()
        }  # fmt: skip
        return copied

    def forget(self) -> None:
        """Have no tables any more, but one in each schema: nobody looks into another."""
        for name in sorted(self.tables):
            self.drop(name)

    def invent(self) -> None:
        """Think of tables."""
        for number in range(self.random.randint(0, 2)):
            labels = self.random.sample(LABELS, self.random.randint(2, 4))
            self.enums[self.random.choice(["status", "Kind"]) + f"_{number}"] = labels
        for name in self.random.sample(TABLES, self.random.randint(2, 4)):
            self.add_table(name)

    def change(self) -> None:
        """Change some of them."""
        for _ in range(self.random.randint(3, 8)):
            if not self.tables:
                self.add_some_table()
            self.random.choice(
                [
                    *[self.add_column, self.drop_column, self.change_column, self.change_column],
                    *[self.add_item, self.drop_item, self.change_item, self.change_item],
                    *[self.change_enum, self.drop_table, self.add_some_table, self.change_key],
                ]
            )()

    # What is changed.

    def add_some_table(self) -> None:
        free = [name for name in TABLES if name not in self.tables]
        if free:
            self.add_table(self.random.choice(free))

    def add_table(self, name: str) -> None:
        schema = self.random.choice(SCHEMAS)
        key = self.random.choice(KEYS)
        partitions = self.random.choice(PARTITIONS)
        # A table that goes and comes is changed, which partitions do not allow for.
        former = self.former.setdefault((name, schema), (key, partitions))
        if former[1] or partitions:
            key, partitions = former
        self.tables[name] = {
            "columns": {},
            "items": {},
            "key": key,
            "schema": schema,
            "partitions": partitions,
        }
        for _ in range(self.random.randint(2, 6)):
            self.add_column(name)
        for _ in range(self.random.randint(1, 5)):
            self.add_item(name)

    def drop_table(self) -> None:
        if len(self.tables) > 1:
            self.drop(self.random.choice(sorted(self.tables)))

    def drop(self, name: str) -> None:
        schema = self.tables[name]["schema"]
        if schema and [table["schema"] for table in self.tables.values()].count(schema) == 1:
            return
        del self.tables[name]
        for table in self.tables.values():
            for key, item in list(table["items"].items()):
                if item.get("target") == name:
                    del table["items"][key]

    def some_table(self, name: str | None = None) -> tuple[str, dict]:
        name = name or self.random.choice(sorted(self.tables))
        return name, self.tables[name]

    def add_column(self, name: str | None = None) -> None:
        _, table = self.some_table(name)
        free = [column for column in NAMES if column not in table["columns"]]
        if not free:
            return
        column = self.random.choice(free)
        of_column = {k: c for k, c in table["columns"].items() if c["kind"] in COMPUTED}
        if of_column and self.random.random() < 0.2:
            base = self.random.choice(sorted(of_column))
            kind = of_column[base]["kind"]
            spec = {
                "kind": "computed",
                "of": base,
                "expression": self.random.choice(COMPUTED[kind]),
            }
            spec["type"] = {"text": 2, "int": 1}[kind]
            spec["base_kind"] = kind
        elif self.enums and self.random.random() < 0.4:
            enum = self.random.choice(sorted(self.enums))
            kind = self.random.choice(["enum", "enum", "enums", "words"])
            spec = {"kind": kind, "enum": enum, "type": 0}
            spec["default"] = self.random.choice([None, self.random.choice(self.enums[enum])])
        else:
            kind = self.random.choice(sorted(TYPES))
            spec = {"kind": kind, "type": self.random.randrange(len(TYPES[kind]))}
            spec["default"] = self.random.choice([None, *DEFAULTS[kind]])
        spec["nullable"] = self.random.random() < 0.5
        spec["comment"] = self.random.choice(COMMENTS)
        table["columns"][column] = spec

    def drop_column(self) -> None:
        _, table = self.some_table()
        if len(table["columns"]) < 2:
            return
        gone = {self.random.choice(sorted(table["columns"]))}
        gone |= {name for name, column in table["columns"].items() if column.get("of") in gone}
        for column in gone:
            del table["columns"][column]
        for key, item in list(table["items"].items()):
            if gone & set(item["columns"]):
                del table["items"][key]

    def change_column(self) -> None:
        _, table = self.some_table()
        name = self.random.choice(sorted(table["columns"]))
        column = table["columns"][name]
        what = self.random.choice(["type", "kind", "default", "nullable", "comment"])
        is_used = any(c.get("of") == name for c in table["columns"].values())
        is_named = any(name in item["columns"] for item in table["items"].values())
        if column["kind"] == "computed":
            column["expression"] = self.random.choice(COMPUTED[column["base_kind"]])
        elif what == "type" and column["kind"] in TYPES and not is_used:
            column["type"] = self.random.randrange(len(TYPES[column["kind"]]))
        elif what == "kind" and column["kind"] in TYPES and not is_used and not is_named:
            kind = self.random.choice(sorted(TYPES))
            column.update(kind=kind, type=0)
            column["default"] = self.random.choice([None, *DEFAULTS[kind]])
        elif what == "default":
            if column["kind"] in TYPES:
                column["default"] = self.random.choice([None, *DEFAULTS[column["kind"]]])
            else:
                labels = self.enums[column["enum"]]
                column["default"] = self.random.choice([None, *labels])
        elif what == "nullable":
            column["nullable"] = not column["nullable"]
        else:
            column["comment"] = self.random.choice(COMMENTS)

    def change_key(self) -> None:
        name, table = self.some_table()
        is_used = any(
            item.get("target") == name
            for other in self.tables.values()
            for item in other["items"].values()
        )
        if not table["partitions"] and not is_used:
            table["key"] = self.random.choice(KEYS)

    def change_enum(self) -> None:
        if not self.enums:
            return
        name = self.random.choice(sorted(self.enums))
        labels = self.enums[name]
        used = {
            column["default"]
            for table in self.tables.values()
            for column in table["columns"].values()
            if column.get("enum") == name
        } | {
            item["label"]
            for table in self.tables.values()
            for item in table["items"].values()
            if item.get("enum") == name
        }
        what = self.random.choice(["add", "remove", "move"])
        free = [label for label in LABELS if label not in labels]
        spare = [label for label in labels if label not in used]
        if what == "add" and free:
            labels.insert(self.random.randint(0, len(labels)), self.random.choice(free))
        elif what == "remove" and spare and len(labels) > 1:
            labels.remove(self.random.choice(spare))
        else:
            self.random.shuffle(labels)

    def add_item(self, name: str | None = None) -> None:
        table_name, table = self.some_table(name)
        item = self.new_item(table_name, table)
        # PostgreSQL keeps the first of two equal constraints.
        if item and item not in table["items"].values():
            self.count += 1
            table["items"][f"{item['what']}_{table_name[:5]}_{self.count}"] = item

    def drop_item(self) -> None:
        _, table = self.some_table()
        if table["items"]:
            del table["items"][self.random.choice(sorted(table["items"]))]

    def change_item(self) -> None:
        name, table = self.some_table()
        if table["items"]:
            key = self.random.choice(sorted(table["items"]))
            item = self.new_item(name, table, table["items"][key]["what"])
            if item and item not in table["items"].values():
                table["items"][key] = item

    def new_item(self, name: str, table: dict, what: str | None = None) -> dict | None:
        choice = self.random.choice
        what = what or choice(
            ["check", "unique", "index", "index", "exclude", "key", "enum_index", "enum_check"]
        )
        columns = table["columns"]

        def of_kind(*kinds: str) -> list[str]:
            return sorted(k for k, c in columns.items() if c["kind"] in kinds)

        if table["partitions"] and what in {"unique", "exclude"}:
            return None
        plain = of_kind("text", "int", "uuid", "date", "decimal", "computed")
        if what == "check":
            able = of_kind(*CHECKS)
            if able:
                column = choice(able)
                return {
                    "what": what,
                    "columns": [column],
                    "sql": choice(CHECKS[columns[column]["kind"]]),
                }
        elif what == "unique" and plain:
            some = self.random.sample(plain, self.random.randint(1, min(3, len(plain))))
            late = {"deferrable": True, "initially": "DEFERRED"}
            distinct = {"postgresql_nulls_not_distinct": True}
            options = choice([{}, {}, {"deferrable": True}, late, distinct])
            return {"what": what, "columns": some, "options": options}
        elif what == "index" and plain:
            some = self.random.sample(plain, self.random.randint(1, min(2, len(plain))))
            texts = of_kind("text")
            forms = [
                "plain",
                "plain",
                "unique",
                "hash",
                "fill",
                "desc",
                "partial",
                "include",
                "brin",
            ]
            if table["partitions"]:
                forms.remove("unique")
            forms += ["lower", "collate", "nested", "opclass", "partial_colon"] * bool(texts)
            form = choice(forms)
            if form in {"lower", "collate", "nested", "opclass", "partial_colon"}:
                some = [choice(texts)]
            if form in {"hash", "include", "brin"}:
                some = some[:1]
            return {"what": what, "columns": some, "form": form}
        elif what == "exclude" and of_kind("inet"):
            return {"what": what, "columns": [choice(of_kind("inet"))], "options": choice(
                [{}, {"deferrable": True, "initially": "DEFERRED"}, {"where": True}])}  # fmt: skip
        elif what in {"enum_index", "enum_check"} and of_kind("enum"):
            column = choice(of_kind("enum"))
            enum = columns[column]["enum"]
            return {
                "what": what,
                "columns": [column],
                "enum": enum,
                "label": choice(self.enums[enum]),
            }
        elif what == "key" and (uuids := of_kind("uuid")):
            targets = [t for t, spec in self.tables.items() if spec["key"] == "uuid"]
            if targets:
                options = choice(
                    [{}, {"ondelete": "CASCADE"}, {"deferrable": True, "initially": "DEFERRED"}]
                )
                target = choice(targets)
                if target > name:
                    # Tables that refer to each other have no order without that.
                    options = {**options, "use_alter": True}
                return {
                    "what": what,
                    "columns": [choice(uuids)],
                    "target": target,
                    "options": options,
                }
        return None

    # What is declared.

    def declare(self) -> None:
        """Let the base have these tables instead of all others."""
        # In the same one, types of before would be created as well.
        self.base.metadata = MetaData(naming_convention=self.base.metadata.naming_convention)
        for name, table in sorted(self.tables.items()):
            key = {
                "identity": lambda: Column("id", BigInteger, Identity(), primary_key=True),
                "always": lambda: Column(
                    "id", Integer, Identity(always=True, start=7), primary_key=True
                ),
                "serial": lambda: Column("id", Integer, primary_key=True),
                "bigserial": lambda: Column("id", BigInteger, primary_key=True),
                "uuid": lambda: Column(
                    "id", Uuid, primary_key=True, server_default=func.gen_random_uuid()
                ),
            }[table["key"]]()
            columns = [self._column(k, c) for k, c in table["columns"].items()]
            items = [self._item(k, i) for k, i in table["items"].items()]
            Table(
                name,
                self.base.metadata,
                key,
                *columns,
                *items,
                comment=COMMENTS[len(name) % len(COMMENTS)],
                schema=table["schema"],
                **({"postgresql_partition_by": by} if (by := table["partitions"]) else {}),
            )

    def key_of(self, name: str) -> str:
        """Return a table's key, as a foreign key refers to it."""
        schema = self.tables[name]["schema"]
        return f"{schema}.{name}.id" if schema else f"{name}.id"

    def enum_schema(self, name: str) -> str | None:
        """Return the schema of an enum type: one of them is where a table is."""
        schemas = {table["schema"] for table in self.tables.values()} - {None}
        return min(schemas, default=None) if name.endswith("_1") else None

    def partitions(self) -> list[str]:
        """Return statements that make partitions, which no model declares."""
        statements = []
        for name, table in self.tables.items():
            place = f"{quoted(table['schema'] or 'public')}."
            create = f"CREATE TABLE {place}{quoted(name + ' 1')} PARTITION OF {place}{quoted(name)}"
            if table["partitions"] == "HASH (id)":
                statements.append(f"{create} FOR VALUES WITH (MODULUS 1, REMAINDER 0)")
            elif table["partitions"]:
                statements.append(f"{create} DEFAULT PARTITION BY RANGE (id)")
        return statements

    def _column(self, name: str, spec: dict) -> Column:
        options = {"nullable": spec["nullable"], "comment": spec["comment"]}
        kind = spec["kind"]
        if kind == "computed":
            sql = spec["expression"].replace("{c}", quoted(spec["of"]))
            return Column(
                name,
                TYPES[spec["base_kind"]][spec["type"]](),
                Computed(sql, persisted=True),
                **options,
            )
        if "enum" in spec:
            labels, enum = self.enums[spec["enum"]], spec["enum"]
            default = spec["default"]
            if kind == "words":
                words = Enum(
                    *labels,
                    name=f"{name}_{enum}",
                    native_enum=False,
                    create_constraint=True,
                    length=20,
                )
                return Column(name, words, server_default=default, **options)
            native = Enum(*labels, name=enum, schema=self.enum_schema(enum))
            if kind == "enums":
                return Column(name, ARRAY(native), server_default=default and "{}", **options)
            return Column(name, native, server_default=default, **options)
        return Column(name, TYPES[kind][spec["type"]](), server_default=spec["default"], **options)

    def _item(self, name: str, spec: dict) -> object:
        columns = spec["columns"]
        first = quoted(columns[0])
        literal = "'" + spec.get("label", "").replace("'", "''").replace(":", "\\:") + "'"
        match spec["what"]:
            case "check":
                return CheckConstraint(spec["sql"].replace("{c}", first), name=name)
            case "unique":
                return UniqueConstraint(*columns, name=name, **spec["options"])
            case "exclude":
                options = dict(spec["options"])
                if options.pop("where", None):
                    options["where"] = text(f"{first} <> '10.0.0.1'")
                element = Column(columns[0], INET)
                return ExcludeConstraint(
                    (element, "&&"),
                    name=name,
                    using="gist",
                    ops={columns[0]: "inet_ops"},
                    **options,
                )
            case "key":
                return ForeignKeyConstraint(
                    columns, [self.key_of(spec["target"])], name=name, **spec["options"]
                )
            case "enum_index":
                return Index(name, columns[0], postgresql_where=text(f"{first} <> {literal}"))
            case "enum_check":
                return CheckConstraint(f"{first} <> {literal}", name=name)
        return self._index(name, spec, first)

    def _index(self, name: str, spec: dict, first: str) -> Index:
        columns = spec["columns"]
        match spec["form"]:
            case "unique":
                return Index(name, *columns, unique=True)
            case "hash":
                return Index(name, *columns, postgresql_using="hash")
            case "brin":
                return Index(name, *columns, postgresql_using="brin")
            case "fill":
                return Index(name, *columns, postgresql_with={"fillfactor": 70})
            case "desc":
                return Index(name, text(f"{first} DESC NULLS LAST"))
            case "partial":
                return Index(name, *columns, postgresql_where=text(f"{first} IS NOT NULL"))
            case "partial_colon":
                return Index(name, *columns, postgresql_where=text(f"{first} <> 'app \\:start %'"))
            case "include":
                return Index(name, *columns, postgresql_include=["id"])
            case "lower":
                return Index(name, text(f"lower({first})"))
            case "collate":
                return Index(name, text(f'{first} COLLATE "C"'))
            case "nested":
                return Index(name, text(f"({first} || (' ' || {first}))"))
            case "opclass":
                return Index(name, *columns, postgresql_ops={columns[0]: "text_pattern_ops"})
        return Index(name, *columns)
