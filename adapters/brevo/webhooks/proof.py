"""That a call comes from the account: a secret it carries, for Brevo signs nothing."""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import TYPE_CHECKING

from connector.errors import BadSignature, TooLarge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import SecretStr

    from connector.ports.webhook import WebhookRequest

HEADER = "x-webhook-token"
"""The fixed header that may carry the token, when it is added to a webhook in Brevo."""
MOST_BYTES = 8 * 2**20
"""A batch has at most 500 events, and what is refused as too long Brevo never sends again."""


def verify(request: WebhookRequest, secrets: Sequence[SecretStr]) -> None:
    """Return when a call carries one of `secrets`; raises BadSignature or TooLarge.

    A secret is what follows ``Bearer``, the password of basic authentication (or name and password
    with a colon), or the value of HEADER.
    """
    given = _given(request)
    # All are compared, so that the time taken does not tell which one was near.
    proofs = [
        hmac.compare_digest(each.get_secret_value().encode(), proof)
        for each in secrets
        for proof in given
    ]
    if not any(proofs):
        raise BadSignature
    if len(request.body) > MOST_BYTES:
        raise TooLarge


def _given(request: WebhookRequest) -> Sequence[bytes]:
    """Return what the call carries as a proof, never nothing and never an empty text."""
    scheme, _, rest = request.headers.get("authorization", "").strip().partition(" ")
    found = [request.headers.get(HEADER, "").encode()]
    if scheme.lower() == "bearer":
        found.append(rest.strip().encode())
    elif scheme.lower() == "basic":
        both = _decoded(rest)
        found += [both, both.partition(b":")[2]]
    return [each for each in found if each]


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        return b""
