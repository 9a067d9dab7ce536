"""Bytes of a file and its text."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extensions.project_files.encoding import decode, line_end_of


@given(st.binary(max_size=50))
def test_any_bytes_come_back(data: bytes) -> None:
    text = decode(data)
    assert text.encode(text.content) == data


@given(st.text("fastpi\r\né漢#=", max_size=20), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_text_is_read_whatever_its_encoding(content: str, encoding: str) -> None:
    text = decode(content.encode(encoding))
    assert text.content == content
    assert text.encode(content + "ü") == (content + "ü").encode(encoding)


def test_big_endian_stays_so() -> None:
    data = codecs.BOM_UTF16_BE + "fastapi".encode("utf-16-be")
    assert decode(data).content == "fastapi"
    assert decode(data).encode("x") == codecs.BOM_UTF16_BE + b"\0x"


def test_other_bytes_of_an_extension_of_ascii_stay() -> None:
    data = "# Größe\nfastapi\n".encode("cp1252")
    text = decode(data)
    assert text.encode(text.content + "asyncpg\n") == data + b"asyncpg\n"


@pytest.mark.parametrize(
    ("content", "line_end"),
    [("", "\n"), ("a", "\n"), ("a\n", "\n"), ("a\r\nb", "\r\n"), ("a\nb\r\nc\r\n", "\r\n")],
)
def test_line_end(content: str, line_end: str) -> None:
    assert line_end_of(content) == line_end
