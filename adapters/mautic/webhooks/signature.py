"""The proof of a call: a signature over the raw bytes, which says nothing of when it was made."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING

from connector.errors import BadSignature, TooLarge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import SecretStr

    from connector.ports.webhook import WebhookRequest

HEADER = "webhook-signature"
MOST_BYTES = 8 * 2**20
"""A call may have ten events, and each of them all that is known of a contact and an e-mail."""


def sign(secret: str, body: bytes) -> bytes:
    """Return the proof of `body`."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())


def verify(request: WebhookRequest, secrets: Sequence[SecretStr]) -> None:
    """Return when one of `secrets` proves the call; raises BadSignature or TooLarge.

    That a call is sent again by somebody else only the keys of its items tell.
    """
    given = request.headers.get(HEADER, "").strip().encode()
    # All are compared, so that the time taken does not tell which one was near.
    proofs = [
        hmac.compare_digest(sign(each.get_secret_value(), request.body), given) for each in secrets
    ]
    if not any(proofs):
        raise BadSignature
    if len(request.body) > MOST_BYTES:
        raise TooLarge
