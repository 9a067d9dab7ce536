"""The grammar in which models are asked for; docs/models.md describes it for a person."""

from __future__ import annotations

import re
from dataclasses import replace

from .defaults import parse_default
from .naming import pascal_case, snake_case
from .specification import Field, ManyToMany, Model, Reference, Value
from .syntax import LONGEST_NAME, ModelsError, Position, Scanner, Word, nearest
from .value_types import SYNONYMS, TYPES, parse_type

LONGEST_DESCRIPTION = 70
SEARCHED_WORD = "fox"
"""What the generated tests look for."""
_MODEL_NAME = re.compile(r"[A-Z][A-Za-z0-9]*", re.ASCII)
_FIELD_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", re.ASCII)
_MANY_TO_MANY = "Write '<->' for many-to-many."
_OTHER_NOTATIONS = {
    **dict.fromkeys(("null", "nullable", "optional"), "Write '?' to allow NULL."),
    **dict.fromkeys(("not", "notnull", "required"), "NOT NULL is the default."),
    **dict.fromkeys(("primary", "primary_key", "pk"), "Every model has a key, 'id'."),
    **dict.fromkeys(("references", "fk", "foreign"), "Write '-> Model' for a type."),
    **dict.fromkeys(("many", "m2m", "list"), _MANY_TO_MANY),
    "default": "Write '=' and the default.",
    "on": "Write 'cascade' or 'restrict'.",
}
"""What SQL and other grammars say, and what this one has in its place."""


def parse(text: str) -> tuple[Model, ...]:
    """Read models; no model has to be known to another one yet.

    Raises:
        ModelsError: the text does not follow the grammar.
    """
    scanner = Scanner(text)
    models: list[Model] = []
    while scanner.skip_separators():
        models.append(_model(scanner))
    return tuple(models)


def has_vectors(text: str) -> bool:
    """Whether some columns are of pgvector's type; not where the text is refused elsewhere."""
    try:
        models = parse(text)
    except ModelsError:
        return False
    fields = (field for model in models for field in model.fields)
    return any(isinstance(field, Value) and field.type.name == "vector" for field in fields)


def _model(scanner: Scanner) -> Model:
    position = scanner.position
    shared = position if scanner.take_shared() else None
    name = scanner.word()
    if name is None:
        raise scanner.expected("a model's name, such as 'Customer'")
    if not name.text[0].isupper():
        raise ModelsError(
            f"expected a model's name, which starts with a capital letter, found '{name.text}'."
            f"{_perhaps(pascal_case(name.text), _MODEL_NAME)}",
            name.position,
        )
    if not _MODEL_NAME.fullmatch(name.text):
        raise ModelsError(
            f"'{name.text}' is no name for a model: use the letters A to Z and digits."
            f"{_perhaps(pascal_case(name.text), _MODEL_NAME)}",
            name.position,
        )
    _check_length(name)
    description = _description(scanner)
    if scanner.take(":"):
        fields = tuple(_fields(scanner))
    elif scanner.at_end_of_item():
        fields = ()
    else:
        hint = (
            f" A field's name starts with a small letter: '{snake_case(name.text)}'?"
            if _looks_like_type(scanner)
            else ""
        )
        raise scanner.expected(f"':' or ',' after the model '{name.text}'", hint)
    return Model(name.text, description, fields, name.position, shared)


def _description(scanner: Scanner) -> str | None:
    quoted = scanner.quoted()
    if quoted is None:
        return None
    text = quoted.text.strip()
    if len(text) > LONGEST_DESCRIPTION:
        raise ModelsError(
            f"the description has {len(text)} characters; there is room for {LONGEST_DESCRIPTION}.",
            quoted.position,
        )
    if not text or not text.isprintable() or set(text) & set("\\\"'"):
        raise ModelsError(
            "expected a description of letters, without quotation marks and backslashes in it.",
            quoted.position,
        )
    return text


def _fields(scanner: Scanner) -> list[Field]:
    fields: list[Field] = []
    while scanner.skip_separators() and not scanner.at_model():
        fields.append(_field(scanner))
    return fields


def _field(scanner: Scanner) -> Field:
    name = scanner.word()
    if name is None:
        raise scanner.expected("a field's name, such as 'email'")
    if not _FIELD_NAME.fullmatch(name.text):
        raise ModelsError(
            f"'{name.text}' is no name for a field: use small letters, digits and single '_'."
            f"{_perhaps(snake_case(name.text), _FIELD_NAME)}",
            name.position,
        )
    _check_length(name)
    if scanner.take("->"):
        field: Field = _reference(scanner, name)
    elif scanner.take("<->"):
        field = ManyToMany(name.text, *_target(scanner), name.position)
    else:
        field = _value(scanner, name)
    if not scanner.at_end_of_item():
        words = {
            Value: "'unique', 'index', 'search', '=', or ','",
            Reference: "'unique', 'cascade', 'restrict', or ','",
            ManyToMany: "','",
        }[type(field)]
        optional = not isinstance(field, ManyToMany) and not field.is_optional
        before = "'?', " if optional else ""
        raise scanner.expected(f"{before}{words} after '{field.name}'", _misplaced(scanner, field))
    return field


