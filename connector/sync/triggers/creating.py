"""Create persons on a platform that has no record of them, and take note of the records."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.domain.changes import Outcome
from connector.errors import PlatformError, Recovery, RejectedByPlatform, UnexpectedAnswer
from connector.ports.platform import NewContact
from connector.sync.asking.costs import calls_of_batch
from connector.sync.records.forgotten import lately_erased
from connector.sync.records.ingest import ingest_contacts

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from connector.domain.contacts import Contact
    from connector.ports.writing import ContactCreator
    from connector.sync.workspace import Workspace

NO_ADDRESS = "the contact has no e-mail address"


@dataclass(slots=True, kw_only=True)
class Created:
    """What became of each person."""

    outcomes: dict[int, Outcome] = field(default_factory=dict)
    calls: int = 0
    error: PlatformError | None = None
    """What made us stop asking this platform."""


async def create_absent(workspace: Workspace, name: str, contacts: Collection[int]) -> Created:
    """Create those of `contacts` who have no record on the platform `name`.

    It must have the part `contact_creator`; whoever has a record there is left alone.
    """
    created = Created(outcomes={contact: Outcome(is_unchanged=True) for contact in contacts})
    creator = workspace.platforms[name].contact_creator
    async with workspace.state.read() as tx:
        present = await tx.contacts.addressees(name, contacts)
        persons = await tx.contacts.persons(set(contacts) - present.keys())
    if creator is None:
        return created
    wanted = {number: person.email for number, person in sorted(persons.items()) if person.email}
    nameless = RejectedByPlatform(NO_ADDRESS, platform=name, operation="create contacts")
    created.outcomes |= dict.fromkeys(persons.keys() - wanted, Outcome(error=nameless))
    numbers = list(wanted)
    size = workspace.configuration.platform(name).adapter.capabilities.attribute_batch
    for start in range(0, len(numbers), size):
        erased = await lately_erased(workspace.state)
        batch = [each for each in numbers[start : start + size] if each not in erased]
        if not batch:
            continue
        new = [NewContact(email=wanted[number]) for number in batch]
        since = workspace.clock.now()
        answers = await _answers(workspace, name, creator, new, created)
        made = [each for each in answers if not isinstance(each, Outcome)]
        async with workspace.state.write() as tx:
            now = workspace.clock.now()
            await ingest_contacts(tx, name, made, workspace.naming, now, since=since)
        created.outcomes |= {
            number: each if isinstance(each, Outcome) else Outcome()
            for number, each in zip(batch, answers, strict=True)
        }
    return created


async def _answers(
    workspace: Workspace,
    name: str,
    creator: ContactCreator,
    batch: Sequence[NewContact],
    created: Created,
) -> Sequence[Contact | Outcome]:
    """Return a record or why there is none, for each; once the platform fails, nobody is asked.

    A batch that is refused as a whole is halved down to the culprit.
    """
    if created.error is not None:
        return [Outcome(error=created.error)] * len(batch)
    able = workspace.configuration.platform(name).adapter.capabilities

    async def attempt() -> Sequence[Contact | Outcome]:
        created.calls += calls_of_batch("contact", len(batch), able)
        return await creator.create_contacts(batch)

    half = len(batch) // 2
    try:
        answers = await workspace.patience(name)(attempt)
    except PlatformError as error:
        if error.recovery is Recovery.SKIP and half:
            first = await _answers(workspace, name, creator, batch[:half], created)
            return [*first, *await _answers(workspace, name, creator, batch[half:], created)]
        if error.recovery is not Recovery.SKIP:
            created.error = error
        return [Outcome(error=error)] * len(batch)
    if len(answers) == len(batch):
        return answers
    message = f"{len(answers)} answers came for {len(batch)} contacts"
    unclear = UnexpectedAnswer(message, platform=name, operation="create contacts")
    return [Outcome(error=unclear)] * len(batch)
