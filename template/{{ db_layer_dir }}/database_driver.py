"""The driver's connection, whose COMMIT never passes for one that was not."""

from importlib import import_module
from typing import Any

# Not all of its versions have types.
asyncpg: Any = import_module("asyncpg")


class Connection(asyncpg.Connection):  # type: ignore[misc]
    """Raises where PostgreSQL answers COMMIT with ROLLBACK.

    It does so once a statement has failed, also where the error was caught,
    and neither asyncpg nor SQLAlchemy looks at the answer.
    """

    async def execute(
        self,
        query: str,
        *args: object,
        **options: float | None,
    ) -> str:
        """Run a statement, such as the COMMIT of a transaction."""
        is_commit = query == "COMMIT;"
        if is_commit and not self.is_in_transaction():
            message = "a statement has ended the session's transaction"
            raise asyncpg.NoActiveSQLTransactionError(message)
        tag: str = await super().execute(query, *args, **options)
        if is_commit and tag == "ROLLBACK":
            message = "rolled back, as a statement of the transaction failed"
            raise asyncpg.InFailedSQLTransactionError(message)
        return tag
