"""What Brevo does in the background: imports above all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from adapters.brevo.simulator.account import BrevoAccount

QUEUED = timedelta(seconds=5)
"""How long a process waits before it begins."""
WORK = timedelta(seconds=10)
"""How long it works at least."""
EACH = timedelta(milliseconds=1)
"""How much longer it works for each row."""


@dataclass(slots=True, kw_only=True, eq=False)
class Process:
    """One piece of work."""

    id: int
    name: str
    created_at: datetime
    begins_at: datetime
    ends_at: datetime
    work: Callable[[], object] | None = None
    """What is done at its end; None once it is done."""
    error: str = ""

    def status(self, at: datetime) -> str:
        """Return where it stands."""
        if at < self.begins_at:
            return "queued"
        if at < self.ends_at:
            return "in_process"
        return "failed" if self.error else "completed"

    def as_json(self, at: datetime, told_at: Callable[[datetime], str]) -> Mapping[str, object]:
        """Return how it is told."""
        told: dict[str, object] = {
            "id": self.id,
            "name": self.name,
            "status": self.status(at),
            "created_at": told_at(self.created_at),
        }
        if at < self.ends_at:
            return told
        told["completed_at"] = told_at(self.ends_at)
        if self.error:
            return told | {"error": self.error}
        return told | {"info": {"import": {"invalid_emails": 0}}}


class Processes:
    """All processes, oldest first."""

    def __init__(self) -> None:
        self.by_id: dict[int, Process] = {}

    def begin(
        self, account: BrevoAccount, name: str, work: Callable[[], object] | None, rows: int = 0
    ) -> Process:
        """Queue `work`, which is about so many rows."""
        now = account.now()
        begins_at = now + QUEUED
        made = Process(
            id=account.next_id(),
            name=name,
            created_at=now,
            begins_at=begins_at,
            ends_at=begins_at + WORK + rows * EACH,
            work=work,
        )
        self.by_id[made.id] = made
        return made

    def settle(self, at: datetime) -> None:
        """Do the work of those whose time has come."""
        for process in self.by_id.values():
            if process.work is not None and process.ends_at <= at:
                work, process.work = process.work, None
                work()


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """Rows of contacts to be taken in."""

    rows: Sequence[tuple[str, Mapping[str, Any]]]
    """Address and attributes of each."""
    list_ids: Sequence[int]
    updates_existing: bool = True
    clears_empty: bool = False
    block_email: bool = False
    block_sms: bool = False

    def run(self, account: BrevoAccount) -> None:
        """Take them in: who is unknown is created, whoever wanted that."""
        lists = [account.lists.by_id[each] for each in self.list_ids if each in account.lists.by_id]
        for email, given in self.rows:
            person = account.people.find("email_id", email)
            if person is None:
                person = account.create(email)
            elif not self.updates_existing:
                continue
            account.write(person, self._worth_writing(given), is_import=True)
            if self.block_email or self.block_sms:
                account.block(person, email=self.block_email or None, sms=self.block_sms or None)
            for each in lists:
                account.lists.put_in(each, [person])

    def _worth_writing(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        if self.clears_empty:
            return given
        return {name: value for name, value in given.items() if value not in ("", [])}
