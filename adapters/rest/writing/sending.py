"""Send what is written, and find in the answer what became of each item.

An item of a batch counts as taken only where the answer says so, if the entry tells where it does;
what no result tells of is an unexpected answer, which the core reads back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from adapters.mapped.named import values_by_name
from adapters.rest.account import Asked
from adapters.rest.paging import is_so
from adapters.rest.templates import Unfillable, filled
from adapters.together import ask_each
from connector.errors import ContactGone, PlatformError, RejectedByPlatform, UnexpectedAnswer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.mapped.expressions import Json
    from adapters.rest.account import Account
    from adapters.rest.language.writing import (
        ActionConfig,
        BatchConfig,
        ResultsConfig,
        WriteConfig,
    )
    from connector.domain.changes import Addressee

    Context: TypeAlias = Mapping[str, Json]

_SILENCE = "the answer says neither that it was done nor why not"
_REFUSED = "it was not taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An item that was taken."""

    shown: Mapping[str, Json] | None = None
    """The values that the answer shows of it, None where it shows none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Sends items as one part of an entry says."""

    account: Account
    operation: str
    config: WriteConfig | ActionConfig
    echo: str | None = None
    """Where the answer to a single item shows its values."""

    async def send(self, contexts: Sequence[Context]) -> Sequence[Taken | PlatformError]:
        """Return what became of each item, in order; raises what is said of all of them."""
        config = self.config
        batch = getattr(config, "batch", None)
        if batch is None:
            return await ask_each(contexts, self.one)
        request = _Batch(
            account=self.account,
            operation=self.operation,
            config=config,  # type: ignore[arg-type]  # actions have no batch
            batch=batch,
        )
        sent: list[Taken | PlatformError] = []
        for start in range(0, len(contexts), batch.size):
            some = contexts[start : start + batch.size]
            try:
                sent += await request.send(some)
            except PlatformError as error:
                if not start:
                    raise
                # What was taken before is not to be told as lost.
                sent += [error] * len(some)
        return sent

    async def one(self, context: Context) -> Taken | PlatformError:
        """Send one item in a request of its own; raises PlatformError where it was not taken.

        An answer that does not show what it should is returned: it says nothing of other items.
        """
        config = self.config
        try:
            answer = await self.account.ask(
                self.operation,
                config,
                Asked(context=context),
                reads=frozenset(config.done),
                is_status_enough=config.status_only,
            )
        except RejectedByPlatform as error:
            if error.status in config.gone and "contact" in config.takes_in:
                raise self.account.rejected(
                    self.operation, "there is no such contact", ContactGone, error.status
                ) from None
            raise
        if answer.status in config.done:
            return Taken()
        try:
            check_ok(self.account, self.operation, config, answer.body)
            return Taken(shown=shown(self.account, self.operation, self.echo, answer.body))
        except UnexpectedAnswer as error:
            return error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """One request for several items."""

    account: Account
    operation: str
    config: WriteConfig
    batch: BatchConfig

    async def send(self, contexts: Sequence[Context]) -> Sequence[Taken | PlatformError]:
        """Return what became of each item; raises what is said of the request as a whole."""
        items: dict[int, Json] = {}
        found: dict[int, Taken | PlatformError] = {}
        common = self.account.common()
        for place, context in enumerate(contexts):
            try:
                items[place] = filled(self.batch.item, {**common, **context})
            except Unfillable as error:
                what = f"nothing is sent: {error}"
                found[place] = self.account.rejected(self.operation, what)
        if items:
            # What does not belong to one contact alone is the same for all of them.
            shared = {key: each for key, each in contexts[0].items() if key == "list"}
            sent = await self._send(
                {**shared, "items": list(items.values())}, [contexts[place] for place in items]
            )
            found.update(zip(items, sent, strict=True))
        return [found[place] for place in range(len(contexts))]

    async def _send(
        self, context: Context, contexts: Sequence[Context]
    ) -> Sequence[Taken | PlatformError]:
        answer = await self.account.ask(
            self.operation,
            self.config,
            Asked(context=context),
            reads=frozenset(self.config.done),
            is_status_enough=self.config.status_only,
        )
        if answer.status in self.config.done:
            return [Taken()] * len(contexts)
        check_ok(self.account, self.operation, self.config, answer.body)
        if self.config.results is None:
            return [Taken()] * len(contexts)
        ids = [str(each["contact"]["id"]) for each in contexts]
        return self._results(self.config.results, answer.body, ids)

    def _results(
        self, config: ResultsConfig, body: Json, ids: Sequence[str]
    ) -> Sequence[Taken | PlatformError]:
        rows = self.account.found(self.operation, config.items, body)
        if not isinstance(rows, list):
            what = f"there are no results where `{config.items}` should be"
            raise self.account.unexpected(self.operation, what)
        silent = self.account.unexpected(self.operation, _SILENCE)
        if config.id is None:
            # Nobody knows whose result is missing.
            if len(rows) != len(ids):
                return [silent] * len(ids)
            return [self._result(config, row) for row in rows]
        by_id: dict[str, list[Json]] = {}
        for row in rows:
            told_of = by_id.setdefault(str(self.account.found(self.operation, config.id, row)), [])
            told_of += [] if row in told_of else [row]
        # Two results that differ say nothing: whichever counted, the other may be so.
        return [
            self._result(config, by_id[each][0]) if len(by_id.get(each, ())) == 1 else silent
            for each in ids
        ]

    def _result(self, config: ResultsConfig, row: Json) -> Taken | PlatformError:
        def holds(expression: str | None, *, default: bool) -> bool:
            if expression is None:
                return default
            return is_so(self.account.found(self.operation, expression, row))

        is_gone = holds(config.gone, default=False)
        if is_gone or not holds(config.ok, default=True):
            what = told(self.account, self.operation, config.error, row)
            kind = ContactGone if is_gone else RejectedByPlatform
            return self.account.rejected(self.operation, what, kind)
        return Taken(shown=shown(self.account, self.operation, config.echo, row))


def check_ok(
    account: Account, operation: str, config: WriteConfig | ActionConfig, body: Json
) -> None:
    """Raise RejectedByPlatform where the answer says that it was not done."""
    if config.ok is not None and not is_so(account.found(operation, config.ok, body)):
        raise account.rejected(operation, told(account, operation, config.error, body))


def told(account: Account, operation: str, expression: str | None, body: Json) -> str:
    """Return why something was not taken, as far as the answer says."""
    words = account.found(operation, expression, body) if expression else None
    return account.session.clean(words) if isinstance(words, str) and words else _REFUSED


def shown(
    account: Account, operation: str, expression: str | None, body: Json
) -> Mapping[str, Json] | None:
    """Return the values that an answer shows; raises UnexpectedAnswer where they should be."""
    if expression is None:
        return None
    found = values_by_name(account.found(operation, expression, body))
    if found is None:
        raise account.unexpected(operation, f"there are no values where `{expression}` should be")
    return found


def of_contact(to: Addressee) -> Context:
    """Return what texts take in of a contact."""
    return {"contact": {"id": to.remote_id, "email": to.email}}
