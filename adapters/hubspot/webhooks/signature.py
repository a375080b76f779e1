"""The proof of a call: version 3 of HubSpot's signature, over the raw bytes and the public URL."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.hubspot.milliseconds import instant_at
from connector.errors import BadSignature, TooOld

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import SecretStr

    from connector.ports.webhook import WebhookRequest

SIGNATURE = "x-hubspot-signature-v3"
TIMESTAMP = "x-hubspot-request-timestamp"
WINDOW = timedelta(minutes=5)
"""How old a call may be, and how far ahead its clock."""
_LONGEST_TIMESTAMP = 15

_ESCAPES: Mapping[str, str] = {f"%{ord(character):02X}": character for character in ":/?@!$'()*,;"}
"""What HubSpot signs as the character it stands for; all other escapes are signed as they are."""


def sign(secret: str, request: WebhookRequest, timestamp: str) -> bytes:
    """Return the proof that `request` was made at `timestamp`, in milliseconds."""
    url = request.url
    if "%" in url:
        for escape, character in _ESCAPES.items():
            url = url.replace(escape, character)
    content = f"{request.method}{url}".encode() + request.body + timestamp.encode()
    return base64.b64encode(hmac.new(secret.encode(), content, hashlib.sha256).digest())


def verify(request: WebhookRequest, secrets: Sequence[SecretStr]) -> None:
    """Raise BadSignature or TooOld unless one of `secrets` proves the call and it is recent."""
    timestamp = request.headers.get(TIMESTAMP, "")
    given = request.headers.get(SIGNATURE, "").encode()
    # All are compared, so that the time taken does not tell which one was near.
    proofs = [
        hmac.compare_digest(sign(each.get_secret_value(), request, timestamp), given)
        for each in secrets
    ]
    is_instant = timestamp.isascii() and timestamp.isdigit()
    if not any(proofs) or not is_instant or len(timestamp) > _LONGEST_TIMESTAMP:
        raise BadSignature
    try:
        signed_at = instant_at(int(timestamp))
    except ValueError as error:
        raise BadSignature from error
    if abs(request.received_at - signed_at) > WINDOW:
        raise TooOld
