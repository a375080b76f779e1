"""What every part of the adapter needs to ask one account something."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from adapters.http import Call
from adapters.mapped.expressions import Inapplicable, Json, found
from adapters.rest.templates import Unfillable, filled, filled_path
from adapters.unexpected import Answered
from connector.domain.instants import iso, to_micros
from connector.errors import RejectedByPlatform

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from pydantic import SecretStr

    from adapters.clocks import PlatformClock
    from adapters.http import Answer
    from adapters.rest.language.requests import RequestConfig

_SECOND = 1_000_000
_PORTS = {"https": 443, "http": 80}


class Session(Protocol):
    """The way to the account, with a token or without."""

    async def send(self, call: Call) -> Answer:
        """Return the answer; raises PlatformError."""
        ...

    def clean(self, text: str) -> str:
        """Return a vendor's words without addresses, numbers and secrets."""
        ...

    async def aclose(self) -> None:
        """Let go of all connections."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key that requests carry where headers do not."""

    name: str
    value: SecretStr
    is_in_body: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a request says beside what its entry says."""

    context: Mapping[str, Json] = field(default_factory=dict, repr=False)
    """What its texts take in."""
    params: Mapping[str, Json] = field(default_factory=dict, repr=False)
    """Further parameters; they take the place of equal ones."""
    body: Mapping[str, Json] = field(default_factory=dict, repr=False)
    """Further keys of the body."""
    address: str | None = field(default=None, repr=False)
    """The path and the parameters that an answer named instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account(Answered):
    """One account: its name here, and the way to it."""

    name: str
    url: str
    session: Session
    clock: PlatformClock
    settings: Mapping[str, Json] = field(default_factory=dict)
    key: Key | None = None
    buckets: tuple[str, ...] = ()
    """The limits that every request counts in."""
    of_some: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The limits of those whose entry says a name."""

    async def ask(
        self,
        operation: str,
        request: RequestConfig,
        asked: Asked,
        *,
        reads: frozenset[int] = frozenset(),
        is_status_enough: bool = False,
    ) -> Answer:
        """Return the answer to a request; raises PlatformError.

        What it takes in and is not there makes it RejectedByPlatform: nothing is sent.
        """
        try:
            path, params = self._address(request, asked)
            context = self._context(asked)
            body = self._body(filled(request.body, context), asked)
            headers = {name: str(each) for name, each in filled(request.headers, context).items()}
        except Unfillable as error:
            raise self.rejected(operation, f"nothing is sent: {error}") from None
        return await self.session.send(
            Call(
                operation=operation,
                method=request.method,
                path=path,
                params=params,
                body=body,
                headers=headers,
                buckets=(*self.buckets, *self.of_some.get(request.limit or "", ())),
                reads=reads,
                is_status_enough=is_status_enough,
            )
        )

    def next_address(self, operation: str, request: RequestConfig, asked: Asked, to: str) -> str:
        """Return the path and the parameters of an address that an answer names.

        Raises UnexpectedAnswer unless it leads to the same place as all others: our key would go
        there. The key itself, where the answer repeats it, is no part of it.
        """
        here, _ = self._address(request, asked)
        try:
            there = urlsplit(urljoin(here if "://" in here else self.url + here, to))
            is_ours = _place(there.geturl()) == _place(self.url)
        except ValueError:
            is_ours = False
        if not is_ours:
            raise self.unexpected(operation, "named a next page that lies elsewhere")
        pairs = parse_qsl(there.query, keep_blank_values=True)
        key = self.key.name if self.key else None
        query = urlencode([(name, value) for name, value in pairs if name != key])
        path = there.path or "/"
        return f"{path}?{query}" if query else path

    def common(self) -> Mapping[str, Json]:
        """Return what every text may take in."""
        return {"settings": self.settings, "now": iso(self.clock.now())}

    def _context(self, asked: Asked) -> Mapping[str, Json]:
        return {**self.common(), **asked.context}

    def _address(self, request: RequestConfig, asked: Asked) -> tuple[str, list[tuple[str, Json]]]:
        """Return where a request goes; raises Unfillable."""
        key = self.key
        own = [(key.name, key.value.get_secret_value())] if key and not key.is_in_body else []
        if asked.address is not None:
            parts = urlsplit(asked.address)
            base = urlsplit(self.url)
            pairs = parse_qsl(parts.query, keep_blank_values=True)
            return f"{base.scheme}://{base.netloc}{parts.path}", [*pairs, *own]
        context = self._context(asked)
        params = {**filled(request.params, context), **asked.params}
        told = [(name, each) for name, each in params.items() if each is not None]
        return filled_path(request.path, context), [*_flat(told), *own]

    def _body(self, body: Json, asked: Asked) -> Json:
        own = {**asked.body}
        if self.key and self.key.is_in_body:
            own[self.key.name] = self.key.value.get_secret_value()
        if not own:
            return body
        return {**(body if isinstance(body, dict) else {}), **own}

    def found(self, operation: str, expression: str, value: Json) -> Json:
        """Return what an expression finds in an answer; raises UnexpectedAnswer."""
        try:
            return found(expression, value)
        except Inapplicable as error:
            raise self.unexpected(operation, f"what it answered does not fit: {error}") from None

    def rejected(
        self,
        operation: str,
        what: str,
        kind: type[RejectedByPlatform] = RejectedByPlatform,
        status: int | None = None,
    ) -> RejectedByPlatform:
        """Return the error of an item that is not taken as it is."""
        text = f"{self.name}: {operation}: {what}"
        return kind(text, platform=self.name, operation=operation, status=status)


def written_instant(at: datetime, form: str) -> str | int:
    """Return an instant as an entry wants it written; whole seconds and milliseconds as numbers."""
    if form == "iso":
        return iso(at)
    if form == "date":
        return at.astimezone(UTC).date().isoformat()
    if form == "seconds":
        return to_micros(at) // _SECOND
    if form == "milliseconds":
        return to_micros(at) // 1_000
    return at.astimezone(UTC).strftime(form)


def _flat(params: Iterable[tuple[str, Json]]) -> list[tuple[str, Json]]:
    """Return parameters with one for each entry of a list; raises Unfillable for an object."""
    flat: list[tuple[str, Json]] = []
    for name, value in params:
        several = value if isinstance(value, list) else [value]
        if any(isinstance(each, (dict, list)) for each in several):
            msg = f"what `{name}` takes in is no single value"
            raise Unfillable(msg)
        flat += [(name, each) for each in several if each is not None]
    return flat


def _place(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)
