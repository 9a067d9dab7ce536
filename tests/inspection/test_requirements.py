"""Specifiers of every dialect in PEP 440 form, judged by the library that defines the form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from extensions.project_files.notation import canonical_name, parse_pep508, pep440

VERSIONS = [Version(f"{a}.{b}.{c}") for a in range(3) for b in range(4) for c in range(4)]
numbers = st.lists(st.integers(0, 3), min_size=1, max_size=3)


def admitted(specifier: str) -> set[Version]:
    return set(SpecifierSet(specifier).filter(VERSIONS))


@given(numbers)
def test_a_caret_allows_what_keeps_the_first_number_that_is_not_zero(parts: list[int]) -> None:
    text = ".".join(map(str, parts))
    fixed = next((i for i, part in enumerate(parts) if part), len(parts) - 1)
    expected = {
        version
        for version in VERSIONS
        if version >= Version(text) and list(version.release[: fixed + 1]) == parts[: fixed + 1]
    }
    assert admitted(pep440(f"^{text}")) == expected


@given(numbers)
def test_a_tilde_allows_what_keeps_the_first_two_numbers(parts: list[int]) -> None:
    text = ".".join(map(str, parts))
    kept = parts[:2]
    expected = {
        version
        for version in VERSIONS
        if version >= Version(text) and list(version.release[: len(kept)]) == kept
    }
    assert admitted(pep440(f"~{text}")) == expected


@given(st.sampled_from(["==", "!=", "<=", ">=", "<", ">", "~="]), numbers, numbers)
def test_pep_440_itself_stays_what_it_is(operator: str, parts: list[int], more: list[int]) -> None:
    version = ".".join(map(str, [*parts, 0]))
    text = f"{operator}{version}, !={'.'.join(map(str, more))}"
    assert SpecifierSet(pep440(text)) == SpecifierSet(text)


@given(st.text(alphabet="a1.-_[]()<>=!~^|*,;@# \t\n'\"/", max_size=40))
def test_any_text_gives_a_specifier_or_none(text: str) -> None:
    parsed = parse_pep508(text)
    if parsed:
        assert canonical_name(parsed.name) == canonicalize_name(parsed.name)


@given(
    st.from_regex(r"[A-Za-z]([A-Za-z0-9._-]{0,8}[A-Za-z0-9])?", fullmatch=True),
    st.sampled_from(["", "[a,b]", " [a]"]),
    st.sampled_from(["", ">=1.0", "==1.*", " >= 1, < 2", "~=1.1", "(>=1)"]),
    st.sampled_from(["", '; python_version > "3.8"', ' ; extra == "x"']),
)
def test_a_pep_508_line_is_read_as_packaging_reads_it(
    name: str, extras: str, specifier: str, marker: str
) -> None:
    line = f"{name}{extras}{specifier}{marker}"
    wanted = Requirement(line)
    parsed = parse_pep508(line)
    assert parsed is not None
    assert parsed.name == wanted.name
    assert parsed.extras == wanted.extras
    assert SpecifierSet(pep440(parsed.constraint)) == wanted.specifier
    assert parsed.conditional == (wanted.marker is not None)


@pytest.mark.parametrize(
    ("written", "specifier"),
    [
        ("*", ""),
        ("", ""),
        ("0.115.0", "==0.115.0"),
        ("1.*", "==1.*"),
        ("^1.2 || ^3", ">=1.2,<2 || >=3,<4"),
        (">=3.9,<3.13", ">=3.9,<3.13"),
        (">=3.9 <3.13", ">=3.9,<3.13"),
        ("~3.11", ">=3.11,<3.12"),
        ("^0.0.3", ">=0.0.3,<0.0.4"),
    ],
)
def test_pep440(written: str, specifier: str) -> None:
    assert pep440(written) == specifier


@pytest.mark.parametrize(
    "line",
    ["", "# fastapi", "-r base.txt", "--index-url https://x", "https://x/y.whl", "two words"],
)
def test_a_line_that_names_no_distribution(line: str) -> None:
    assert parse_pep508(line) is None


def test_a_requirement_with_an_address_admits_every_version() -> None:
    parsed = parse_pep508("fastapi @ git+https://x/y.git@main")
    assert parsed == ("fastapi", frozenset(), "", False, None)
    parsed = parse_pep508("fastapi==1.0 --hash=sha256:abc \\")
    assert parsed == ("fastapi", frozenset(), "==1.0", False, (7, 12))
