"""How Mautic writes what was sent into a contact: through its form, and past it.

The form is filled with all fields, those that were not sent as they are; what it yields is written
where it says something new. QUIRKS.md tells what this does to zeros and to blanks.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapters.mautic.simulator.php import encoded, entries, whole, without_tags
from adapters.mautic.simulator.refusals import DatabaseError, Refusal, invalid
from adapters.mautic.simulator.saving import Changes, merge, save
from adapters.mautic.simulator.values import NOT_VALID, Ignored, Value, is_zero, parsed, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.mautic.simulator.account import Account
    from adapters.mautic.simulator.contacts import Contact
    from adapters.mautic.simulator.users import User

NOT_UNIQUE = "This field must be unique."
_UNPROCESSABLE = 422
_LONGEST_TAG = 191


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What was sent for one contact, and how."""

    sent: Mapping[str, Any]
    method: str
    """Of the request: POST, PATCH or PUT."""
    clears: bool
    """Whether the form takes what was not sent for empty."""
    by: User


class Editor:
    """Writes submissions into contacts."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def submit(self, contact: Contact, submission: Submission) -> frozenset[str]:
        """Write a submission; raises Refusal, and then nothing is written.

        Return the fields that were emptied: the answer shows numbers among them as 0, once.
        """
        form = self._form(contact, submission)
        # What was there is compared as the form found it, whatever a merge brings meanwhile.
        before = {alias: self._account.raw_value_of(contact, alias) for alias in form}
        stage = self._entity("stage", self._offered(), submission)
        self._refuse_hidden(contact, submission)
        owner = self._entity("owner", self._account.keys.owners(), submission)
        merges = self._account.merges_on_edit
        if not merges:
            self._refuse_taken(contact, form)
        is_new = contact.id == 0
        if merges and not is_new:
            other = self.known(submission.sent)
            if other is not None and other is not contact:
                merge(self._account, contact, other, submission.by)
        changes: Changes = {}
        if "owner" in submission.sent and owner != contact.owner:
            changes["owner"] = [contact.owner, owner]
            contact.owner = owner
        moves = "stage" in submission.sent and self._move(contact, stage, changes)
        self._tag(contact, submission.sent.get("tags"), changes)
        self._write(contact, _differing(form, before), submission, changes)
        save(self._account, contact, changes, submission.by)
        if moves and stage is not None:
            name = f"{stage}:{self._account.stages[stage]['name']}"
            self._account.log_stage(contact, stage, name, "Stage changed")
        self._block(contact, submission.sent.get("doNotContact"))
        fields = changes.get("fields", {})
        return frozenset(alias for alias, (_, new) in fields.items() if new is None)

    def known(self, sent: Mapping[str, Any]) -> Contact | None:
        """Return the contact that has one of the unique values that were sent."""
        account = self._account
        found = []
        for alias in account.fields.unique(account.now()):
            if sent.get(alias):
                text = text_of(account.fields.by_alias[alias], sent[alias])
                found += account.contacts.with_value(alias, text)
        return max(found, key=lambda each: (each.added_at, each.id), default=None)

    def _form(self, contact: Contact, submission: Submission) -> dict[str, Value]:
        """Return what the form yields for every field; raises Refusal for all that is invalid."""
        values: dict[str, Value] = {}
        problems: dict[str, list[str]] = {}
        for field in self._account.fields.published(self._account.now()):
            current = self._account.raw_value_of(contact, field.alias)
            untouched = None if submission.clears else current
            if field.alias not in submission.sent:
                values[field.alias] = untouched
                continue
            try:
                values[field.alias] = parsed(field, submission.sent[field.alias])
            except Ignored:
                values[field.alias] = untouched
            except Refusal as refusal:
                problems |= {key: [*each] for key, each in (refusal.details or {}).items()}
        if problems:
            message = ", ".join(f"{name}: {each[0]}" for name, each in problems.items())
            raise Refusal(400, message, details=problems)
        return values

    def _refuse_taken(self, contact: Contact, form: Mapping[str, Value]) -> None:
        for alias in self._account.fields.unique(self._account.now()):
            value = form.get(alias)
            if value in (None, ""):
                continue
            known = self._account.contacts.with_value(alias, value)
            if any(each is not contact for each in known):
                raise invalid(alias, NOT_UNIQUE, _UNPROCESSABLE)

    def _entity(self, name: str, known: Mapping[int, object], submission: Submission) -> int | None:
        """Return the id of what was sent, None where it is to be taken away; raises Refusal."""
        given = submission.sent.get(name)
        if given in (None, ""):
            return None
        key = whole(given)
        if key not in known:
            raise invalid(name, NOT_VALID)
        return key

    def _offered(self) -> dict[int, object]:
        """Return the stages that a form takes; of two that have one name it knows the later."""
        stages = self._account.stages
        named = {each["name"]: key for key, each in stages.items() if each["isPublished"]}
        return {key: stages[key] for key in named.values()}

    def _refuse_hidden(self, contact: Contact, submission: Submission) -> None:
        """Refuse whatever is sent for who has a stage or an owner not offered: both go along."""
        offered: dict[str, tuple[int | None, Mapping[int, object]]] = {
            "stage": (contact.stage, self._offered()),
            "owner": (contact.owner, self._account.keys.owners()),
        }
        for name, (present, known) in offered.items():
            if name not in submission.sent and present is not None and present not in known:
                raise invalid(name, NOT_VALID)

    def _move(self, contact: Contact, stage: int | None, changes: Changes) -> bool:
        """Put a contact into a stage, and return whether it was not in it."""
        if stage == contact.stage or not self._account.may_move(contact, stage):
            return False
        changes["stage"] = [contact.stage, stage]
        contact.stage = stage
        return True

    def _tag(self, contact: Contact, given: object, changes: Changes) -> None:
        if given is None:
            return
        names = given.split(",") if isinstance(given, str) else [each for _, each in entries(given)]
        told: dict[str, list[str]] = {}
        for raw in names:
            name = html.unescape(str(raw).strip())
            name = encoded(name) if self._account.release.encodes_tags else without_tags(name)
            if name.startswith("-"):
                if name[1:] in contact.tags:
                    contact.tags.discard(name[1:])
                    told.setdefault("removed", []).append(name[1:])
            elif name and name not in contact.tags:
                if len(name) > _LONGEST_TAG:
                    raise DatabaseError("Data too long for column 'tag' at row 1")
                self._account.tag(name)
                contact.tags.add(name)
                told.setdefault("added", []).append(name)
        if told:
            changes["tags"] = told

    def _write(
        self,
        contact: Contact,
        form: Mapping[str, tuple[Value, Value]],
        submission: Submission,
        changes: Changes,
    ) -> None:
        """Write what the form has otherwise than it was, old and new."""
        account = self._account
        fills = submission.method in {"POST", "PATCH"}
        blanks = not fills or _is_true(submission.sent.get("overwriteWithBlank"))
        for alias, (old, new) in form.items():
            if fills and self._is_passed_over(alias, new):
                continue
            is_blank = new in (None, "")
            if is_blank and (not blanks or old in (None, "")):
                continue
            changes.setdefault("fields", {})[alias] = [old, new]
            if alias == "points":
                changes["points"] = [contact.points, whole(new)]
                contact.points = whole(new)
            elif alias != "last_active":
                account.contacts.put(contact, alias, None if is_blank else new)

    def _is_passed_over(self, alias: str, value: Value) -> bool:
        if alias == "points" and not value:
            return True
        account = self._account
        # A boolean is written past the form, so false is no zero.
        if isinstance(value, bool) or not account.quirks.zero_is_dropped:
            return False
        return is_zero(value, keeps_fractions=account.release.keeps_fractions)

    def _block(self, contact: Contact, given: object) -> None:
        for _, each in entries(given):
            if not isinstance(each, dict):
                continue
            channel = str(each.get("channel") or "email")
            reason = whole(each.get("reason", 3))
            if reason == 0:
                self._account.unblock(contact, channel)
            else:
                comment = str(each.get("comments") or "")
                self._account.block(contact, channel, reason, comment)


def _differing(
    form: Mapping[str, Value], before: Mapping[str, Value]
) -> dict[str, tuple[Value, Value]]:
    return {alias: (before[alias], new) for alias, new in form.items() if new != before[alias]}


def _is_true(value: object) -> bool:
    """Return whether PHP does not take a value for empty."""
    return value not in (None, "", "0", 0, False, [], {})
