"""When calls said last whether somebody is in a list: a call that comes late is known.

Of whom is kept as a keyed hash. What a tool calls people by may be their address, and it may be
somebody whom nobody knows.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, select, tuple_

from connector.domain.forgetting import anywhere
from state.digests import digests_of
from state.schema import MOVES, NOTES
from state.statements import among, insert_new, upsert

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from connector.domain.forgetting import Traces

_COLUMNS = ("about", "platform", "list_name")
_KEY = "moves key"
"""The note that holds the key: it is never changed, so that whoever is in there can be erased."""
_KEY_IS = select(NOTES.c.value).where(NOTES.c.key == _KEY)


def overtaken(
    connection: Connection,
    platform: str,
    moves: Mapping[tuple[str, str], datetime],
    *,
    now: datetime,
) -> Collection[tuple[str, str]]:
    """Keep when calls told of members, by list and record; return of which a later one did."""
    lists: dict[str, set[str]] = {}
    about = _digests(connection, {remote_id for _, remote_id in moves})
    for name, remote_id in moves:
        lists.setdefault(name, set()).add(about[remote_id])
    known = {
        (name, row.about): row.told_at
        for name, digests in lists.items()
        for row in connection.execute(
            select(MOVES.c.about, MOVES.c.told_at).where(
                MOVES.c.platform == platform,
                MOVES.c.list_name == name,
                among(connection, MOVES.c.about, digests),
            )
        )
    }
    late = {
        (name, remote_id)
        for (name, remote_id), at in moves.items()
        if at < known.get((name, about[remote_id]), at) <= now
    }
    rows = [
        {"about": about[remote_id], "platform": platform, "list_name": name, "told_at": at}
        for (name, remote_id), at in moves.items()
        if (name, remote_id) not in late
    ]
    upsert(connection, MOVES, rows, keys=_COLUMNS)
    return late


def forget_moves(connection: Connection, before: datetime, *, limit: int) -> int:
    """Delete at most `limit` moves of members told before an instant; return how many."""
    keys = [MOVES.c[name] for name in _COLUMNS]
    old = select(*keys).where(MOVES.c.told_at < before).limit(limit)
    return connection.execute(delete(MOVES).where(tuple_(*keys).in_(old))).rowcount


def erase_moves(connection: Connection, traces: Traces) -> int:
    """Delete the moves of whoever goes by one of these names; return how many."""
    return sum(
        connection.execute(delete(MOVES).where(each)).rowcount
        for each in _theirs(connection, traces)
    )


def _theirs(connection: Connection, traces: Traces) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions that a move is theirs; an address names them on every platform."""
    yield among(connection, MOVES.c.about, _digests(connection, traces.emails).values())
    for platform in {name for name, _ in traces.records}:
        about = _digests(connection, traces.ids_on(platform)).values()
        yield (MOVES.c.platform == platform) & among(connection, MOVES.c.about, about)


def _digests(connection: Connection, names: Collection[str]) -> Mapping[str, str]:
    """Return the hash of each of the names."""
    if not names:
        return {}
    key = bytes.fromhex(_key(connection))
    return dict(zip(names, digests_of(key, map(anywhere, names)), strict=True))


def _key(connection: Connection) -> str:
    """Return the key of the hashes, which is made once."""
    key: str | None = connection.execute(_KEY_IS).scalar()
    if key is None:
        row = {"key": _KEY, "value": secrets.token_hex(32)}
        insert_new(connection, NOTES, [row], keys=["key"])
        # Another process may have made it meanwhile.
        key = connection.execute(_KEY_IS).scalar_one()
    return key
