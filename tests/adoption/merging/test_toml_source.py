"""Places in TOML documents."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from extensions.project_files.toml_text import TomlSource, get
from tests.adoption.merging.documents import pyproject_files, toml_values


@given(pyproject_files())
def test_every_entry_is_found_with_its_value(file: tuple[str, str]) -> None:
    source = TomlSource(file[0])
    for entry in source.entries():
        written = source.text[entry.value.start : entry.value.end]
        assert tomllib.loads(f"x = {written}")["x"] == get(source.data, entry.path)
        assert source.text[entry.equals] == "="


@given(st.lists(toml_values(), max_size=4))
def test_elements_of_an_array_are_found(values: list[str]) -> None:
    source = TomlSource("x = [" + "  ,\n#, ]\n".join([*values, ""]) + "]")
    elements = source.tables[0].entries[0].value.elements or []
    assert [source.text[element.start : element.end] for element in elements] == values
    assert all(source.text[element.comma or 0] == "," for element in elements)


def test_headers_are_found_however_they_are_written() -> None:
    text = "a = 1\n[ b . 'c d' ]\n[[e]]\n[[e]] # x\n  [f.\"g\"]\nh.i = 2"
    tables = TomlSource(text).tables
    assert [table.path for table in tables] == [(), ("b", "c d"), ("e",), ("e",), ("f", "g")]
    assert [table.repeated for table in tables] == [False, False, True, True, False]
    assert tables[-1].entries[0].path == ("f", "g", "h", "i")


def test_offset_of_a_path_is_its_first_mention() -> None:
    source = TomlSource("a = {b = 1}\n[c.d]\ne = 2\n")
    assert source.offset(("a", "b")) == source.text.index("b = 1")
    assert source.offset(("c",)) == source.text.index("[c.d]")
    assert source.offset(("c", "d", "e")) == source.text.index("e = 2")
