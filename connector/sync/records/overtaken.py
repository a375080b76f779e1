"""What was read before something newer was stored: jobs of one platform go on side by side.

A page waits while it is looked at, and meanwhile a call is taken in, a removal is told, or a write
of ours is seen to be done. Then the page tells of the past.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from connector.domain.contacts import Contact
    from connector.domain.outbound import Outbound
    from connector.domain.records import Record


def is_overtaken(contact: Contact, known: Mapping[str, Record], since: datetime | None) -> bool:
    """Return whether a later version than this one was stored `since` reading it began."""
    before = known.get(contact.remote_id)
    if since is None or before is None or before.recorded_at <= since:
        return False
    modified, latest = contact.modified_at, before.modified_at
    if modified is None or latest is None:
        return False
    was_removed = before.removed_at is not None and before.removed_at > since
    return modified < latest or (was_removed and modified == latest)


def may_lack_our_write(modified_at: datetime | None, row: Outbound, since: datetime | None) -> bool:
    """Return whether a version may be of before our last write, which was confirmed `since`.

    Where it is not, it is read once more by the next pull, which begins after that.
    """
    confirmed = row.confirmed_at
    if since is None or confirmed is None or confirmed <= since:
        return False
    return modified_at is not None and modified_at <= confirmed
