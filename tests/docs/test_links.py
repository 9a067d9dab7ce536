"""The files that GitHub shows lead to files that are there; the site's own links are Zensical's."""

import re

import pytest

from tests.support.template import REPOSITORY


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"])
def test_links_lead_somewhere(name: str) -> None:
    text = (REPOSITORY / name).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)

    assert [link for link in links if not (REPOSITORY / link).exists()] == []


def test_anchors_of_the_readme_are_headings() -> None:
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    anchors = {
        re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings
    }

    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors
