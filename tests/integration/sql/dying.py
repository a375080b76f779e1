"""The command line in a process that is killed at one moment of its first write to a table."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, Any

from adapters.sql.database import Database
from connector.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

BEFORE, AFTER = "before", "after"
"""Of the commit; after it the core does not know yet that anything was written."""

_transact = Database._transact


def _die(_: object = None) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _dying(moment: str) -> Callable[..., Any]:
    def transact(database: Database, operation: str, work: Callable[[Connection], Any]) -> Any:  # noqa: ANN401 - whatever the work returns
        if operation != "write attributes" or database.name != "shop":
            return _transact(database, operation, work)
        if moment == BEFORE:
            return _transact(database, operation, lambda each: _die(work(each)))
        _transact(database, operation, work)
        _die()
        return None

    return transact


if __name__ == "__main__":
    # No call of ours is at either moment: a process dies there as little as a test could hit it.
    Database._transact = _dying(sys.argv[1])  # type: ignore[method-assign]
    main(sys.argv[2:])
