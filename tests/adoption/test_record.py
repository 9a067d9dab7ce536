"""What a copy inserted can be taken out again, whatever the text is."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from extensions.adoption.record import record
from extensions.adoption.undone_steps import taken_back, taken_out
from extensions.project_files.requirement import Change

LINE = st.tuples(
    st.sampled_from(["", "a", "b", '"x",', "é\u2028"]), st.sampled_from(["\n", "\r\n"])
)
TEXTS = st.lists(LINE, max_size=8).flatmap(
    lambda lines: st.sampled_from(["", "last"]).map(
        lambda last: "".join(text + end for text, end in lines) + last
    )
)


def step(before: str, after: str) -> dict[str, object]:
    """The recorded step, after a journey through the answers file."""
    project = Path("/project")
    change = Change.between(project / "file", before.encode(), after.encode())
    recorded = record([change], project=project, kept=[], earlier={})
    [found] = yaml.safe_load(yaml.dump(recorded))["changed"]["file"]
    return dict(found)


@given(before=TEXTS, after=TEXTS)
def test_an_unedited_text_is_as_before(before: str, after: str) -> None:
    assert taken_back(after, step(before, after)) == before


@given(before=TEXTS, after=TEXTS)
def test_an_edited_text_is_no_case_for_offsets(before: str, after: str) -> None:
    assert taken_back(f"{after}!", step(before, after)) is None


def test_line_ends_that_git_converted() -> None:
    made = step("a\nb\n", "a\nnew\nb\n")

    assert taken_back("a\r\nnew\r\nb\r\n", made) == "a\r\nb\r\n"


def test_lines_are_found_after_an_edit_elsewhere() -> None:
    made = step("a\nb\n", "a\nnew\nnewer\nb\n")

    assert taken_out("first\na\nnew\nnewer\nb\n", made) == ("first\na\nb\n", [])


def test_lines_that_were_edited_are_named() -> None:
    made = step("a\nb\n", "a\nnew>=1\nnewer\nb\n")

    assert taken_out("a\nnew>=2\nnewer\nb\n", made) == ("a\nnew>=2\nb\n", ["new>=1"])


def test_a_bound_that_an_update_renewed_is_no_edit() -> None:
    made, renewed = step("a\n", "a\nnew>=1\n"), step("a\nnew>=1\n", "a\nnew>=2\n")

    assert taken_out("mine\na\nnew>=2\n", renewed) == ("mine\na\nnew>=1\n", [])
    assert taken_out("mine\na\nnew>=1\n", made) == ("mine\na\n", [])
    assert taken_out("mine\na\nnew>=3\n", renewed) == ("mine\na\nnew>=3\n", ["new>=2"])


@pytest.mark.parametrize(
    ("before", "after", "edited", "expected"),
    [
        # Part of a line of the user's is none of ours.
        ("a\n", "a\n.env\n", "a\nmy.env\n", "a\nmy.env\n"),
        ("a", "a\n.env", "a\n.env.mine", "a\n.env.mine"),
        # A raised floor goes back, also beside lines that came with it.
        ("web>=1\n", "new\nweb>=2\n", "mine\nnew\nmine\nweb>=2\n", "mine\nmine\nweb>=1\n"),
        ("web>=1\n", "web>=2\n", "web>=2,<9\n", "web>=2,<9\n"),
        # Lists with their commas, on several lines and on one.
        (
            *('x = [\n  "a"\n]\n', 'x = [\n  "a",\n  "b"\n]\n'),
            *('x = [\n    "a",\n    "b",\n    "mine"\n]\n', 'x = [\n    "a",\n    "mine"\n]\n'),
        ),
        ('x = ["a"]\n', 'x = ["a", "b"]\n', 'x = ["a", "b", "mine"]\n', 'x = ["a", "mine"]\n'),
        # What opens and closes around a line of the user's stays.
        ("", "[t]\nx = [\n  1,\n]\n", "[t]\nx = [\n  1,\n  2,\n]\n", "[t]\nx = [\n  2,\n]\n"),
        ("a\n", "a\n\n# Ours\nb\n", "a\n\n# Ours\nmine\nb\n", "a\n\nmine\n"),
    ],
)
def test_only_what_was_put_there_goes(before: str, after: str, edited: str, expected: str) -> None:
    found, _ = taken_out(edited, step(before, after))

    assert found == expected


def test_a_file_that_was_made_goes_whole_or_not_at_all() -> None:
    change = Change.between(Path("/project/file"), None, b"a\nb\n")
    [made] = record([change], project=Path("/project"), kept=[], earlier={})["changed"]["file"]

    assert taken_out("a\nb\nmine\n", made) == ("mine\n", [])
    assert taken_out("a\nmine\nb\n", made) == ("a\nmine\nb\n", [])


def test_a_line_that_is_there_twice_stays() -> None:
    made = step("a\n", "a\nnew\n")

    assert taken_out("a\nnew\nnew\n", made) == ("a\nnew\nnew\n", ["new"])


def test_a_repeated_plan_is_recorded_once() -> None:
    project = Path("/project")
    change = Change.between(project / "file", b"a\n", b"a\nb\n")
    first = record([change], project=project, kept=["kept"], earlier={})

    assert record([change], project=project, kept=[], earlier=first) == first
