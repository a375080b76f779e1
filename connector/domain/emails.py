"""E-mail addresses as identities: trimmed, Unicode NFC, lower-cased, and nothing else."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

_PLAIN = re.compile(r"[a-z0-9_]+(?:[.+-][a-z0-9_]+)*@(?P<domain>[a-z0-9.-]+)", re.ASCII)
_PLAIN_LENGTH = 60
"""Up to here no limit on the length of an address or of its first part can be passed."""


class BadEmail(ValueError):
    """A text that is no e-mail address."""


def normalise_email(raw: str) -> str:
    """Return the form under which two spellings of an address are one person."""
    return unicodedata.normalize("NFC", raw.strip()).lower()


@lru_cache(maxsize=4_096)
def read_email(raw: str) -> str:
    """Return the normalised address; raise BadEmail when email-validator refuses it.

    Dots and plus tags stay: only the address's own server knows what they mean.
    """
    address = normalise_email(raw)
    plain = _PLAIN.fullmatch(address) if len(address) <= _PLAIN_LENGTH else None
    # Most addresses differ from others only in a first part that needs no asking about, and
    # asking costs as much as all the rest of reading a contact.
    if not _is_valid(f"a@{plain['domain']}" if plain else address):
        msg = "is not an e-mail address"
        raise BadEmail(msg)
    return address


@lru_cache(maxsize=4_096)
def _is_valid(address: str) -> bool:
    try:
        validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True
