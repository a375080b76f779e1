"""What no request to a platform may ever carry: consent, and another address.

heatsync never subscribes anybody, never takes anybody off a blocklist and never changes an
address, on no platform. `tests/conftest.py` holds every request of every test against this.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeAlias

from adapters.http import Answer, Call, HttpSession, Json

Send: TypeAlias = Callable[[HttpSession, Call], Awaitable[Answer]]

CONSENT = re.compile(
    r"black_?list|block(ed|_?list)|opt_?-?_?(in|out)|consent|subscri|legal_?basis|marketable"
    r"|lawful|forcemerge|smtpblacklistsender|do_?not_?contact|/dnc/|frequency_?rules|contactlists",
    re.IGNORECASE,
)
"""Names of fields, and parts of paths, that say what somebody consented to."""
ADDRESSES = frozenset({"email", "e-mail", "sms", "hs_additional_emails", "work_email"})
"""Fields, in lower case, that say who a contact is."""
_VALUES = frozenset({"attributes", "properties", "contact_properties"})
"""What holds the values of a contact in the body of a request."""
_CREATES = re.compile(r"/contacts/?$|/batch/create$|/profile-import$")
_EDITS = re.compile(r"/contacts/[^/]+/edit$")
"""Where the values of a contact stand in the body itself, or in each item of its list."""
_ABOUT_EVENTS = re.compile(r"/webhooks\b")
"""Where platforms call it a subscription that they tell us of events."""
_PROFILES = re.compile(r"^/api/v1/subscriber$")
"""Where Omnisense calls a profile so, whatever it consented to."""


class ConsentTouched(AssertionError):
    """A request says what no request of heatsync may say."""


def objections(call: Call) -> list[str]:
    """Return what a request should not say; nothing of one that reads or is as it should be."""
    if call.method == "GET" or _ABOUT_EVENTS.search(call.path):
        return []
    is_named = CONSENT.search(call.path) and not _PROFILES.search(call.path)
    found = [f"the path {call.path}"] if is_named else []
    found += [f"the field {name}" for name in _names(call.body) if CONSENT.search(name)]
    if not (call.method == "POST" and _CREATES.search(call.path)):
        found += [f"the address {name}" for name in _values(call.body) if name in ADDRESSES]
    if _EDITS.search(call.path):
        items = call.body if isinstance(call.body, list) else [call.body]
        names = [name.lower() for each in items if isinstance(each, dict) for name in each]
        found += [f"the address {name}" for name in names if name in ADDRESSES]
        found += ["all that it does not name"] if call.method == "PUT" else []
    return found


def watched(send: Send) -> Send:
    """Return a way to send that raises ConsentTouched instead of a request it objects to."""

    async def watching(session: HttpSession, call: Call) -> Answer:
        if found := objections(call):
            raise ConsentTouched(f"{call.method} {call.path} names {', '.join(found)}")
        return await send(session, call)

    return watching


def _names(body: Json) -> Iterator[str]:
    """Yield the names of all fields, at any depth."""
    if isinstance(body, dict):
        yield from body
        for each in body.values():
            yield from _names(each)
    if isinstance(body, list):
        for each in body:
            yield from _names(each)


def _values(body: Json) -> Iterator[str]:
    """Yield the names of the values that are written to contacts, in lower case."""
    if isinstance(body, dict):
        for name, each in body.items():
            if name in _VALUES and isinstance(each, dict):
                yield from (below.lower() for below in each)
            yield from _values(each)
    if isinstance(body, list):
        for each in body:
            yield from _values(each)
