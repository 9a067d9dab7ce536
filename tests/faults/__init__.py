"""Commands that break things under a running application, and count what that did.

Each is one module, as in `uv run python -m tests.faults.soak`. It prints figures, and exits with an
error where a promise is broken. None is a default test: they take minutes.
"""
