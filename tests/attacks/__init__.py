"""Attacks on what is promised, which can be repeated: `uv run python -m tests.attacks`.

Not among the tests of CI: they take as long as they are given.
"""
