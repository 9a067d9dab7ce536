"""Prints a release's section of the changelog: `python -m scripts.release_notes v1.2.0`."""

import re
import sys

from tests.support.template import REPOSITORY


def release_notes(changelog: str, tag: str) -> str:
    """Cut a release's section out of a changelog.

    Raises:
        ValueError: it has none, or nothing in it.
    """
    version = re.escape(tag.removeprefix("v"))
    pattern = rf"^## {version}(?= |$)[^\n]*\n(.*?)(?=^## |\Z)"
    section = re.search(pattern, changelog, re.MULTILINE | re.DOTALL)
    if section is None or not section[1].strip():
        raise ValueError(f"CHANGELOG.md says nothing of {tag}: it needs a section ## {tag[1:]}")
    return section[1].strip()


if __name__ == "__main__":
    try:
        print(release_notes((REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8"), sys.argv[1]))
    except ValueError as error:
        sys.exit(str(error))
