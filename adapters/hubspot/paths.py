"""Where things are in each version of HubSpot's interface.

Prefixes are not uniform, so that a version is a table and no number in a pattern. What has no
dated twin is in `legacy`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.hubspot.config import Version

JOURNAL = "/webhooks-journal/journal-local/2026-03"
"""Only this version has a journal."""
JOURNAL_SUBSCRIPTIONS = "/webhooks-journal/subscriptions/2026-03"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """The beginnings of paths, without a slash at the end."""

    objects: str
    properties: str
    lists: str
    associations: str
    occurrences: str
    """What happened to one record (Enterprise)."""
    send_events: str
    marketing_events: str
    forms: str
    single_send: str
    """One e-mail to one person (an add-on)."""
    details: str
    """What kind of account it is."""
    usage: str
    """The requests made today by private apps."""
    token: str

    @property
    def contacts(self) -> str:
        """Return where contacts are."""
        return f"{self.objects}/contacts"

    def records(self, kind: str) -> str:
        """Return where the records of an object type are, as ``meetings``."""
        return f"{self.objects}/{kind}"


PATHS: Mapping[Version, Paths] = {
    "2026-03": Paths(
        objects="/crm/objects/2026-03",
        properties="/crm/properties/2026-03",
        lists="/crm/lists/2026-03",
        associations="/crm/associations/2026-03",
        occurrences="/events/event-occurrences/2026-03",
        send_events="/events/2026-03/send",
        marketing_events="/marketing/marketing-events/2026-03",
        forms="/marketing/forms/2026-03",
        single_send="/marketing/email-campaigns/2026-03/single-send",
        details="/account-info/2026-03/details",
        usage="/account-info/2026-03/api-usage/daily/private-apps",
        token="/oauth/2026-03/token",  # noqa: S106 - a path
    ),
    # What is not known to have moved on is asked for in its last known version.
    "2026-09": Paths(
        objects="/crm/objects/2026-09",
        properties="/crm/properties/2026-09",
        lists="/crm/lists/2026-09",
        associations="/crm/associations/2026-09",
        occurrences="/events/event-occurrences/2026-09",
        send_events="/events/custom/2026-09/send",
        marketing_events="/marketing/marketing-events/2026-03",
        forms="/marketing/forms/2026-03",
        single_send="/marketing/email-campaigns/2026-03/single-send",
        details="/account-info/2026-03/details",
        usage="/account-info/2026-03/api-usage/daily/private-apps",
        token="/oauth/2026-09/token",  # noqa: S106 - a path
    ),
    # Ends in September 2027, what is v4 on 30 March 2027.
    "v3": Paths(
        objects="/crm/v3/objects",
        properties="/crm/v3/properties",
        lists="/crm/v3/lists",
        associations="/crm/v4/associations",
        occurrences="/events/v3/events",
        send_events="/events/v3/send",
        marketing_events="/marketing/v3/marketing-events",
        forms="/marketing/v3/forms",
        single_send="/marketing/v4/email/single-send",
        details="/account-info/v3/details",
        usage="/account-info/v3/api-usage/daily/private-apps",
        token="/oauth/v1/token",  # noqa: S106 - a path
    ),
}
