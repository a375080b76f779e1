"""Who was forgotten, as keyed hashes: enough to know them again, and not to tell who they are."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from connector.errors import ConfigError, Problem
from state.digests import digest_of, digests_of
from state.erasing import erase, traces
from state.schema import FORGOTTEN, NOTES
from state.statements import among, insert_new, upsert

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from connector.domain.forgetting import Name, Traces
    from state.database import Session

_KEY = "forget key"
"""The note that holds the key where none is set."""
_CHECK = "forget check"
"""The note that tells whether a key is the one by which people were forgotten."""
_NOBODY = ("", "")
_ANYBODY = select(FORGOTTEN.c.digest).limit(1)


class Forgotten:
    """Keeps the contract of ForgottenStore."""

    def __init__(self, session: Session, secret: str | None = None) -> None:
        """Take the session; `secret` is the setting HEATSYNC_FORGET_KEY."""
        self._session = session
        self._secret = secret

    async def anybody(self) -> bool:
        """Return whether anybody was forgotten."""
        return await self._session.run(_is_anybody)

    async def known(self, names: Collection[Name]) -> frozenset[Name]:
        """Return those of `names` that are somebody's who was forgotten."""

        def work(connection: Connection) -> frozenset[Name]:
            if not names or not _is_anybody(connection):
                return frozenset()
            key = self._key(connection)
            by_digest = dict(zip(digests_of(key, names), names, strict=True))
            query = select(FORGOTTEN.c.digest)
            query = query.where(among(connection, FORGOTTEN.c.digest, by_digest))
            return frozenset(by_digest[each] for each in connection.execute(query).scalars())

        return await self._session.run(work)

    async def traces(self, contacts: Collection[int]) -> Traces:
        """Return by what these persons are found, everybody merged with them included."""
        return await self._session.run(lambda connection: traces(connection, contacts))

    async def erase(self, traces: Traces, at: datetime) -> Mapping[str, int]:
        """Delete all there is of these persons, and remember their names as hashes."""

        def work(connection: Connection) -> Mapping[str, int]:
            self._remember(connection, traces.names, at)
            return erase(connection, traces, at)

        return await self._session.run(work)

    async def remember(self, names: Collection[Name], at: datetime) -> int:
        """Remember names as hashes; return how many were new."""
        return await self._session.run(lambda connection: self._remember(connection, names, at))

    def _remember(self, connection: Connection, names: Collection[Name], at: datetime) -> int:
        if not _is_anybody(connection):
            self._settle_on_key(connection)
        key = self._key(connection)
        rows = [{"digest": each, "forgotten_at": at} for each in digests_of(key, names)]
        return insert_new(connection, FORGOTTEN, rows, keys=["digest"])

    def _settle_on_key(self, connection: Connection) -> None:
        """Say by which key people will be known: as long as there are none, it may change."""
        if self._secret is None and _note(connection, _KEY) is None:
            _put(connection, _KEY, secrets.token_hex(32))
        _put(connection, _CHECK, digest_of(self._present_key(connection), _NOBODY))

    def _key(self, connection: Connection) -> bytes:
        """Return the key; raises ConfigError when it is not the one people were forgotten by."""
        key = self._present_key(connection)
        if digest_of(key, _NOBODY) == _note(connection, _CHECK):
            return key
        problem = Problem(
            message="HEATSYNC_FORGET_KEY is not as it was when people were forgotten: nobody would "
            "know them again, and they would be taken in anew",
            hint="set it as it was; without one, unset it",
        )
        raise ConfigError([problem])

    def _present_key(self, connection: Connection) -> bytes:
        secret = self._secret or _note(connection, _KEY) or ""
        return hashlib.blake2b(secret.encode(), digest_size=32).digest()


def _is_anybody(connection: Connection) -> bool:
    return connection.execute(_ANYBODY).first() is not None


def _note(connection: Connection, key: str) -> str | None:
    text: str | None = connection.execute(select(NOTES.c.value).where(NOTES.c.key == key)).scalar()
    return text


def _put(connection: Connection, key: str, value: str) -> None:
    upsert(connection, NOTES, [{"key": key, "value": value}], keys=["key"])
