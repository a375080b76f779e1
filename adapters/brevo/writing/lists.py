"""Members of lists: added and taken out by a hundred and fifty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.brevo.limits import CONTACTS
from adapters.brevo.writing.leavers import OPERATION, Leavers
from adapters.brevo.writing.people import people_of
from adapters.http import Call
from connector.domain.changes import Outcome
from connector.errors import ContactGone, NotSetUp, RejectedByPlatform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.brevo.account import Account, Row
    from adapters.brevo.lists import BrevoLists
    from adapters.http import Answer
    from connector.domain.changes import ListChange

_BAD_REQUEST = 400
_NOT_FOUND = 404


class BrevoListWriter:
    """Keeps the part `list_writer` of the contract."""

    def __init__(self, account: Account, lists: BrevoLists, leavers: Leavers | None = None) -> None:
        """Take what else is seen of those who unsubscribed; without that they are asked for."""
        self._account = account
        self._lists = lists
        self._leavers = leavers or Leavers(account=account)

    async def write_lists(self, changes: Sequence[ListChange]) -> Sequence[Outcome]:
        """Add contacts to one list, or take them out of it; whoever left it stays out.

        Where there is no such list all wait until somebody makes it.
        """
        if not changes:
            return ()
        list_id = await self._lists.id_of(changes[0].list_name)
        if list_id is None:
            return [self._missing(changes[0].list_name)] * len(changes)
        move = _Move(name=changes[0].list_name, list_id=list_id, is_member=changes[0].is_member)
        asked = sorted({each.to.remote_id for each in changes if each.to.remote_id.isdecimal()})
        known = await self._unsubscribed(asked, list_id) if move.is_member else {}
        known |= await self._moved([each for each in asked if each not in known], move)
        nobody = Outcome(error=self._gone())
        return [known.get(each.to.remote_id, nobody) for each in changes]

    async def _unsubscribed(self, remote_ids: Sequence[str], list_id: int) -> dict[str, Outcome]:
        """Return who unsubscribed from the list: to add them would subscribe them again.

        Everybody is looked at. Most accounts do not let their contacts do that, but what a contact
        shows that left nothing is no sign of it: it may look the same in both kinds.
        """
        refused = Outcome(error=self._rejected("the contact unsubscribed from this list"))
        return dict.fromkeys(await self._leavers.of(remote_ids, list_id), refused)

    async def _moved(self, remote_ids: Sequence[str], move: _Move) -> dict[str, Outcome]:
        """Move contacts. Brevo says who was moved; of the others reading tells why they were not.

        An answer that nobody could be moved is no error where everybody is as they should be.
        """
        if not remote_ids:
            return {}
        answer = await self._send(remote_ids, move)
        if answer.status == _NOT_FOUND:
            self._lists.forget()
            return dict.fromkeys(remote_ids, self._missing(move.name))
        done = _succeeded(answer)
        found = {each: Outcome() for each in remote_ids if each in done}
        unclear = [each for each in remote_ids if each not in done]
        people = await people_of(self._account, unclear)
        found |= {each: self._as_read(people.get(each), move) for each in unclear}
        if answer.status == _BAD_REQUEST and not any(
            each.error is None or isinstance(each.error, ContactGone) for each in found.values()
        ):
            raise self._rejected("answered 400")
        return found

    async def _send(self, remote_ids: Sequence[str], move: _Move) -> Answer:
        direction = "add" if move.is_member else "remove"
        call = Call(
            operation=OPERATION,
            method="POST",
            path=f"/contacts/lists/{move.list_id}/contacts/{direction}",
            body={"ids": [int(each) for each in remote_ids]},
            buckets=(CONTACTS,),
            reads=frozenset({_BAD_REQUEST, _NOT_FOUND}),
        )
        return await self._account.session.send(call)

    def _as_read(self, row: Row | None, move: _Move) -> Outcome:
        """Return the outcome for a contact that Brevo did not say it moved."""
        if row is None:
            return Outcome(error=self._gone())
        if (move.list_id in (row.get("listIds") or ())) is move.is_member:
            return Outcome(is_unchanged=True)
        return Outcome(error=self._account.unexpected(OPERATION, "did not move the contact"))

    def _missing(self, name: str) -> Outcome:
        text = f"{self._account.name}: {OPERATION}: there is no list `{name}`"
        error = NotSetUp(text, platform=self._account.name, operation=OPERATION)
        return Outcome(error=error)

    def _rejected(self, reason: str) -> RejectedByPlatform:
        text = f"{self._account.name}: {OPERATION}: {reason}"
        return RejectedByPlatform(text, platform=self._account.name, operation=OPERATION)

    def _gone(self) -> ContactGone:
        text = f"{self._account.name}: {OPERATION}: the contact is not there any more"
        return ContactGone(text, platform=self._account.name, operation=OPERATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Move:
    """What is done to one list."""

    name: str
    list_id: int
    is_member: bool


def _succeeded(answer: Answer) -> set[str]:
    """Return the ids of those who were moved."""
    body = answer.body if isinstance(answer.body, dict) else {}
    contacts = body.get("contacts")
    found = contacts.get("success") if isinstance(contacts, dict) else None
    return {str(each) for each in found} if isinstance(found, list) else set()
