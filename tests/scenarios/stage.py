"""Plays a case through the product: files in, whole cycles, files out."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from adapters.files.config import FilesConfig
from adapters.memory.account import Account
from adapters.memory.adapter import MemoryPlatform
from adapters.webhook.config import WebhookConfig
from connector.config.lint.checks import advise
from connector.config.lint.subject import Seen
from connector.domain.ledger import FiringState
from connector.ports.budget import Unlimited
from connector.runtime.connecting import connect
from connector.sync.cycle import Steps, run_cycle
from connector.sync.deciding.overriding import clear_override, set_override
from connector.sync.deciding.versions import changes_between, versions
from connector.sync.looking import explaining
from connector.sync.looking.exporting import export
from connector.sync.looking.pictures import cohorts
from connector.sync.simulating.question import Question
from connector.sync.simulating.simulation import simulate
from connector.sync.workspace import Workspace
from state.memory.database import MemoryState
from tests.fakes import FakeClock
from tests.scenarios import telling
from tests.scenarios.accounts import KINDS, Crm, Mail, Tool
from tests.scenarios.mappings import configuration_of
from tests.scenarios.timeline import START, address, instant, write_files
from tests.scenarios.written import Written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from connector.config.configuration import Configuration, PlatformEntry
    from connector.domain.ledger import Firing
    from connector.errors import Problem
    from connector.ports.courier import Courier
    from connector.ports.platform import Platform
    from connector.sync.deciding.versions import ModelChange
    from connector.sync.looking.explaining import Explanation
    from connector.sync.summary import Summary
    from tests.scenarios.language import Case, Replay, Step

_FORESEEN: set[tuple[str | None, ...]] = set()
"""The mappings under which a stage to come was looked for."""


@contextmanager
def _foreseen_once(case: Case) -> Iterator[None]:
    """Look for somebody's next stage once under each mapping: no case asks for it, and it takes
    longer than all the rest of a case.
    """
    mapping = (case.preset, case.variant, case.beside, case.mapping)
    if mapping in _FORESEEN:
        with patch.object(explaining, "next_turn", return_value=None):
            yield
    else:
        _FORESEEN.add(mapping)
        yield


@dataclass(kw_only=True)
class Stage:
    """One installation, on which the steps of a case are played one after the other."""

    case: Case
    folder: Path
    state: MemoryState = field(default_factory=MemoryState)
    clock: FakeClock = field(default_factory=lambda: FakeClock(START))
    edits: dict[str, Any] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    """Of platforms that are kept in memory."""
    simulated: dict[str, Mail | Crm | Tool] = field(default_factory=dict)
    """The accounts of platforms that are spoken to over HTTP."""
    hooks: dict[str, Tool] = field(default_factory=dict)
    """What triggers call, by name."""
    done: set[str] = field(default_factory=set)
    """Keys of what triggers have caused before this step."""
    configuration: Configuration = field(init=False)

    def __post_init__(self) -> None:
        """Read the mapping as it is before any edit."""
        self._configure()

    async def play(self, step: Step) -> Summary | None:
        """Let time pass until `step`, and run a cycle; none where it only looks back."""
        if step.looking_back_to is not None:
            return None
        self.done = {each.key for each in self._firings()}
        self.clock.at = instant(step.at)
        if step.change:
            self.edits |= step.change
            self._configure()
        self._write_files()
        if step.decide:
            await self._decide(step)
        await telling.tell(self._workspace(), self.case.contacts, self.clock.at)
        return await run_cycle(self._workspace(), Steps(), self.clock.at)

    def _configure(self) -> None:
        self.configuration = configuration_of(self.case, self.edits, self.folder)
        targets = self.configuration.model.targets
        for entry in self.configuration.platforms:
            if entry.adapter.name in KINDS and entry.name not in self.simulated:
                account = self.simulated[entry.name] = KINDS[entry.adapter.name](clock=self.clock)
                lists = targets[entry.name].lists if entry.name in targets else ()
                account.begin(self.case.contacts, (each.name for each in lists))
        for trigger in self.configuration.model.triggers.values():
            for deed in trigger.deeds:
                if deed.kind == "webhook" and deed.destination not in self.hooks:
                    self.hooks[deed.destination] = Tool(clock=self.clock)

    def _write_files(self) -> None:
        folders = self._folders()
        first = next(iter(folders))
        for platform, folder in folders.items():
            here = {
                name: each
                for name, each in self.case.contacts.items()
                if (each.platform or first) == platform
            }
            write_files(folder, here, self.clock.at)

    def _folders(self) -> dict[str, Path]:
        return {
            each.name: self.folder / each.config.path
            for each in self.configuration.platforms
            if isinstance(each.config, FilesConfig)
        }

    def _workspace(self) -> Workspace:
        return Workspace(
            state=self.state,
            platforms={each.name: self._platform(each) for each in self.configuration.platforms},
            configuration=self.configuration,
            clock=self.clock,
            couriers={each.lane: each for each in self._couriers()},
        )

    def _couriers(self) -> Iterator[Courier]:
        for name, tool in self.hooks.items():
            yield tool.courier(name)

    def _platform(self, entry: PlatformEntry) -> Platform:
        if isinstance(entry.config, FilesConfig):
            return connect(entry, self.clock, Unlimited(), self.configuration)
        if isinstance(entry.config, WebhookConfig) and not entry.config.sends:
            return connect(telling.called_by(entry), self.clock, Unlimited(), self.configuration)
        if account := self.simulated.get(entry.name):
            return connect(account.of(entry), self.clock, Unlimited(), self.configuration)
        # An account of the process would be shared with other cases.
        kept = self.accounts.setdefault(entry.name, Account(entry.name, self.clock.now))
        return MemoryPlatform(kept)

    async def _decide(self, step: Step) -> None:
        decision = step.decide
        assert decision is not None
        workspace, whom = self._workspace(), address(decision.contact)
        if decision.value is None:
            await clear_override(workspace, whom, decision.score)
        else:
            await set_override(workspace, whom, decision.score, decision.value, decision.reason)

    def _firings(self) -> list[Firing]:
        # What waits for room, or was called off before there was any, has not fired.
        idle = {FiringState.WAITING, FiringState.DROPPED}
        return [each for each in self.state._committed.firings.values() if each.state not in idle]

    @property
    def warnings(self) -> Sequence[Problem]:
        """Return what the mapping is warned of."""
        return self.configuration.warnings

    @property
    def written(self) -> Written:
        """Return what was written so far."""
        return Written(folders=[folder / "out" for folder in self._folders().values()])

    def lists(self, name: str) -> list[str]:
        """Return the lists that a contact is in, on whatever platform."""
        found = [each for account in self.simulated.values() for each in account.lists(name)]
        return sorted({*found, *self.written.lists(name)})

    def arrived(self, name: str) -> list[str]:
        """Return what arrived in simulated accounts and at hooks for a contact so far."""
        told = [*self.simulated.values(), *self.hooks.values()]
        return [each for account in told for each in account.arrived(name)]

    async def explained(self, name: str, step: Step) -> Explanation:
        """Return why a contact stands where it stands."""
        at = instant(step.looking_back_to) if step.looking_back_to else self.clock.at
        with _foreseen_once(self.case):
            return await explaining.explain(self._workspace(), address(name), at)

    async def decided(self, name: str) -> dict[str, object]:
        """Return the scores, stages and grades of a contact as they were decided last."""
        async with self.state.read() as tx:
            person = await tx.contacts.find(address(name))
            assert person is not None, f"nobody is known as {name}"
            rows = await tx.scores.current([person.contact])
        model, found = self.configuration.model, dict[str, object]()
        for row in rows.iter_rows(named=True):
            if row["name"] in model.grades:
                found[row["name"]] = row["stage"]
            else:
                found |= {row["name"]: row["rounded"], f"{row['name']}_stage": row["stage"]}
        return found

    async def top(self, score: str) -> list[str]:
        """Return the hottest contacts by name."""
        async with self.state.read() as tx:
            leads = await tx.scores.top(score)
        names = {address(name): name for name in self.case.contacts}
        return [names[each.email or ""] for each in leads]

    async def table(self) -> dict[str, dict[str, str]]:
        """Return what `export` gives, by contact."""
        frame = await export(self._workspace(), what="scores", at=None)
        names = {address(name): name for name in self.case.contacts}
        found: dict[str, dict[str, str]] = {}
        for row in frame.iter_rows(named=True):
            shown = row["stage"] if row["rounded"] is None else f"{row['rounded']:g}"
            found.setdefault(names[row["email"]], {})[row["score"]] = shown
        return found

    async def cohorts(self, score: str) -> dict[str, dict[str, float]]:
        """Return the average of a score by month of arrival, month by month."""
        found = await cohorts(self._workspace(), self.clock.at, score)
        return {
            each.month: {stood.month: stood.average for stood in each.months}
            for each in found.cohorts
        }

    async def fired(self) -> list[tuple[str, Firing]]:
        """Return what triggers have caused at this step, each with the contact's name."""
        names = {}
        async with self.state.read() as tx:
            for name in self.case.contacts:
                if person := await tx.contacts.find(address(name)):
                    names[person.contact] = name
        fresh = [each for each in self._firings() if each.key not in self.done]
        return [(names[each.contact], each) for each in fresh]

    async def advice(self) -> list[str]:
        """Return what `check` advises, knowing what this installation has seen."""
        async with self.state.read() as tx:
            seen = Seen(types=await tx.events.types(), models=await tx.scores.models())
        return [str(each) for each in advise(self.configuration, seen)]

    async def recorded(self) -> list[ModelChange]:
        """Return what the last edit of the model changed."""
        async with self.state.read() as tx:
            known = await versions(tx)
        return list(changes_between(known[-2].source, known[-1].source))

    async def moves(self, replay: Replay) -> dict[str, dict[str, int]]:
        """Return who would change stage under an edit, replayed over the past."""
        draft = configuration_of(self.case, self.edits | replay.change, self.folder)
        simulation = await simulate(self._workspace(), draft, Question(at=self.clock.at))
        return {
            score.name: {
                f"{each.before} to {each.after}": each.contacts
                for each in score.moves
                if each.before != each.after and each.contacts
            }
            for score in simulation.scores
        }
