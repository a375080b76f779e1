"""Signatures of Standard Webhooks, made and compared with the library of the standard."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from standardwebhooks import Webhook

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from pydantic import SecretStr

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"

_PREFIX = "whsec_"
_SHORTEST, _LONGEST = 24, 64
"""Bytes of a key, as the standard has them."""


class BadSecret(ValueError):
    """A secret that is none: its sentence never repeats it."""


def sign(secrets: Iterable[SecretStr], message_id: str, at: datetime, body: str) -> str:
    """Return the header of signatures, one for each secret; raises BadSecret."""
    return " ".join(proofs(secrets, message_id, at, body))


def proofs(secrets: Iterable[SecretStr], message_id: str, at: datetime, body: str) -> Sequence[str]:
    """Return the signature with each secret, as ``v1,...``; raises BadSecret."""
    return [Webhook(key_of(each)).sign(message_id, at, body) for each in secrets]


def key_of(secret: SecretStr) -> bytes:
    """Return the bytes of a secret: what follows ``whsec_`` in base64, else its own.

    A secret without the prefix is read as base64 too where that gives as many bytes as the
    standard asks for. Raises BadSecret.
    """
    text = secret.get_secret_value().strip()
    decoded = _decoded(text.removeprefix(_PREFIX))
    if text.startswith(_PREFIX):
        if not decoded:
            msg = "a secret that begins with whsec_ goes on in base64"
            raise BadSecret(msg)
        return decoded
    if decoded and _SHORTEST <= len(decoded) <= _LONGEST:
        return decoded
    if not text:
        msg = "a secret is empty"
        raise BadSecret(msg)
    return text.encode()


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
