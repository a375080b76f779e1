"""What contacts do, as it gets into the tables of statistics and out through webhooks."""

from __future__ import annotations

import hashlib
import uuid
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from adapters.mautic.simulator import payloads
from adapters.mautic.simulator.php import serialized

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from adapters.mautic.simulator.account import Account
    from adapters.mautic.simulator.contacts import Contact
    from adapters.mautic.simulator.tables import Row

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0"
UNSUBSCRIBED, BOUNCED, MANUAL = 1, 2, 3
"""Reasons of do-not-contact."""


class Engagement:
    """Visits, mail and forms. Each method returns the row that it made or changed."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._tables = account.tables
        self._openings: dict[int, list[dict[str, Any]]] = defaultdict(list)

    def visit(
        self,
        contact: Contact | None,
        url: str,
        *,
        at: datetime | None = None,
        page_id: int | None = None,
        title: str | None = None,
        user_agent: str = BROWSER,
        ip: str = "203.0.113.7",
        referer: str | None = None,
        code: int = 200,
    ) -> Row:
        """Note that a page was looked at; without a contact, by one who was deleted since.

        A `code` of 301 or 302: the visitor was sent on, and the page where that ends has a hit too.
        """
        return self._hit(
            contact,
            at,
            url=url,
            page_id=page_id,
            url_title=title,
            user_agent=user_agent,
            ip_id=self._ip(ip),
            referer=referer,
            code=code,
            source="page" if page_id else None,
            source_id=page_id,
        )

    def send(
        self,
        contact: Contact,
        email_id: int,
        *,
        at: datetime | None = None,
        source: str = "email",
        source_id: int | None = None,
        tokens: Mapping[str, object] | None = None,
    ) -> Row:
        """Note that an e-mail was sent, and each asset that goes with it."""
        at = at or self._account.now()
        row = self._tables.add(
            "email_stats",
            email_id=email_id,
            lead_id=contact.id,
            email_address=contact.values.get("email") or "",
            date_sent=at,
            is_read=False,
            is_failed=False,
            viewed_in_browser=False,
            retry_count=0,
            source=source,
            source_id=email_id if source_id is None else source_id,
            open_count=0,
            open_details=serialized([]),
            tokens=serialized(dict(tokens or {})),
        )
        row["tracking_hash"] = hashlib.sha256(f"stat {row['id']}".encode()).hexdigest()[:22]
        email = self._account.entities["emails"].get(email_id, {})
        for _ in email.get("assetAttachments") or ():
            self._attach(row, at)
        self._tell("mautic.email_on_send", payloads.sent(self._account, row, contact))
        return row

    def open(
        self,
        stat: Row,
        *,
        at: datetime | None = None,
        user_agent: str = BROWSER,
        ip: str = "203.0.113.7",
    ) -> Row:
        """Note that an e-mail was opened, or opened again; return the row of devices."""
        at = at or self._account.now()
        stat["is_read"] = True
        stat["date_read"] = stat["date_read"] or at
        stat["last_opened"] = at
        stat["open_count"] += 1
        openings = self._openings[stat["id"]]
        openings.append({"datetime": f"{at:%Y-%m-%d %H:%M:%S}", "useragent": user_agent})
        stat["open_details"] = serialized(openings)
        made = self._tables.add(
            "email_stats_devices",
            stat_id=stat["id"],
            device_id=self._device(stat["lead_id"], user_agent, at),
            ip_id=self._ip(ip),
            date_opened=at,
        )
        self._touch(stat["lead_id"], at)
        self._tell("mautic.email_on_open", payloads.opened(self._account, stat))
        return made

    def click(
        self,
        stat: Row,
        url: str,
        *,
        at: datetime | None = None,
        user_agent: str = BROWSER,
        ip: str = "203.0.113.7",
        lands: bool = False,
    ) -> Row:
        """Note that a link of an e-mail was followed: a hit whose source is the e-mail.

        An e-mail that was not opened yet is opened by it.

        Where it `lands` on a page that tracks its visitors, that is a second hit of this source.
        """
        contact = self._account.contacts.by_id.get(stat["lead_id"])
        values = {
            "url": url,
            "email_id": stat["email_id"],
            "user_agent": user_agent,
            "ip_id": self._ip(ip),
            "source": "email",
            "source_id": stat["email_id"],
        }
        row = self._hit(contact, at, redirect_id=self._redirect(url), **values)
        if not stat["is_read"]:
            self.open(stat, at=at, user_agent=user_agent, ip=ip)
        if lands:
            self._hit(contact, at, **values)
        return row

    def reply(self, stat: Row, *, at: datetime | None = None) -> Row:
        """Note that an e-mail was answered."""
        number = len(self._tables.rows["email_stat_replies"]) + 1
        return self._tables.add(
            "email_stat_replies",
            id=str(uuid.UUID(int=number)),
            stat_id=stat["id"],
            date_replied=at or self._account.now(),
            message_id=f"<{number}@example.com>",
        )

    def bounce(self, stat: Row, *, at: datetime | None = None) -> Row:
        """Note that an e-mail came back."""
        stat["is_failed"] = True
        contact = self._account.contacts.by_id[stat["lead_id"]]
        comment = "550 mailbox unavailable"
        self._account.block(contact, "email", BOUNCED, comment, stat["email_id"], at=at)
        return stat

    def unsubscribe(self, stat: Row, *, at: datetime | None = None) -> Row:
        """Note that somebody wants no more e-mail, by a link in one."""
        contact = self._account.contacts.by_id[stat["lead_id"]]
        comment = "User unsubscribed."
        return self._account.block(contact, "email", UNSUBSCRIBED, comment, stat["email_id"], at=at)

    def submit(
        self,
        contact: Contact,
        form_id: int,
        *,
        at: datetime | None = None,
        page_id: int | None = None,
        referer: str = "https://www.example.com/contact",
    ) -> Row:
        """Note that a form was sent."""
        at = at or self._account.now()
        row = self._tables.add(
            "form_submissions",
            form_id=form_id,
            lead_id=contact.id,
            page_id=page_id,
            ip_id=self._ip("203.0.113.7"),
            tracking_id=_tracking(contact),
            date_submitted=at,
            referer=referer,
        )
        self._touch(contact.id, at)
        self._tell("mautic.form_on_submit", payloads.submitted(self._account, row))
        return row

    def download(self, contact: Contact, asset_id: int, *, at: datetime | None = None) -> Row:
        """Note that an asset was downloaded; no webhook tells of it."""
        at = at or self._account.now()
        self._touch(contact.id, at)
        return self._tables.add(
            "asset_downloads",
            asset_id=asset_id,
            lead_id=contact.id,
            ip_id=self._ip("203.0.113.7"),
            date_download=at,
            code=200,
            tracking_id=_tracking(contact),
        )

    def text(
        self, contact: Contact, sms_id: int, *, at: datetime | None = None, is_failed: bool = False
    ) -> Row:
        """Note that a text message was sent."""
        row = self._tables.add(
            "sms_message_stats",
            sms_id=sms_id,
            lead_id=contact.id,
            date_sent=at or self._account.now(),
            is_failed=is_failed,
            tracking_hash=f"sms{contact.id:08}",
            tokens=serialized([]),
            details="[]",
        )
        told = {"smsId": sms_id, "contact": payloads.named(contact), "content": "Hello"}
        self._tell("mautic.sms_on_send", told)
        return row

    def begin_hit(self, *, at: datetime | None = None) -> Row:
        """Note that a page was asked for: who that was, and which page, is filled in later."""
        at = at or self._account.now()
        return self._tables.add("page_hits", date_hit=at, code=200, tracking_id="pending")

    def fill_hit(self, row: Row, contact: Contact, url: str) -> None:
        """Fill in who asked for a page, once the queue of hits has come to it."""
        row |= {"url": url, "user_agent": BROWSER, "tracking_id": _tracking(contact)}
        self._tables.assign("page_hits", row, contact.id)
        self._touch(contact.id, row["date_hit"])
        self._tell("mautic.page_on_hit", payloads.hit(self._account, row))

    def _hit(self, contact: Contact | None, at: datetime | None, **values: object) -> Row:
        at = at or self._account.now()
        row = self._tables.add(
            "page_hits",
            lead_id=contact.id if contact else None,
            date_hit=at,
            tracking_id=_tracking(contact),
            browser_languages=serialized(["en"]),
            query=serialized({"page_url": values["url"]}),
            **{"code": 200, **values},
        )
        if contact is not None:
            self._touch(contact.id, at)
            row["device_id"] = self._device(contact.id, str(row["user_agent"]), at)
        self._tell("mautic.page_on_hit", payloads.hit(self._account, row))
        return row

    def _attach(self, stat: Row, at: datetime) -> None:
        """Note that an asset went out with an e-mail: a download that does not say of what."""
        self._tables.add(
            "asset_downloads",
            lead_id=stat["lead_id"],
            email_id=stat["email_id"],
            source="email",
            source_id=stat["email_id"],
            date_download=at,
            code=200,
            tracking_id=stat["tracking_hash"],
        )

    def _touch(self, lead_id: int | None, at: datetime) -> None:
        contact = self._account.contacts.by_id.get(lead_id or 0)
        if contact is not None and (contact.active_at is None or contact.active_at < at):
            contact.active_at = at

    def _device(self, lead_id: int | None, user_agent: str, at: datetime) -> int | None:
        if lead_id is None:
            return None
        known = {row["tracking_id"]: row["id"] for row in self._tables.of("lead_devices", lead_id)}
        key = hashlib.sha256(f"{lead_id} {user_agent}".encode()).hexdigest()[:23]
        if key in known:
            return int(known[key])
        made = self._tables.add(
            "lead_devices",
            lead_id=lead_id,
            date_added=at,
            client_info=serialized({"type": "browser", "name": "Firefox"}),
            device="desktop",
            device_os_name="GNU/Linux",
            tracking_id=key,
        )
        return int(made["id"])

    def _ip(self, address: str) -> int:
        return self._known("ip_addresses", "ip_address", address)

    def _redirect(self, url: str) -> int:
        return self._known("page_redirects", "url", url)

    def _known(self, table: str, column: str, value: str) -> int:
        rows = self._tables.rows[table]
        found = next((row for row in rows if row[column] == value), None)
        return int((found or self._tables.add(table, **{column: value}))["id"])

    def _tell(self, trigger: str, payload: dict[str, Any]) -> None:
        self._account.hooks.tell(trigger, payload)


def _tracking(contact: Contact | None) -> str:
    return f"device{contact.id if contact else 0:016}"
