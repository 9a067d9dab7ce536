"""Files as people write them, generated for property tests."""

import re

from hypothesis import strategies as st

MAIN = ["alembic>=1.16", "asyncpg>=0.30", "pydantic-settings>=2.3", "sqlalchemy[asyncio]>=2.0.40"]
DEV = ["httpx>=0.27", "pytest>=8"]

LINE_ENDS = st.sampled_from(["\n", "\r\n"])
BLANKS = st.sampled_from(["", "", " ", "  ", "\t"])
WORDS = st.text("abcXYZ 09_-.,:;'[]{}=#é漢", max_size=12)
NAMES = st.sampled_from(
    [
        *("fastapi", "uvicorn", "httpx", "pydantic", "Jinja2", "python-jose", "redis", "boto3"),
        *("zope.interface", "typing_extensions", "SQLAlchemy", "asyncpg", "alembic", "pytest"),
        *("pydantic_settings", "greenlet", "aiosqlite", "Pillow"),
    ]
)
EXTRAS = st.sampled_from(["", "", "", "[standard]", "[all,test]", "[asyncio]"])
SPECIFIERS = st.sampled_from(
    ["", "", ">=2", "==2.0.44", "~=2.0", ">=1.0,<3", " >= 1.4", "==1.0.0", "!=2.0.1", " (>=1,<2)"]
)
MARKERS = st.sampled_from(["", "", "", "; python_version >= '3.11'", " ; sys_platform == 'linux'"])


def flat(*parts: st.SearchStrategy[str] | str) -> st.SearchStrategy[str]:
    """Texts that follow one another."""
    return st.tuples(*(st.just(part) if isinstance(part, str) else part for part in parts)).map(
        "".join
    )


REQUIREMENTS = flat(NAMES, EXTRAS, SPECIFIERS, MARKERS)


def is_contained(before: str, after: str) -> bool:
    """Whether all of one text is in another, in its order."""
    rest = iter(after)
    return all(character in rest for character in before)


def without_numbers(text: str) -> str:
    """A text without what a raised bound replaces."""
    return re.sub(r"[0-9.*]+", "", text)


def _strings() -> st.SearchStrategy[str]:
    return st.one_of(
        WORDS.map(lambda text: f'"{text}"'),
        WORDS.map(lambda text: "'" + text.replace("'", "") + "'"),
        WORDS.map(lambda text: f'"""{text}\n{text}"""'),
        WORDS.map(lambda text: "'''" + text.replace("'", "") + '\n"# [x]"' + "'''"),
        st.sampled_from(['"a \\" ] # b"', '"\\\\"', '""', "''", '""""two""""', '"\\u00e9"']),
    )


def toml_values() -> st.SearchStrategy[str]:
    """Values of every type."""
    scalars = st.one_of(
        _strings(),
        st.sampled_from(["1", "-2.5e3", "true", "1979-05-27 07:32:00", "07:32:00", "0xff", "inf"]),
    )
    return st.recursive(
        scalars,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
            st.lists(inner, max_size=3).map(
                lambda items: "[\n" + "".join(f"  {item}, # ] c\n" for item in items) + "]"
            ),
            st.lists(inner, max_size=3).map(
                lambda items: (
                    "{"
                    + ", ".join(
                        f"k{n} = {item}" for n, item in enumerate(items) if "\n" not in item
                    )
                    + "}"
                )
            ),
        ),
        max_leaves=6,
    )


@st.composite
def arrays(draw: st.DrawFn, items: st.SearchStrategy[str] = REQUIREMENTS) -> str:
    """Arrays of requirements in every layout."""
    found = draw(st.lists(items, max_size=5))
    if draw(st.booleans()):
        found.sort(key=str.lower)
    quote = draw(st.sampled_from("\"'"))
    literals = [f'"{item}"' if "'" in item or quote == '"' else f"'{item}'" for item in found]
    trailing = draw(st.booleans()) and bool(literals)
    if draw(st.booleans()):
        gap = draw(BLANKS)
        inside = draw(st.sampled_from([", ", ",", " , "])).join(literals)
        return f"[{gap}{inside}{',' if trailing else ''}{gap}]"
    indent = draw(st.sampled_from(["    ", "  ", "\t", ""]))
    lines = [draw(st.sampled_from(["[", "[ # first", "[  "]))]
    for number, literal in enumerate(literals):
        if draw(st.integers(0, 3)) == 0:
            lines.append(draw(st.sampled_from([f"{indent}# a heading", "", f"{indent}# Database"])))
        comma = "," if trailing or number < len(literals) - 1 else ""
        if comma and draw(st.integers(0, 4)) == 0:
            literal = f'{literal}, "shares-a-line"'  # noqa: PLW2901
        lines.append(indent + literal + comma + draw(st.sampled_from(["", "", "  # why", " "])))
    if draw(st.integers(0, 3)) == 0:
        lines.append(f"{indent}# the end")
        return "\n".join([*lines, "]"])
    return "\n".join([*lines, ""]) + draw(st.sampled_from(["]", "  ]"]))


