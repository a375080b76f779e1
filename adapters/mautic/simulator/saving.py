"""What follows when a contact is written: dates, the audit log, and webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from adapters.mautic.simulator import payloads
from adapters.mautic.simulator.php import serialized
from adapters.mautic.simulator.values import at_text

if TYPE_CHECKING:
    from adapters.mautic.simulator.account import Account
    from adapters.mautic.simulator.contacts import Contact
    from adapters.mautic.simulator.users import User

Changes: TypeAlias = "dict[str, Any]"
"""What was changed, old and new, as the audit log keeps it."""

_NO_MODIFICATION = {"dateLastActive"}


def save(account: Account, contact: Contact, changes: Changes, by: User | None) -> None:
    """Keep a contact whose values were changed; `by` is None for what it did itself."""
    now = account.now()
    is_new = contact.id == 0
    if is_new:
        _put_defaults(account, contact)
        contact.created_by = by.id if by else None
        contact.modified_at = now if account.release.dates_creation_as_modification else None
        account.contacts.add(contact)
        account.contacts.reindex(contact)
    elif changes.keys() - _NO_MODIFICATION:
        contact.modified_at = now
        contact.modified_by = by.id if by else contact.modified_by
    if contact.identified_at is None and not contact.is_anonymous:
        contact.identified_at = now
        changes["dateIdentified"] = ["", at_text(now)]
    logged = {key: each for key, each in changes.items() if key not in _NO_MODIFICATION}
    if logged:
        log(account, contact.id, "create" if is_new else "update", logged, by)
    if "dateIdentified" in changes:
        log(account, contact.id, "identified", {}, by)
    _tell(account, contact, changes, is_new=is_new)


def log(
    account: Account, contact_id: int, action: str, details: Changes, by: User | None = None
) -> None:
    """Write into the audit log."""
    account.tables.add(
        "audit_log",
        user_id=by.id if by else 0,
        user_name=by.full_name if by else "System",
        bundle="lead",
        object="lead",
        object_id=contact_id,
        action=action,
        details=serialized(details),
        date_added=account.now(),
        ip_address="127.0.0.1",
    )


def delete(account: Account, contact: Contact, by: User | None = None) -> None:
    """Delete a contact: some of its rows go with it, others lose it."""
    name = str(contact.values.get("email") or contact.values.get("firstname") or contact.id)
    account.contacts.remove(contact)
    account.tables.forget(contact.id)
    log(account, contact.id, "delete", {"name": name}, by)
    told = payloads.contact(account, contact)
    account.hooks.tell("mautic.lead_post_delete", {"id": contact.id, **told})


def merge(account: Account, victor: Contact, loser: Contact, by: User | None = None) -> None:
    """Merge a contact into another: the newer values win, points are added up, tags united."""
    changes: Changes = {}
    newest, oldest = _by_age(victor, loser)
    for alias in {**newest.values, **oldest.values}:
        wanted = newest.values.get(alias)
        wanted = oldest.values.get(alias) if wanted in (None, "") else wanted
        before = victor.values.get(alias)
        if wanted not in (None, "") and wanted != before:
            changes.setdefault("fields", {})[alias] = [before, wanted]
            account.contacts.put(victor, alias, wanted)
    if loser.points:
        changes["points"] = [victor.points, victor.points + loser.points]
        victor.points += loser.points
    if loser.tags - victor.tags:
        changes["tags"] = {"added": sorted(loser.tags - victor.tags)}
        victor.tags |= loser.tags
    victor.owner = victor.owner if victor.owner is not None else loser.owner
    moments = [each for each in (victor.identified_at, loser.identified_at) if each]
    victor.identified_at = min(moments, default=None)
    moments = [each for each in (victor.active_at, loser.active_at) if each]
    victor.active_at = max(moments, default=None)
    save(account, victor, changes, by)
    account.tables.follow(loser.id, victor.id)
    account.follow_notes(loser.id, victor.id)
    log(account, loser.id, "merge", {"merged_into": victor.id}, by)
    account.contacts.merged[loser.id] = victor.id
    delete(account, loser, by)


def _by_age(victor: Contact, loser: Contact) -> tuple[Contact, Contact]:
    """Return the one that was changed last, and the other one."""
    last = loser.modified_at or loser.added_at
    if last > (victor.modified_at or victor.added_at):
        return loser, victor
    return victor, loser


def _put_defaults(account: Account, contact: Contact) -> None:
    for field in account.fields.published(account.now()):
        if field.default is None or field.alias == "points":
            continue
        if contact.values.get(field.alias) in (None, ""):
            is_number = field.type == "number"
            contact.values[field.alias] = float(field.default) if is_number else field.default


def _tell(account: Account, contact: Contact, changes: Changes, *, is_new: bool) -> None:
    if contact.is_anonymous or not changes:
        return
    kind = "new" if "dateIdentified" in changes else "update"
    told = payloads.contact(account, contact)
    account.hooks.tell(f"mautic.lead_post_save_{kind}", told)
    if "points" in changes and not is_new and max(changes["points"]) > 0:
        old, new = changes["points"]
        points = {"old_points": old, "new_points": new}
        account.hooks.tell("mautic.lead_points_change", {**told, "points": points})
