"""Constraints of users against what the layer needs."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from extensions.project_files.version_constraints import admits, stays_within

NEED = ">=2.0.40"


@pytest.mark.parametrize(
    "constraint",
    [
        "",
        "*",
        ">=2",
        ">=1.4",
        "==2.0.40",
        "==2.0.41",
        "===2.0.43",
        "==2.0.*",
        "~=2.0",
        "~=2.0.3",
        "<3",
        "!=2.0.40",
        ">2.0.39,<2.0.41",
        ">=2.0.39,<=2.0.40",
        "== 2.1.0b2",
        "==2.0.40+vendor.1",
        "<2.0.40.post2",
        "^2.0",
        "^2",
        "^1.4 || ^2.0",
        "~2.0",
        "~2.0.3",
        "2.*",
        "2.0.41",
        "=2.0.41",
        ">=1.4,<3.0 | >4",
        ">= 2.0, < 2.1",
        "2.1.x",
        "as written by nobody",
    ],
)
def test_constraint_leaves_room(constraint: str) -> None:
    assert admits(constraint, NEED)


@pytest.mark.parametrize(
    "constraint",
    [
        "==2.0.39",
        "==2.0.40rc1",
        "===2.0.36",
        "==1.*",
        "~=1.4",
        "~=1.4.3",
        "<2",
        "<=2.0.39",
        "<2.0.40",
        ">=1,<2",
        "!=2.*,<3",
        ">2.0.40,<2.0.40.post1",
        "^1.4",
        "~1.4",
        "1.4.*",
        "2.0.36",
        "^0.25.2 || ^1",
        "==2.0.36+vendor",
        "!=*",
    ],
)
def test_constraint_excludes(constraint: str) -> None:
    assert not admits(constraint, NEED)


@pytest.mark.parametrize(
    ("constraint", "within"),
    [
        (">=0.106,<0.118", True),
        ("==0.110.*", True),
        ("~=0.110.0", True),
        ("^0.110", True),
        ("0.117.1", True),
        ("==0.118.0b1", False),
        (">=0.106", False),
        ("", False),
        ("<0.118", False),
        ("~=0.110", False),
        ("^0.110 || ^0.120", False),
        (">=0.106,<=0.118", False),
        ("whatever it is", False),
    ],
)
def test_constraint_stays_within(constraint: str, within: bool) -> None:  # noqa: FBT001
    assert stays_within(constraint, ">=0.106,<0.118") is within


def test_end_of_a_compatible_release_is_seen() -> None:
    assert not stays_within(">=0.5", "~=0.5")
    assert not stays_within(">=1.4", "~=1.4.2,>=1 || ~=1.4")
    assert stays_within("~=1.4.5", "~=1.4")


@pytest.mark.parametrize(
    ("constraint", "admitted", "excluded"),
    [
        ("^1.2.3", ["1.2.3", "1.9"], ["1.2.2", "2.0"]),
        ("^0.2.3", ["0.2.3", "0.2.9"], ["0.3.0", "0.2.2"]),
        ("^0.0.3", ["0.0.3"], ["0.0.4", "0.0.2"]),
        ("^0.0", ["0.0.9"], ["0.1"]),
        ("^0", ["0.9"], ["1.0"]),
        ("~1.2.3", ["1.2.9"], ["1.3.0"]),
        ("~1.2", ["1.2.9"], ["1.3.0"]),
        ("~1", ["1.9"], ["2.0"]),
        ("1.*", ["1.9"], ["2.0", "0.9"]),
        ("!=1.2", ["1.3"], ["1.2"]),
    ],
)
def test_poetry_notation(constraint: str, admitted: list[str], excluded: list[str]) -> None:
    assert all(admits(constraint, f"=={version}") for version in admitted)
    assert not any(admits(constraint, f"=={version}") for version in excluded)


def test_prerelease_counts_only_where_one_is_named() -> None:
    assert not admits("<=2.0,!=2.0", ">=1,!=1.*")
    assert admits("<=2.0,!=2.0,!=2.0rc1,>=2.0a1", ">=1,!=1.*")
    assert admits("==2.0rc1", ">=1")
    assert not admits(">=1.9,<2.0", ">=2.0a1")


NUMBERS = st.lists(st.integers(0, 3), min_size=1, max_size=3).map(lambda n: ".".join(map(str, n)))
SUFFIXES = st.sampled_from(["", "", "", "a1", "b2", "rc0", ".post1", ".dev1", "a1.dev2", ".post0"])
VERSIONS = st.tuples(NUMBERS, SUFFIXES).map("".join)
CLAUSES = st.one_of(
    st.tuples(st.sampled_from([">=", "<=", ">", "<", "==", "!="]), VERSIONS).map("".join),
    st.tuples(st.sampled_from(["==", "!="]), NUMBERS, st.just(".*")).map("".join),
    NUMBERS.filter(lambda number: "." in number).map("~={}".format),
)
SETS = st.lists(CLAUSES, max_size=3).map(",".join)


@given(SETS, SETS)
def test_agrees_with_interval_arithmetic(left: str, right: str) -> None:
    # packaging decides the same with intervals, in a newer release than users may have.
    both = SpecifierSet(f"{left},{right}".strip(","))
    named = any(clause.prereleases for clause in both if clause.operator != "!=")
    expected = not SpecifierSet(str(both), prereleases=named).is_unsatisfiable()
    assert admits(left, right) is expected


@given(SETS, SETS)
def test_subset_agrees_with_interval_arithmetic(constraint: str, allowed: str) -> None:
    mine, theirs = SpecifierSet(constraint), SpecifierSet(allowed)
    named = any(clause.prereleases for clause in mine if clause.operator != "!=")
    if mine.to_range().is_subset(theirs.to_range()):
        assert stays_within(constraint, allowed)
    elif named:
        assert not stays_within(constraint, allowed)


@given(SETS, SETS, NUMBERS)
def test_no_version_escapes_a_range_that_is_stayed_within(
    constraint: str, allowed: str, version: str
) -> None:
    assume(stays_within(constraint, allowed))
    if SpecifierSet(constraint).contains(version):
        assert SpecifierSet(allowed).contains(version)


@given(st.text(max_size=20))
def test_any_text_gets_an_answer(constraint: str) -> None:
    try:
        SpecifierSet(constraint)
    except InvalidSpecifier:
        assert admits(constraint, NEED) in {True, False}
