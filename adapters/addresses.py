"""The address of an account, as the configuration may give it."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit


def account_url(text: str) -> str:
    """Return the base URL `text`, without a slash at its end.

    Raises ValueError unless it is https (http will do for this machine) and names nothing but a
    place: keys go there, and nobody between may read them.
    """
    parts = urlsplit(text.strip())
    if not parts.hostname or parts.username or parts.password or parts.query or parts.fragment:
        msg = "is not the address of an account (write https://host/path)"
        raise ValueError(msg)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
        msg = "begins with https:// unless it is on this machine: the key travels there"
        raise ValueError(msg)
    return text.strip().rstrip("/")


def is_loopback(host: str) -> bool:
    """Return whether `host` is this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
