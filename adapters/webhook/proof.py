"""That a call comes from the tool: four ways to prove it, each over the raw bytes it covers."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.webhook.signing import ID, SIGNATURE, TIMESTAMP, BadSecret, proofs
from connector.domain.durations import parse_duration
from connector.domain.instants import BadInstant, parse_instant
from connector.errors import BadSignature, TooOld

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from typing import TypeAlias

    from pydantic import SecretStr

    from adapters.webhook.config import HmacConfig, WebhookConfig
    from connector.ports.webhook import WebhookRequest

    Verify: TypeAlias = Callable[[WebhookRequest, Sequence[SecretStr]], None]

WINDOW = timedelta(minutes=5)
"""How old a signed call may be, and how far ahead its clock."""
LONGEST_ID = 256
MOST_SIGNATURES = 20
_LONGEST_TIMESTAMP = 40


def verifier_of(config: WebhookConfig) -> Verify:
    """Return what proves the calls of an entry: it returns, or raises WebhookRefused."""
    if config.hmac is not None:
        return _Hmac(config.hmac).verify
    return {"standard": _standard, "basic": _basic}.get(config.proof or "", _bearer)


def _standard(request: WebhookRequest, secrets: Sequence[SecretStr]) -> None:
    message_id, timestamp = (request.headers.get(name, "") for name in (ID, TIMESTAMP))
    given = request.headers.get(SIGNATURE, "").split(" ")[:MOST_SIGNATURES]
    is_id = 0 < len(message_id) <= LONGEST_ID and message_id.isascii() and message_id.isprintable()
    if not is_id or not timestamp.isascii() or not timestamp.isdigit():
        raise BadSignature
    signed_at = _instant(timestamp)
    try:
        expected = proofs(secrets, message_id, signed_at, request.body.decode())
    except (UnicodeDecodeError, BadSecret) as error:
        raise BadSignature from error
    _one_of(given, expected)
    _recent(request, signed_at, WINDOW)


class _Hmac:
    """Proves signatures as an entry describes them."""

    def __init__(self, config: HmacConfig) -> None:
        self._config = config
        self._timestamp = config.timestamp
        self._within = parse_duration(config.timestamp.within) if config.timestamp else WINDOW

    def verify(self, request: WebhookRequest, secrets: Sequence[SecretStr]) -> None:
        """Return when one of `secrets` signed the call."""
        text = _header(request.headers, self._config.header).strip()
        given = text.removeprefix(self._config.prefix) if self._has_prefix(text) else ""
        signed, stamp = request.body, ""
        if self._timestamp:
            stamp = _header(request.headers, self._timestamp.header)
            signed = stamp.encode("utf-8", "surrogatepass") + b"." + signed
        _one_of([given], [self._signature(each, signed) for each in secrets])
        if self._timestamp:
            _recent(request, _instant(stamp), self._within)

    def _has_prefix(self, text: str) -> bool:
        return text.startswith(self._config.prefix)

    def _signature(self, secret: SecretStr, content: bytes) -> str:
        key = secret.get_secret_value().encode()
        digest = hmac.new(key, content, getattr(hashlib, self._config.algorithm)).digest()
        if self._config.encoding == "hex":
            return digest.hex()
        return base64.b64encode(digest).decode()


def _bearer(request: WebhookRequest, secrets: Sequence[SecretStr]) -> None:
    scheme, _, given = request.headers.get("authorization", "").strip().partition(" ")
    _one_of(
        [given.strip() if scheme.lower() == "bearer" else ""],
        [each.get_secret_value() for each in secrets],
    )


def _basic(request: WebhookRequest, secrets: Sequence[SecretStr]) -> None:
    scheme, _, given = request.headers.get("authorization", "").strip().partition(" ")
    try:
        decoded = base64.b64decode(given.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        raise BadSignature from None
    _one_of(
        [decoded if scheme.lower() == "basic" else ""],
        [each.get_secret_value() for each in secrets],
    )


def _one_of(given: Sequence[str], expected: Sequence[str]) -> None:
    """Return when something given is expected; all are compared, lest the time taken tell more."""
    matches = [
        hmac.compare_digest(
            one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass")
        )
        for one in given
        for other in expected
        if one and other
    ]
    if not any(matches):
        raise BadSignature


def _recent(request: WebhookRequest, signed_at: datetime, within: timedelta) -> None:
    if abs(request.received_at - signed_at) > within:
        raise TooOld


def _instant(text: str) -> datetime:
    try:
        return parse_instant(text if len(text) <= _LONGEST_TIMESTAMP else None)
    except BadInstant as error:
        raise BadSignature from error


def _header(headers: Mapping[str, str], name: str) -> str:
    return headers.get(name.lower(), "")
