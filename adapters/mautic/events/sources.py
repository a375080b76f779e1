"""The sources of events there are, as far as anything looks at what they bring."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.mautic.events.arrivals import SUBSCRIBED, TABLE, Arrivals
from adapters.mautic.events.dated import Dated
from adapters.mautic.events.deeds import DOWNLOADED, SUBMITTED, TEXTED, Deeds
from adapters.mautic.events.happening import (
    DOWNLOADS,
    MESSAGES,
    OPENINGS,
    REFUSALS,
    REPLIES,
    SUBMISSIONS,
    TEXTS,
)
from adapters.mautic.events.hits import TYPES as HIT_TYPES
from adapters.mautic.events.hits import Hits
from adapters.mautic.events.mail import (
    BOUNCED,
    OPENED,
    REPLIED,
    REPLIES_LAG,
    SENT,
    UNSUBSCRIBED,
    Mail,
)
from adapters.mautic.events.names import catalogue_of
from adapters.mautic.events.source import worth_asking
from adapters.mautic.events.tables import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.mautic.account import Account
    from adapters.mautic.events.source import Source
    from adapters.mautic.events.tables import Translate

TYPES = HIT_TYPES | {
    *(SENT, OPENED, REPLIED, UNSUBSCRIBED, BOUNCED),
    *(SUBMITTED, DOWNLOADED, TEXTED, SUBSCRIBED),
}
"""All that an instance tells of; that a message arrived Mautic does not know."""
_REBUILT = timedelta(minutes=30)
"""How long the rebuilding of a segment may take: all who come have the time of its beginning."""


def sources_of(account: Account, wanted: frozenset[str] | None, page_rows: int) -> Sequence[Source]:
    """Return the sources that can bring what is `wanted`; None: everything."""
    names = catalogue_of(account)
    mail, deeds = Mail(account=account, names=names.emails), Deeds(names=names)

    def table(name: str, translate: Translate, *types: str) -> Table:
        return Table(
            account=account,
            name=name,
            types=frozenset(types),
            translate=translate,
            page_rows=page_rows,
        )

    sources: list[Source] = [
        table(SUBMISSIONS, deeds.submitted, SUBMITTED),
        Hits(account=account, names=names.emails, page_rows=page_rows),
        table(OPENINGS, mail.opened, OPENED),
        table(DOWNLOADS, deeds.downloaded, DOWNLOADED),
        table(REFUSALS, mail.refused, UNSUBSCRIBED, BOUNCED),
        table(MESSAGES, mail.sent, SENT),
        table(TEXTS, deeds.texted, TEXTED),
        Dated(
            account=account,
            name=REPLIES,
            types=frozenset({REPLIED}),
            translate=mail.replied,
            column="date_replied",
            keys=("id",),
            overlap=REPLIES_LAG,
            page_rows=page_rows,
        ),
        Dated(
            account=account,
            name=TABLE,
            types=frozenset({SUBSCRIBED}),
            translate=Arrivals(account=account).came,
            column="date_added",
            keys=("leadlist_id", "lead_id"),
            clauses=(("manually_removed", "eq", 0),),
            overlap=_REBUILT,
            page_rows=page_rows,
        ),
    ]
    return worth_asking(sources, wanted)
