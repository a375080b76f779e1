"""The sources of events there are, as far as anything looks at what they bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.hubspot.events.forms import SUBMITTED, FormSource
from adapters.hubspot.events.mail import TYPES as MAIL_TYPES
from adapters.hubspot.events.mail import MailSource
from adapters.hubspot.events.meanings import KINDS
from adapters.hubspot.events.occurrences import VIEWED, OccurrenceSource
from adapters.hubspot.events.records import RecordSource
from adapters.hubspot.events.source import wanted_of
from adapters.hubspot.events.webinars import TYPES as WEBINAR_TYPES
from adapters.hubspot.events.webinars import WebinarSource
from connector.domain.events import CUSTOM

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from adapters.hubspot.account import Account
    from adapters.hubspot.events.source import Source


def sources_of(
    account: Account, patterns: frozenset[str] | None, properties: Collection[str]
) -> Sequence[Source]:
    """Return the sources that can bring what `patterns` ask for; None: everything.

    Of the values entered in forms those named by `properties` are kept.
    """
    found: list[Source] = []
    if mail := wanted_of(patterns, MAIL_TYPES.values()):
        found.append(MailSource(account, mail))
    if wanted_of(patterns, [SUBMITTED]):
        found.append(FormSource(account, properties))
    found += [
        RecordSource(account, kind, wanted)
        for kind in KINDS
        if (wanted := wanted_of(patterns, [deed.type for deed in kind.deeds]))
    ]
    if webinars := wanted_of(patterns, WEBINAR_TYPES.values()):
        found.append(WebinarSource(account, webinars))
    if wanted_of(patterns, [VIEWED]) or _names_custom(patterns):
        found.append(OccurrenceSource(account))
    return tuple(found)


def _names_custom(patterns: frozenset[str] | None) -> bool:
    return patterns is None or any(each.startswith(CUSTOM) for each in patterns)
