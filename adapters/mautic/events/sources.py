"""The sources of events there are, as far as anything looks at what they bring."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.mautic.events.activity import activities_of
from adapters.mautic.events.arrivals import MEMBERS, SUBSCRIBED, Arrivals
from adapters.mautic.events.dated_tables import DatedTable
from adapters.mautic.events.deeds import DOWNLOADED, SUBMITTED, TEXTED, Deeds
from adapters.mautic.events.fallback import Fallback
from adapters.mautic.events.hits import TYPES as HIT_TYPES
from adapters.mautic.events.hits import Hits
from adapters.mautic.events.identification import Earlier, Identifying
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
from adapters.mautic.events.row_events import (
    DOWNLOADS,
    MESSAGES,
    OPENINGS,
    REFUSALS,
    REPLIES,
    SUBMISSIONS,
    TEXTS,
)
from adapters.mautic.events.source import are_wanted, worth_asking
from adapters.mautic.events.tables import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.mautic.account import Account
    from adapters.mautic.events.names import Catalogue
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
    instead = activities_of(account, page_rows)
    tables: Sequence[Source] = [
        *_deeds(account, names, wanted, page_rows),
        *_mail(account, names, page_rows),
        _arrivals(account, page_rows),
    ]
    return [
        Fallback(account=account, table=each, instead=instead.get(each.name))
        for each in worth_asking(tables, wanted)
    ]


def _deeds(
    account: Account, names: Catalogue, wanted: frozenset[str] | None, page_rows: int
) -> Sequence[Source]:
    """Return the tables of what contacts did by themselves."""
    deeds = Deeds(names=names)
    hits = Hits(account=account, names=names.emails, page_rows=page_rows)
    downloads = _table(account, DOWNLOADS, deeds.downloaded, page_rows, DOWNLOADED)
    before = [
        Earlier(account=account, table=source.name, translate=translate)
        for source, translate in ((hits, hits.events), (downloads, deeds.downloaded))
        if are_wanted(source.types, wanted)
    ]
    forms = _table(account, SUBMISSIONS, deeds.submitted, page_rows, SUBMITTED)
    types = forms.types | hits.types | downloads.types
    return [
        Identifying(table=forms, before=before, types=types),
        hits,
        downloads,
        _table(account, TEXTS, deeds.texted, page_rows, TEXTED),
    ]


def _mail(account: Account, names: Catalogue, page_rows: int) -> Sequence[Source]:
    """Return the tables of messages by e-mail, and of what became of them."""
    mail = Mail(account=account, names=names.emails)
    return [
        _table(account, OPENINGS, mail.opened, page_rows, OPENED),
        _table(account, MESSAGES, mail.sent, page_rows, SENT),
        DatedTable(
            account=account,
            name=REFUSALS,
            types=frozenset({UNSUBSCRIBED, BOUNCED}),
            translate=mail.refused,
            # Whoever bounced and then unsubscribes has one row, which gets another date.
            column="date_added",
            keys=("id",),
            page_rows=page_rows,
        ),
        DatedTable(
            account=account,
            name=REPLIES,
            types=frozenset({REPLIED}),
            translate=mail.replied,
            column="date_replied",
            keys=("id",),
            overlap=REPLIES_LAG,
            page_rows=page_rows,
        ),
    ]


def _arrivals(account: Account, page_rows: int) -> Source:
    return DatedTable(
        account=account,
        name=MEMBERS,
        types=frozenset({SUBSCRIBED}),
        translate=Arrivals(account=account).came,
        column="date_added",
        keys=("leadlist_id", "lead_id"),
        clauses=(("manually_removed", "eq", 0),),
        overlap=_REBUILT,
        page_rows=page_rows,
    )


def _table(
    account: Account, name: str, translate: Translate, page_rows: int, /, *types: str
) -> Table:
    return Table(
        account=account,
        name=name,
        types=frozenset(types),
        translate=translate,
        page_rows=page_rows,
    )