@st.composite
def other_tables(draw: st.DrawFn, number: int) -> str:
    """A table that is nobody's business."""
    headers = [f"[tool.other{number}]", f"[ tool . 'o{number}' ]", f"[[tool.many{number}]]  # x"]
    lines = [draw(st.sampled_from(headers))]
    for index in range(draw(st.integers(0, 3))):
        key = draw(st.sampled_from(["key", '"quoted key"', "'k'", "a.b"]))
        key = (
            key.replace("key", f"key{index}").replace("k'", f"k{index}'").replace("b", f"b{index}")
        )
        lines.append(f"{key}{draw(BLANKS)}={draw(BLANKS)}{draw(toml_values())}{draw(BLANKS)}")
        lines.append(draw(st.sampled_from(["", "# comment [project]", "  # dependencies = []"])))
    return "\n".join(lines)


@st.composite
def _array_table(draw: st.DrawFn, header: str, keys: list[str]) -> str:
    entries = [f"{key}{draw(BLANKS)}={draw(BLANKS)}{draw(arrays())}" for key in keys]
    return "\n".join([header, *entries])


@st.composite
def requirement_tables(draw: st.DrawFn, header: str, *, python: bool = False) -> str:
    """A table of Poetry's or Pipenv's, from names to constraints."""
    names = draw(st.lists(NAMES, max_size=5, unique_by=lambda name: name.lower().replace("_", "-")))
    if draw(st.booleans()):
        names.sort(key=str.lower)
    values = st.sampled_from(
        [
            *('"*"', '"^2.0"', "'~1.4'", '">=1,<3"', '{version = "^2", extras = ["asyncio"]}'),
            *('{ git = "https://example.org/x.git" }', '[{version = "<2"}, {version = ">=2"}]'),
        ]
    )
    width = draw(st.sampled_from([0, 0, 20]))
    lines = [header, *(['python = "^3.11"'] if python else [])]
    for name in names:
        key = f'"{name}"' if "." in name else name
        lines.append(f"{key.ljust(width)}{draw(st.sampled_from([' = ', '=']))}{draw(values)}")
        lines += draw(st.sampled_from([[], [], ["# c"], [""]]))
    return "\n".join(lines)


@st.composite
def finished(draw: st.DrawFn, parts: list[str]) -> str:
    """A document of parts, with line ends, an end and a byte order mark of some kind."""
    text = draw(st.sampled_from(["\n\n", "\n"])).join(parts)
    text = text.rstrip("\n") + draw(st.sampled_from(["", "\n", "\n\n", "\n# end", "\n  \n"]))
    mark = draw(st.sampled_from(["", "", "\ufeff"]))
    return mark + text.replace("\n", draw(LINE_ENDS))


MANAGERS = st.sampled_from(["uv", "pdm", "pip", "setuptools", "hatch", "rye", "poetry", "pixi"])


@st.composite
def pyproject_files(draw: st.DrawFn) -> tuple[str, str]:
    """A pyproject.toml and the manager that reads it."""
    manager = draw(MANAGERS)
    parts = [draw(other_tables(number)) for number in range(draw(st.integers(0, 2)))]
    if manager == "poetry" and draw(st.booleans()):
        parts.append(draw(requirement_tables("[tool.poetry.dependencies]", python=True)))
    else:
        keys = draw(st.permutations(["dependencies", "keywords"]))
        head = draw(st.sampled_from(["[project]", "[ project ]  # ours", '["project"]']))
        project = draw(_array_table(head, keys[: draw(st.integers(1, 2))]))
        parts.append(project.replace("\n", '\nname = "shop"\n', 1))
        if draw(st.booleans()):
            parts.append(draw(_array_table("[project.optional-dependencies]", ["x", "dev"])))
    development: dict[str, st.SearchStrategy[str]] = {
        "groups": _array_table("[dependency-groups]", draw(st.sampled_from([["dev"], ["lint"]]))),
        "uv": _array_table("[tool.uv]", ["dev-dependencies"]),
        "rye": _array_table("[tool.rye]", ["dev-dependencies"]),
        "pdm": _array_table("[tool.pdm.dev-dependencies]", ["test"]),
        "poetry": requirement_tables("[tool.poetry.group.test.dependencies]"),
        "poetry1": requirement_tables("[tool.poetry.dev-dependencies]"),
    }
    chosen = draw(st.sets(st.sampled_from(sorted(development)), max_size=2))
    parts += [draw(development[name]) for name in sorted(chosen)]
    parts = draw(st.permutations(parts))
    return draw(finished(list(parts))), manager


