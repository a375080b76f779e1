"""E-mail addresses as identities: trimmed, Unicode NFC, lower-cased, and nothing else."""

from __future__ import annotations

import unicodedata

from email_validator import EmailNotValidError, validate_email


class BadEmail(ValueError):  # noqa: N818 - it is a value that does not fit, not a failure of ours
    """A text that is no e-mail address."""


def normalise_email(raw: str) -> str:
    """Return the form under which two spellings of an address are one person."""
    return unicodedata.normalize("NFC", raw.strip()).lower()


def read_email(raw: str) -> str:
    """Return the normalised address; raise BadEmail when email-validator refuses it.

    Dots and plus tags stay: only the address's own server knows what they mean.
    """
    address = normalise_email(raw)
    try:
        validate_email(address, check_deliverability=False)
    except EmailNotValidError as error:
        msg = "is not an e-mail address"
        raise BadEmail(msg) from error
    return address
