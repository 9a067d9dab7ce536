"""Keeping `.env` out of git, and `.env.example` in it."""

from __future__ import annotations

from pathspec import GitIgnoreSpec

from .text import line_end_of


def protect_env(
    content: str | None, *, private: str = ".env", example: str = ".env.example"
) -> str:
    """Add what it takes for git to ignore `.env` and not `.env.example`.

    A `.gitignore` that does both already is returned as it is.

    Args:
        content: the file, or None if there is none.
        private: the file that holds passwords, relative to the `.gitignore`.
        example: the file with placeholders, relative to the `.gitignore`.
    """
    after = content or ""
    if not ignores(after, private):
        after = _with_line(after, private)
    if ignores(after, example):
        after = _with_line(after, f"!{example}")
    return after


def ignores(content: str, path: str) -> bool:
    """Whether a `.gitignore` keeps a path beside it out of git."""
    return GitIgnoreSpec.from_lines(content.removeprefix("\ufeff").splitlines()).match_file(path)


def _with_line(content: str, line: str) -> str:
    end = line_end_of(content)
    if content and not content.endswith(("\n", "\r")):
        return f"{content}{end}{line}"
    return f"{content}{line}{end}"