def _misplaced(scanner: Scanner, field: Field) -> str:
    piece = scanner.next_piece()
    if piece == "'?'":
        return " A '?' follows the type at once." if isinstance(field, Value | Reference) else ""
    if piece == "'['" and isinstance(field, Reference):
        return f" {_MANY_TO_MANY}"
    word = piece.strip("'").lower()
    if word in _OTHER_NOTATIONS:
        return f" {_OTHER_NOTATIONS[word]}"
    words = (
        ("unique", "index", "search")
        if isinstance(field, Value)
        else ("unique", "cascade", "restrict")
    )
    return nearest(word, words)


def _target(scanner: Scanner) -> tuple[Word, Word | None]:
    target = scanner.word()
    if target is None:
        hint = f" {_MANY_TO_MANY}" if scanner.next_piece() == "'['" else ""
        raise scanner.expected("a model's name, such as 'Customer'", hint)
    if not scanner.take("."):
        return target, None
    reverse = scanner.word()
    if reverse is None or not _FIELD_NAME.fullmatch(reverse.text):
        raise ModelsError(
            f"expected what {target.text} calls its side, in small letters, as in "
            f"'{target.text}.invoices'.",
            reverse.position if reverse else scanner.position,
        )
    _check_length(reverse)
    return target, reverse


def _reference(scanner: Scanner, name: Word) -> Reference:
    target, reverse = _target(scanner)
    field = Reference(name.text, target, reverse, name.position, is_optional=scanner.take("?"))
    if scanner.take("."):
        raise ModelsError(
            f"the '?' comes last: write '{target.text}.name?'.",
            scanner.position,
        )
    while not scanner.at_end_of_item():
        position = scanner.position
        piece = scanner.next_piece()
        if piece == "'index'":
            raise ModelsError("a reference is always indexed: leave 'index' out.", position)
        if piece == "'='":
            raise ModelsError("a reference has no default.", position)
        if piece == "'unique'" and not field.is_unique:
            field = replace(field, is_unique=True)
        elif piece in ("'cascade'", "'restrict'") and field.on_delete is None:
            field = replace(field, on_delete=piece.strip("'").upper())
        elif piece in ("'unique'", "'cascade'", "'restrict'"):
            raise ModelsError("say 'unique' once, and one of 'cascade' and 'restrict'.", position)
        else:
            break
        scanner.word()
    return field


def _value(scanner: Scanner, name: Word) -> Value:
    type_ = parse_type(scanner, name)
    field = Value(name.text, type_, name.position, is_optional=scanner.take("?"))
    while not scanner.at_end_of_item():
        position = scanner.position
        if scanner.take("="):
            if field.default is not None:
                raise ModelsError(f"'{name.text}' has a default already.", position)
            field = replace(field, default=parse_default(scanner, type_))
            continue
        piece = scanner.next_piece()
        if piece not in ("'unique'", "'index'", "'search'"):
            break
        scanner.word()
        if piece == "'search'":
            _check_search(field, position)
            field = replace(field, is_searched=True)
            continue
        if type_.name == "vector":
            raise ModelsError(
                f"a vector is indexed where pgvector can, and never unique: leave {piece} out.",
                position,
            )
        if field.is_unique or field.is_indexed:
            raise ModelsError(
                "'unique' brings an index of its own: say one of the two, once.", position
            )
        if piece == "'unique'":
            _check_unique(field, position)
        field = replace(field, is_unique=piece == "'unique'", is_indexed=piece == "'index'")
    return field


def _check_unique(field: Value, position: Position) -> None:
    """Refuse what PostgreSQL cannot compare, or what would allow a handful of rows."""
    kind = "an array" if field.type.is_array else field.type.name
    has_ten_values = field.type.name == "decimal" and field.type.numbers[:1] == (1,)
    if has_ten_values:
        kind = "a decimal of one digit"
    if field.type.is_array or field.type.name in ("bool", "enum", "json") or has_ten_values:
        raise ModelsError(
            f"'unique' does not suit {kind}: '{field.name}' can be indexed.", position
        )


def _check_search(field: Value, position: Position) -> None:
    """Refuse what holds no words."""
    shortest = len(SEARCHED_WORD)
    if field.is_searched:
        raise ModelsError("say 'search' once.", position)
    if field.type.name != "str" or field.type.is_array:
        kind = "an array" if field.type.is_array else field.type.name
        raise ModelsError(
            f"'search' is for text, and '{field.name}' is {kind}: leave it out.", position
        )
    if field.type.numbers and field.type.numbers[0] < shortest:
        raise ModelsError(
            f"'search' needs a text that has room for words, of {shortest} characters or more.",
            position,
        )


def _looks_like_type(scanner: Scanner) -> bool:
    return scanner.next_piece().strip("'").lower() in {*TYPES, *SYNONYMS, "->", "<->"}


def _check_length(name: Word) -> None:
    if len(name.text) > LONGEST_NAME:
        raise ModelsError(
            f"'{name.text}' has {len(name.text)} characters; a name has at most {LONGEST_NAME}.",
            name.position,
        )


def _perhaps(name: str, pattern: re.Pattern[str]) -> str:
    return f" Did you mean '{name}'?" if pattern.fullmatch(name) else ""
