"""Who has proved to be let in: the admin token, and the sessions of whoever gave it once."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from itsdangerous import BadSignature, URLSafeSerializer

from connector.web.addresses import Proxies, is_loopback, names_this_machine, neighbourhood
from connector.web.attempts import Attempts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from starlette.types import Scope

    from connector.config.settings import Settings
    from connector.ports.clock import Clock

WRONG_TOKENS = 10
"""In a minute, before an address is not listened to."""
SESSION = "heatsync_session"
"""The cookie of whoever logged in."""
LASTS = timedelta(hours=12)
"""How long a session lasts; a change of the token ends all of them."""
_PURPOSE = b"heatsync dashboard session"
_UNTIL, _ID = "until", "id"


@dataclass(slots=True, eq=False)
class Door:
    """What is known of whoever asks."""

    settings: Settings
    clock: Clock
    proxies: Proxies = field(init=False)
    _attempts: Attempts = field(init=False)
    _ended: dict[str, float] = field(default_factory=dict)
    """When the sessions would have ended by themselves that somebody logged out of, by id."""

    def __post_init__(self) -> None:
        self.proxies = Proxies.read(self.settings.trusted_proxies)
        self._attempts = Attempts(allowed=WRONG_TOKENS)

    @property
    def token(self) -> bytes | None:
        """The admin token; None where there is none, and only this machine is answered."""
        token = self.settings.admin_token
        return None if token is None else token.get_secret_value().encode()

    def wait(self, scope: Scope) -> timedelta | None:
        """Return for how long no token of this caller is listened to; None when it is."""
        return self._attempts.wait(self._neighbourhood(scope), self.clock.now())

    def is_right(self, given: bytes) -> bool:
        """Return whether somebody gave the admin token."""
        wanted = self.token
        return wanted is not None and bool(given) and hmac.compare_digest(given, wanted)

    def failed(self, scope: Scope) -> None:
        """Count a wrong token."""
        self._attempts.failed(self._neighbourhood(scope), self.clock.now())

    def is_of_this_machine(self, scope: Scope) -> bool:
        """Return whether a caller is on this machine, and asked for it by a name of its own.

        A page that somebody here looks at is a stranger too, and has another name for us.
        """
        host = header(scope, b"host").decode("latin-1")
        return is_loopback(self.proxies.caller(scope)) and names_this_machine(host)

    def new_session(self) -> str:
        """Return what a browser keeps of a login."""
        until = int((self.clock.now() + LASTS).timestamp())
        return str(self._signer().dumps({_UNTIL: until, _ID: secrets.token_urlsafe(12)}))

    def has_session(self, scope: Scope) -> bool:
        """Return whether a request comes from a browser that has logged in of late."""
        session = self._session(scope)
        return session is not None and session[_ID] not in self._ended

    def end_session(self, scope: Scope) -> None:
        """Let nobody in by the session of a request any more; other processes hear nothing."""
        now = self.clock.now().timestamp()
        self._ended = {each: until for each, until in self._ended.items() if until > now}
        if (session := self._session(scope)) is not None:
            self._ended[session[_ID]] = session[_UNTIL]

    def _session(self, scope: Scope) -> Mapping[str, Any] | None:
        given = cookies(scope).get(SESSION)
        if given is None or self.token is None:
            return None
        try:
            told = self._signer().loads(given)
        except BadSignature:
            return None
        return told if _is_between(told, self.clock.now()) else None

    def _signer(self) -> URLSafeSerializer:
        # What is signed with the token of before is worth nothing any more.
        key = hmac.digest(self.token or b"", _PURPOSE, "sha256")
        return URLSafeSerializer(key, salt=SESSION)

    def _neighbourhood(self, scope: Scope) -> str:
        return neighbourhood(self.proxies.caller(scope))


def header(scope: Scope, wanted: bytes) -> bytes:
    """Return the first header of a name; empty where there is none."""
    return next((value for name, value in scope["headers"] if name == wanted), b"")


def cookies(scope: Scope) -> Mapping[str, str]:
    """Return the cookies of a request, none where they cannot be read."""
    try:
        told = SimpleCookie(header(scope, b"cookie").decode("latin-1"))
    except CookieError:
        return {}
    return {name: each.value for name, each in told.items()}


def is_from_elsewhere(scope: Scope) -> bool:
    """Return whether a page of another site has a browser send this request."""
    origin = header(scope, b"origin")
    return bool(origin) and not is_from_here(scope)


def is_embedded_elsewhere(scope: Scope) -> bool:
    """Return whether a page of another site has a browser fetch this behind the reader's back.

    A link that somebody follows is none of that.
    """
    is_foreign = header(scope, b"sec-fetch-site") in {b"cross-site", b"same-site"}
    is_followed = (
        header(scope, b"sec-fetch-mode") == b"navigate"
        and header(scope, b"sec-fetch-dest") == b"document"
    )
    return is_foreign and not is_followed


def is_from_here(scope: Scope) -> bool:
    """Return whether a browser says that a page of ours sends this request."""
    try:
        origin = urlsplit(header(scope, b"origin").decode("latin-1")).netloc
    except ValueError:
        return False
    return bool(origin) and origin.lower() == header(scope, b"host").decode("latin-1").lower()


def _is_between(told: Any, now: datetime) -> bool:  # noqa: ANN401 - what was signed once
    until = told.get(_UNTIL) if isinstance(told, dict) and _ID in told else None
    # A clock that was set back must not make a session last for longer.
    return isinstance(until, int) and 0 < until - now.timestamp() <= LASTS.total_seconds()
