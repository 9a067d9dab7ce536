"""What a change did to a file is taken back, and what somebody has edited since stays."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from extensions.adoption.record import record, text_after
from extensions.adoption.renamed_files import renamed_file
from extensions.adoption.three_way_merge import Conflict, take_out
from extensions.adoption.undone_steps import merged_back
from extensions.adoption.unfinished_code import unfinished
from extensions.project_files.requirement import Change

FORMER = """from sqlalchemy.orm import Session


def get(db: Session, key: int) -> Tool | None:
    return db.query(Tool).get(key)


def add(db: Session, tool: Tool) -> Tool:
    db.add(tool)
    db.commit()
    return tool


def rename(db: Session, tool: Tool, name: str) -> Tool:
    tool.name = name
    db.commit()
    return tool
"""
BASE = """from sqlalchemy.ext.asyncio import AsyncSession


async def get(db: AsyncSession, key: int) -> Tool | None:
    return await db.get(Tool, key)


async def add(db: AsyncSession, tool: Tool) -> Tool:
    db.add(tool)
    await db.commit()
    await db.refresh(tool)
    return tool


async def rename(db: AsyncSession, tool: Tool, name: str) -> Tool:
    tool.name = name
    await db.commit()
    await db.refresh(tool)
    return tool
"""
NEW = "\n\ndef mine() -> None:\n    pass\n"
TEXTS = st.lists(st.sampled_from(["", "a", "    a", ")", "b c", "é\u2028"]), max_size=8).map(
    lambda lines: "".join(f"{line}\n" for line in lines)
)


def recorded(*texts: str, name: str = "services.py") -> list[dict[str, Any]]:
    """The steps from each text to the next one, after a journey through the answers file."""
    earlier: dict[str, Any] = {}
    for before, after in zip(texts[::2], texts[1::2], strict=True):
        change = Change.between(Path("/project") / name, before.encode(), after.encode())
        known = record([change], project=Path("/project"), kept=[], earlier=earlier)
        earlier = yaml.safe_load(yaml.dump(known))
    steps: list[dict[str, Any]] = earlier["changed"][name]
    return steps


ADD = BASE[BASE.index("async def add") : BASE.index("async def rename")]
OLD_ADD = FORMER[FORMER.index("def add") : FORMER.index("def rename")]


@pytest.mark.parametrize(
    ("edit", "kept"),
    [
        # `await db.commit()` is there several times, and each goes.
        (("tool.name = name", "tool.name = name.strip()"), None),
        # In a line that had changed.
        (
            ("add(db: AsyncSession, tool", "add(db: AsyncSession, owner: int, tool"),
            ("add(db: Session, tool", "add(db: Session, owner: int, tool"),
        ),
        # Between lines that had changed.
        (
            ("commit()\n    await db.ref", 'commit()\n    log("added")\n    await db.ref'),
            ("commit()\n    return", 'commit()\n    log("added")\n    return'),
        ),
        # Lines that the user has indented.
        (
            (
                "    await db.commit()\n    await db.ref",
                "    if tool:\n        await db.commit()\n    await db.ref",
            ),
            ("    db.commit()\n    return", "    if tool:\n        db.commit()\n    return"),
        ),
        # A function that the user has deleted, or moved.
        ((ADD, ""), (OLD_ADD, "")),
        ((BASE, f"{BASE.replace(ADD, '')}\n\n{ADD.rstrip()}\n"), None),
        # What the user has taken back already.
        (("    return await db.get(Tool, key)", "    return db.query(Tool).get(key)"), ("", "")),
        # What a formatter has broken.
        (("import AsyncSession", "import (\n    AsyncSession,\n)"), ("", "")),
        (("(db: AsyncSession, key: int)", "(\n    db: AsyncSession, key: int,\n)"), ("", "")),
    ],
)
def test_edits_stay(edit: tuple[str, str], kept: tuple[str, str] | None) -> None:
    if edit[0] == BASE:
        kept = FORMER, f"{FORMER.replace(OLD_ADD, '')}\n\n{OLD_ADD.rstrip()}\n"
    edited = BASE.replace(*edit, 1)
    assert edited != BASE

    merged, left = merged_back(f"{edited}{NEW}", recorded(FORMER, BASE))

    assert merged.text == f"{FORMER.replace(*(kept or edit), 1)}{NEW}"
    assert not merged.conflicts
    assert not left


def test_lines_that_both_have_changed_stay_and_are_named() -> None:
    edited = BASE.replace("await db.get(Tool, key)", "await db.scalar(select(Tool))")

    merged, _ = merged_back(edited, recorded(FORMER, BASE))

    former = "    return db.query(Tool).get(key)"
    present = "    return await db.scalar(select(Tool))"
    assert merged.text == FORMER.replace(former, present)
    assert merged.conflicts == (Conflict(5, (present,), (former,)),)


def test_what_a_formatter_has_done_is_no_edit() -> None:
    shorter = BASE.replace("(Tool, key)", "(\n        Tool,\n        key,\n    )")

    merged, _ = merged_back(shorter.replace("\n", "\r\n"), recorded(FORMER, BASE))

    assert merged.text == FORMER.replace("\n", "\r\n")


def test_the_indentation_is_an_edit() -> None:
    base, former = "if a:\n    b()\n    await c()\n", "if a:\n    b()\n    c()\n"

    assert take_out(base, former, "if a:\n    b()\nawait c()\n").text == "if a:\n    b()\nc()\n"


def test_several_copies_with_edits_between() -> None:
    first = f"{FORMER}\n\ndef more(db: Session) -> None:\n    db.commit()\n"
    edited = BASE.replace("tool.name = name", "tool.name = name.strip()")
    second = edited.replace("Tool", "Item")

    steps = recorded(first, f"{BASE}{NEW}", edited, second)

    merged, _ = merged_back(second.replace("key", "number"), steps)
    assert "async" not in merged.text
    assert "Item" not in merged.text
    assert "name.strip()" in merged.text
    assert "number" in merged.text


def test_the_text_is_recorded_once() -> None:
    steps = recorded(FORMER, BASE, BASE, f"{BASE}{NEW}")

    assert text_after(steps[0]) is None
    assert text_after(steps[1]) == f"{BASE}{NEW}"
    merged, _ = merged_back(f"{BASE}{NEW}# mine\n", steps)
    assert merged.text == f"{FORMER}# mine\n"
    assert "text" not in recorded("a\n", "b\n", name="pyproject.toml")[0]


@pytest.mark.parametrize("text", ["", "!", "aGk=", "eJwzAAAAMgAy"])
def test_a_text_that_no_copy_wrote_counts_for_nothing(text: str) -> None:
    [step] = recorded(FORMER, BASE)

    assert text_after({**step, "text": text}) is None


def test_a_record_of_an_earlier_version() -> None:
    [step] = recorded(FORMER, BASE)
    del step["text"]

    merged, left = merged_back(f"{BASE}{NEW}", [step])

    assert "def get(db: Session" in merged.text
    assert "await db.commit()" in left


@given(TEXTS, TEXTS)
def test_without_edits_it_is_the_former_text(former: str, base: str) -> None:
    assert take_out(base, former, base).text.rstrip("\n") == former.rstrip("\n")


@given(TEXTS, TEXTS, TEXTS)
def test_what_was_not_changed_keeps_every_edit(former: str, base: str, present: str) -> None:
    assert take_out(base, base, present).text == present
    merged = take_out(base, former, f"{present}my own line\n")
    assert "my own line" in merged.text


def test_what_cannot_run_any_more_is_named() -> None:
    added = "\n\nasync def mine(db: AsyncSession) -> None:\n    await db.run_sync(f)\n"
    before = f"{BASE}{added}"
    text = f"{FORMER}{added}".replace("    db.add(tool)", "    await db.add(tool)")

    assert list(unfinished(text, before, BASE, FORMER)) == [
        (9, "await in a function that is not async any more"),
        (20, "AsyncSession is not imported any more"),
        (21, "await of db, which is a sync session again"),
    ]
    assert not list(unfinished(FORMER, BASE, BASE, FORMER))


def test_a_file_with_another_name_is_found(tmp_path: Path) -> None:
    (tmp_path / "tools.py").write_text(f"{BASE}# mine\n", encoding="utf-8")
    (tmp_path / "other.py").write_text(NEW, encoding="utf-8")

    assert renamed_file(tmp_path, "services.py", BASE) == "tools.py"
    (tmp_path / "copy.py").write_text(f"{BASE}# mine\n", encoding="utf-8")
    assert renamed_file(tmp_path, "services.py", BASE) is None


def test_a_few_lines_may_be_any_file(tmp_path: Path) -> None:
    text = "from app import a\nfrom app import b\n\n__all__ = ['a', 'b']\n"
    (tmp_path / "tools.py").write_text(text, encoding="utf-8")

    assert renamed_file(tmp_path, "services.py", text) is None
