"""An update renders `_exclude` of the new version with the functions of the old one."""

import yaml
from jinja2 import Environment

from tests.support.template import REPOSITORY


def test_it_needs_no_function_that_earlier_versions_lack() -> None:
    questions = yaml.safe_load((REPOSITORY / "copier.yml").read_text(encoding="utf-8"))
    environment = Environment()  # noqa: S701 - as Copier's

    rendered = [
        environment.from_string(text).render(_copier_operation="update")
        for text in questions["_exclude"]
    ]

    assert rendered == [""] * len(rendered)