@st.composite
def pipfiles(draw: st.DrawFn) -> str:
    """A Pipfile."""
    parts = [
        '[[source]]\nurl = "https://pypi.org/simple"\nverify_ssl = true',
        draw(requirement_tables("[packages]")),
        *([draw(requirement_tables("[dev-packages]"))] if draw(st.booleans()) else []),
        '[requires]\npython_version = "3.12"',
    ]
    return draw(finished(list(draw(st.permutations(parts)))))


@st.composite
def requirements_files(draw: st.DrawFn) -> str:
    """A requirements file."""
    line = st.one_of(
        REQUIREMENTS,
        flat(NAMES, "==1.0  # pinned"),
        flat(NAMES, ">=1 \\\n    ; python_version > '3'"),
        st.sampled_from(
            [
                *("", "", "# a comment", "# Database", "-e .", "--index-url https://example.org/"),
                *("-r other.txt", "-c limits.txt", "./local", "git+https://example.org/x#egg=x"),
                *("x @ https://example.org/x.whl", "   ", "#fastapi", "\t# indented"),
            ]
        ),
    )
    lines = draw(st.lists(line, max_size=8))
    if draw(st.booleans()):
        lines.sort(key=str.lower)
    return draw(finished(lines))


@st.composite
def setup_cfgs(draw: st.DrawFn) -> str:
    """A setup.cfg."""

    def option(name: str) -> str:
        found = draw(st.lists(flat(NAMES, EXTRAS), max_size=4))
        if draw(st.booleans()):
            return f"{name} = {'; '.join(found)}"
        indent = draw(st.sampled_from(["    ", "\t", "  "]))
        lines = [f"{name}{draw(BLANKS)}={draw(BLANKS)}"]
        for item in found:
            lines.append(f"{indent}{item}{draw(st.sampled_from(['>=1', '', ' == 2.0.*']))}")
            lines += draw(st.sampled_from([[], [], [f"{indent}# c"], ["# d"]]))
        return "\n".join(lines)

    options = [
        "[options]",
        *draw(st.permutations([option("install_requires"), "packages = find:"])),
    ]
    parts = ["[metadata]\nname = shop\ndescription = a: b = c\n  [options]", "\n".join(options)]
    if draw(st.booleans()):
        parts.append("\n".join(["[options.extras_require]", option("dev"), option("docs")]))
    return draw(finished(list(draw(st.permutations(parts)))))


@st.composite
def gitignores(draw: st.DrawFn) -> str:
    """A .gitignore."""
    lines = st.sampled_from(
        [
            *(
                "",
                "# secrets",
                "*.pyc",
                ".env",
                "/.env",
                ".env*",
                "*.env",
                "!.env",
                ".env.*",
                "env/",
            ),
            *("!.env.example", ".env/", "**/.env", "*", "/*", ".e?v", ".en[a-v]", "!*", "\\.env"),
            *(".env ", " .env", "!.env.*", "*.example", ".env.local", "#.env", "foo/.env"),
        ]
    )
    return draw(finished(draw(st.lists(lines, max_size=6))))


@st.composite
def env_examples(draw: st.DrawFn) -> str:
    """A .env.example."""
    lines = st.sampled_from(
        [
            *(
                "",
                "# App",
                "DEBUG=1",
                "export SECRET=x",
                "DATABASE_URL=postgres://u:p@h/d",
                "X = 1",
            ),
            *("#DATABASE_URL=", "# export DATABASE_POOL_SIZE = 5", 'NAME="a b" # c', "A='#'"),
            *("  # indented", "OLD_DATABASE_URL=1", "DATABASE_URL_TEST=2", "DATABASE_POOL_SIZE: 3"),
        ]
    )
    return draw(finished(draw(st.lists(lines, max_size=6))))
