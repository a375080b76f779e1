"""What webhooks say of what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.mautic.simulator.rendering import contact_told
from adapters.mautic.simulator.values import at_text

if TYPE_CHECKING:
    from adapters.mautic.simulator.account import Account
    from adapters.mautic.simulator.contacts import Contact
    from adapters.mautic.simulator.tables import Row


def contact(account: Account, told: Contact, **more: object) -> dict[str, Any]:
    """Return what is said of a contact that was changed."""
    return {"contact": contact_told(account, told), **more}


def sent(account: Account, stat: Row, told: Contact) -> dict[str, Any]:
    """Return what is said of an e-mail that went out; the row of statistics is not named."""
    return {
        "email": _email(account, stat["email_id"]),
        "contact": named(told),
        "contentHash": None,
        "idHash": stat["tracking_hash"],
        "subject": "Hello",
        "source": [stat["source"], stat["source_id"]],
        "headers": [],
    }


def opened(account: Account, stat: Row) -> dict[str, Any]:
    """Return what is said of an e-mail that was opened."""
    return {
        "stat": {
            "id": stat["id"],
            "emailAddress": stat["email_address"],
            "ipAddress": [],
            "dateSent": at_text(stat["date_sent"]),
            "isRead": stat["is_read"],
            "isFailed": stat["is_failed"],
            "dateRead": at_text(stat["date_read"]),
            "retryCount": stat["retry_count"],
            "source": stat["source"],
            "openCount": stat["open_count"],
            "lastOpened": at_text(stat["last_opened"]),
            "sourceId": stat["source_id"],
            "trackingHash": stat["tracking_hash"],
            "viewedInBrowser": stat["viewed_in_browser"],
            "lead": _lead(account, stat["lead_id"]),
            "email": _email(account, stat["email_id"]),
        }
    }


def hit(account: Account, row: Row) -> dict[str, Any]:
    """Return what is said of a page that was looked at, or a link that was followed."""
    told = {
        "id": row["id"],
        "dateHit": at_text(row["date_hit"]),
        "dateLeft": None,
        "page": _titled(account, "pages", row["page_id"], "title"),
        # No group that is told has anything of a link, so nothing is left of it but that it is one:
        # of an empty object PHP makes an empty list, once it was kept until it is sent.
        "redirect": [] if row["redirect_id"] else None,
        "email": _email(account, row["email_id"]) if row["email_id"] else None,
        "lead": _lead(account, row["lead_id"]),
        "code": row["code"],
        "referer": row["referer"],
        "url": row["url"],
        "urlTitle": row["url_title"],
        "userAgent": row["user_agent"],
        "remoteHost": row["remote_host"],
        "pageLanguage": row["page_language"],
        "browserLanguages": ["en"],
        "trackingId": row["tracking_id"],
        "source": row["source"],
        "sourceId": row["source_id"],
        "query": {"page_url": row["url"]},
    }
    return {"hit": told}


def submitted(account: Account, row: Row) -> dict[str, Any]:
    """Return what is said of a form that was sent."""
    lead = account.contacts.by_id[row["lead_id"]]
    told = {
        "id": row["id"],
        "ipAddress": {"ip": "203.0.113.7", "ipDetails": {}},
        "form": _titled(account, "forms", row["form_id"], "name"),
        "lead": _lead(account, row["lead_id"]),
        "trackingId": row["tracking_id"],
        "dateSubmitted": at_text(row["date_submitted"]),
        "referer": row["referer"],
        "page": _titled(account, "pages", row["page_id"], "title"),
        "results": {"email": lead.values.get("email")},
    }
    return {"submission": told}


def named(told: Contact) -> dict[str, Any]:
    """Return a contact as a flat row."""
    return {"id": told.id, "points": told.points, **told.values}


def _lead(account: Account, lead_id: int | None) -> dict[str, Any] | None:
    told = account.contacts.by_id.get(lead_id or 0)
    if told is None:
        return None
    return contact_told(account, told, minimal=True)


def _email(account: Account, email_id: int | None) -> dict[str, Any]:
    return _titled(account, "emails", email_id, "name") or {"id": email_id, "name": None}


def _titled(account: Account, kind: str, key: int | None, name: str) -> dict[str, Any] | None:
    found = account.entities[kind].get(key or 0)
    return None if found is None else {"id": found["id"], name: found.get(name)}
