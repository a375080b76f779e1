"""Who is in which segment, stage or campaign; points by groups; and mail to one contact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.mautic.simulator import saving
from adapters.mautic.simulator.contact_calls import found_contact
from adapters.mautic.simulator.php import entries, whole
from adapters.mautic.simulator.refusals import Refusal, not_found
from adapters.simulation.messages import json_reply
from adapters.simulation.routes import Route

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from adapters.mautic.simulator.account import Account
    from adapters.mautic.simulator.call import Call
    from adapters.mautic.simulator.contacts import Contact
    from adapters.simulation.messages import Reply

_DONE = {"success": 1}


class MembershipCalls:
    """What contacts are put into, and taken out of."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def routes(self) -> Iterator[Route]:
        """Yield what is answered here."""
        of_segment = "/segments/{key}/contact/{contact_id}"
        yield Route("POST", f"{of_segment}/add", self.enter)
        yield Route("POST", f"{of_segment}/remove", self.leave)
        yield Route("POST", "/segments/{key}/contacts/add", self.enter_many)
        yield Route("POST", "/stages/{key}/contact/{contact_id}/add", self.stage)
        yield Route("POST", "/stages/{key}/contact/{contact_id}/remove", self.unstage)
        yield Route("POST", "/campaigns/{key}/contact/{contact_id}/add", self.begin)
        yield Route("POST", "/campaigns/{key}/contact/{contact_id}/remove", self.end)
        yield Route("POST", "/emails/{key}/contact/{contact_id}/send", self.send)
        yield Route("GET", "/contacts/{contact_id}/segments", self.segments)
        yield Route("GET", "/contacts/{contact_id}/campaigns", self.campaigns)
        if self._account.release.has_point_groups:
            groups = "/contacts/{contact_id}/points/groups"
            yield Route("GET", groups, self.scores)
            yield Route("GET", f"{groups}/{{key}}", self.score)
            yield Route("POST", f"{groups}/{{key}}/{{operator}}/{{number}}", self.adjust)

    def enter(self, call: Call, key: str, contact_id: str) -> Reply:
        """Put a contact into a segment by hand."""
        segment = _known(self._account.segments.by_id, key)
        contact = found_contact(call, contact_id, "edit")
        self._account.segments.enter(segment["id"], contact)
        return json_reply(_DONE)

    def leave(self, call: Call, key: str, contact_id: str) -> Reply:
        """Take a contact out of a segment by hand; it was perhaps never in it."""
        segment = _known(self._account.segments.by_id, key)
        contact = found_contact(call, contact_id, "edit")
        self._account.segments.leave(segment["id"], contact)
        return json_reply(_DONE)

    def enter_many(self, call: Call, key: str) -> Reply:
        """Put contacts into a segment; who is not there, or of others, fails alone."""
        ids = call.sent.get("ids")
        if ids is None:
            raise Refusal(400, "This is a bad request.")
        segment = _known(self._account.segments.by_id, key)
        details = {}
        for _, contact_id in entries(ids):
            try:
                contact = found_contact(call, contact_id, "edit")
            except Refusal:
                details[str(contact_id)] = {"success": False}
                continue
            self._account.segments.enter(segment["id"], contact)
            details[str(contact.id)] = {"success": True}
        return json_reply({**_DONE, "details": details}, size=len(details))

    def stage(self, call: Call, key: str, contact_id: str) -> Reply:
        """Put a contact into a stage."""
        stage = _known(self._account.stages, key)
        contact = found_contact(call, contact_id, "edit")
        if self._account.may_move(contact, stage["id"]):
            self._move(call, contact, stage, stage["id"], "Added by batch")
        return json_reply(_DONE)

    def unstage(self, call: Call, key: str, contact_id: str) -> Reply:
        """Take a contact out of its stage, whatever it is."""
        stage = _known(self._account.stages, key)
        contact = found_contact(call, contact_id, "edit")
        self._move(call, contact, stage, None, "Removed by batch")
        return json_reply(_DONE)

    def begin(self, call: Call, key: str, contact_id: str) -> Reply:
        """Put a contact into a campaign; who is in it begins anew where it allows a restart."""
        campaign = _known(self._account.entities["campaigns"], key)
        contact = found_contact(call, contact_id, "edit")
        row = self._campaign_row(campaign["id"], contact)
        if row is None:
            self._account.tables.add(
                "campaign_leads",
                campaign_id=campaign["id"],
                lead_id=contact.id,
                date_added=self._account.now(),
                manually_added=True,
                manually_removed=False,
                rotation=1,
            )
        elif row["manually_removed"] or campaign.get("allowRestart"):
            row["manually_added"] |= row["manually_removed"]
            row |= {"manually_removed": False, "date_last_exited": None}
            row |= {"rotation": row["rotation"] + 1, "date_added": self._account.now()}
        return json_reply(_DONE)

    def end(self, call: Call, key: str, contact_id: str) -> Reply:
        """Take a contact out of a campaign."""
        campaign = _known(self._account.entities["campaigns"], key)
        contact = found_contact(call, contact_id, "edit")
        row = self._campaign_row(campaign["id"], contact)
        if row is not None:
            row |= {"manually_removed": True, "manually_added": False, "date_last_exited": None}
        return json_reply(_DONE)

    def send(self, call: Call, key: str, contact_id: str) -> Reply:
        """Send an e-mail to a contact, even to one that wants none."""
        email = _known(self._account.entities["emails"], key)
        contact = found_contact(call, contact_id, "edit")
        if not contact.values.get("email"):
            return json_reply({"success": False, "failed": ["No email address"]})
        tokens = {
            name if name.startswith("{") else f"{{{name}}}": value
            for name, value in entries(call.sent.get("tokens"))
        }
        self._account.engagement.send(
            contact, email["id"], source="api", source_id=0, tokens=tokens
        )
        return json_reply({"success": True})

    def segments(self, call: Call, contact_id: str) -> Reply:
        """Return the segments that a contact is in."""
        contact = found_contact(call, contact_id, "view")
        rows = self._account.segments.of(contact.id)
        found = [self._account.segments.by_id[row["leadlist_id"]] for row in rows]
        told = {
            str(each["id"]): {name: each[name] for name in ("id", "name", "alias")}
            for each in found
        }
        return json_reply({"total": len(told), "lists": told or []}, size=len(told))

    def campaigns(self, call: Call, contact_id: str) -> Reply:
        """Return the campaigns that a contact is in."""
        contact = found_contact(call, contact_id, "view")
        rows = self._account.tables.of("campaign_leads", contact.id)
        known = self._account.entities["campaigns"]
        found = [known[row["campaign_id"]] for row in rows if not row["manually_removed"]]
        told = {str(each["id"]): {"id": each["id"], "name": each["name"]} for each in found}
        return json_reply({"total": len(told), "campaigns": told or []}, size=len(told))

    def scores(self, call: Call, contact_id: str) -> Reply:
        """Return the points of a contact in every group in which it has any."""
        contact = found_contact(call, contact_id, "view")
        told = [self._score(contact, key) for key in contact.group_scores]
        return json_reply({"total": len(told), "groupScores": told}, size=len(told))

    def score(self, call: Call, contact_id: str, key: str) -> Reply:
        """Return the points of a contact in a group; None where it never had any."""
        contact = found_contact(call, contact_id, "view")
        group = _known(self._account.entities["pointGroups"], key)
        has_score = group["id"] in contact.group_scores
        told = self._score(contact, group["id"]) if has_score else None
        return json_reply({"groupScore": told})

    def adjust(self, call: Call, contact_id: str, key: str, operator: str, number: str) -> Reply:
        """Change the points of a contact in a group; they may be set, to 0 as well."""
        contact = found_contact(call, contact_id, "view")
        group = _known(self._account.entities["pointGroups"], key)
        change = _OPERATORS.get(operator)
        if change is None:
            raise Refusal(400, "Operation not allowed")
        before = contact.group_scores.get(group["id"], 0)
        contact.group_scores[group["id"]] = int(change(before, whole(number)))
        delta = contact.group_scores[group["id"]] - before
        if delta:
            self._account.tables.add(
                "lead_points_change_log",
                lead_id=contact.id,
                type="API",
                event_name=call.sent.get("eventName") or "Manual change",
                action_name=call.sent.get("actionName") or "via API",
                delta=delta,
                group_id=group["id"],
                date_added=self._account.now(),
            )
        return json_reply({"groupScore": self._score(contact, group["id"])})

    def _score(self, contact: Contact, key: int) -> dict[str, Any]:
        group = self._account.entities["pointGroups"][key]
        told = {name: group[name] for name in ("id", "name", "description")}
        return {"score": contact.group_scores[key], "group": told}

    def _move(
        self, call: Call, contact: Contact, stage: dict[str, Any], to: int | None, action: str
    ) -> None:
        changes: saving.Changes = {}
        if contact.stage != to:
            changes["stage"] = [contact.stage, to]
        contact.stage = to
        saving.save(self._account, contact, changes, call.user)
        # Both ways are noted, and that nothing was changed is noted as well.
        event = f"{stage['id']}: {stage['name']}"
        self._account.log_stage(contact, stage["id"], event, action)

    def _campaign_row(self, campaign_id: int, contact: Contact) -> dict[str, Any] | None:
        rows = self._account.tables.of("campaign_leads", contact.id)
        return next((row for row in rows if row["campaign_id"] == campaign_id), None)


_OPERATORS: dict[str, Callable[[int, int], float]] = {
    "plus": lambda before, number: before + number,
    "minus": lambda before, number: before - number,
    "times": lambda before, number: before * number,
    "divide": lambda before, number: before / number,
    "set": lambda _, number: number,
}


def _known(known: Mapping[int, dict[str, Any]], key: str) -> dict[str, Any]:
    found = known.get(whole(key))
    if found is None:
        raise not_found()
    return found
