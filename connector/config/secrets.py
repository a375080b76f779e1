"""Secrets have no place in YAML: what looks like one is refused, and never repeated."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from connector.config.hints import closest
from connector.config.settings import variable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from connector.config.files import Plain, Written
    from connector.config.places import Path, Report

_WORDS = frozenset(
    {
        *("apikey", "accesskey", "privatekey", "secretkey", "clientsecret", "webhooksecret"),
        *("signingsecret", "appsecret", "secret", "token", "accesstoken", "refreshtoken"),
        *("bearertoken", "authtoken", "authorization", "password", "passwd", "passphrase"),
        *("pwd", "credentials", "privateapptoken", "hapikey"),
    }
)
"""Keys that hold secrets, without their separators."""

_LOOKS = re.compile(
    r"""
    x(key|smtp)sib-[0-9a-f]{8}              # Brevo
    | \bpat-[a-z]{2,4}[0-9]?-[0-9a-f]{8}    # HubSpot
    | \b(sk|rk)_(live|test)_\w{8}           # Stripe and those like it
    | \bpk_[0-9a-f]{20}                     # Klaviyo
    | \bwhsec_\w{8}                         # Standard Webhooks
    | \beyJ[\w-]{8,}\.[\w-]{8,}\.           # a JSON Web Token
    | ^Bearer\s+\S{16}
    | -----BEGIN\ [A-Z ]*PRIVATE\ KEY
    | ://[^/\s:@?\#]*:[^/\s@]+@             # a URL with user and password
    """,
    re.VERBOSE,
)
_IN_URL = re.compile(r"(?<=://)[^/\s:@?#]*:[^/\s@]+@")


def refuse_secrets(written: Written, report: Report, known: Mapping[str, Sequence[str]]) -> None:
    """Report what looks like a secret in any file, and take it out.

    `known` are the fields that each platform's adapter takes from the environment.
    """
    for path in list(_suspects(written.values, (), known)):
        _report(path, report, known)
        _take_out(written.values, path)


def _suspects(values: Plain, path: Path, known: Mapping[str, Sequence[str]]) -> Iterator[Path]:
    if isinstance(values, dict):
        for key, value in values.items():
            here = (*path, key)
            if _is_secret_key(here, known) and value is not None:
                yield here
            else:
                yield from _suspects(value, here, known)
    elif isinstance(values, list):
        for index, value in enumerate(values):
            yield from _suspects(value, (*path, index), known)
    elif isinstance(values, str) and _LOOKS.search(values):
        yield path


def _is_secret_key(path: Path, known: Mapping[str, Sequence[str]]) -> bool:
    """Return whether the last key of `path`, inside a platform's entry, names a secret."""
    if len(path) <= len(("platforms", "name")) or path[0] != "platforms":
        return False
    key = str(path[-1])
    return key in known.get(str(path[1]), ()) or re.sub(r"[^a-z]", "", key.lower()) in _WORDS


def _report(path: Path, report: Report, known: Mapping[str, Sequence[str]]) -> None:
    if path[0] == "platforms":
        platform = str(path[1])
        key = next((step for step in reversed(path) if isinstance(step, str)), "")
        name = variable("platforms", platform, _field(key, known.get(platform, ())))
        report.add(path, "a secret has no place in this file", f"set {name} instead")
    elif path[0] == "triggers":
        names = f"{variable('notify', '<name>')} or {variable('webhooks', '<name>', 'url')}"
        report.add(path, "a secret has no place in this file", f"set {names} and name it here")
    else:
        report.add(path, "this looks like a secret, which has no place in this file")


def _field(key: str, declared: Sequence[str]) -> str:
    """Return which of the declared fields a secret under `key` belongs in."""
    plain = re.sub(r"[^a-z0-9]+", "_", key.lower()).strip("_")
    if plain in declared:
        return plain
    if len(declared) == 1:
        return declared[0]
    likeliest = closest(plain, declared) or next(
        (name for name in declared if "password" in name or "token" in name), None
    )
    return likeliest or plain


def _take_out(values: Plain, path: Path) -> None:
    """Remove a value, so that no later sentence can repeat it; of a URL the rest stays."""
    here = values
    for step in path[:-1]:
        if isinstance(here, dict):
            here = here[str(step)]
        elif isinstance(here, list):
            here = here[int(step)]
    last = path[-1]
    if isinstance(here, dict):
        value = here.pop(str(last))
        if isinstance(value, str) and _IN_URL.search(value):
            here[str(last)] = _IN_URL.sub("", value)
    elif isinstance(here, list) and isinstance(last, int):
        here[last] = None
