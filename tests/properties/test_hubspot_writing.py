"""Whatever is written to HubSpot, and however its requests fail: once, and nobody's consent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from adapters.hubspot.adapter import HubspotPlatform, connect
from adapters.hubspot.config import HubspotConfig
from adapters.hubspot.simulator.catalogue import LIFECYCLE
from adapters.hubspot.simulator.simulator import TOKEN, HubspotSimulator
from adapters.simulation.faults import Fault
from connector.domain.changes import Action, Addressee, AttributeChange, ListChange, Outcome
from connector.domain.values import Written
from connector.errors import PlatformError, Recovery, RejectedByPlatform
from connector.ports.adapter import PlatformContext
from connector.ports.budget import Unlimited
from connector.ports.platform import NewContact
from tests.fakes import FakeClock

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
STAGE = "lifecyclestage"
FIXED = ("email", "hs_additional_emails", "hs_email_optout", "hs_legal_basis")
KINDS = {"heat": "number", "job": "string", "vip": "bool", "seen": "datetime", "born": "date"}
NAMES = st.sampled_from((*KINDS, STAGE, *FIXED, "hs_email_optout_12", "hs_marketable_status"))
VALUES: st.SearchStrategy[Written] = st.one_of(
    st.none(),
    st.booleans(),
    st.just(AT),
    st.decimals(-1000, 1000, places=2).map(Decimal),
    st.sampled_from(["hot", "other@mail.example.com", "lead", "customer", "", "false"]),
)
GOOD: st.SearchStrategy[dict[str, Written]] = st.fixed_dictionaries(
    {},
    optional={
        "heat": st.one_of(st.none(), st.integers(-100, 100).map(Decimal)),
        "job": st.sampled_from(["boss", "clerk", None]),
        "vip": st.booleans(),
        "seen": st.just(AT),
        STAGE: st.sampled_from(LIFECYCLE[:6]),
    },
).filter(bool)
PASSES = (
    *(Fault.RATE_LIMITED, Fault.SERVER_ERROR, Fault.UNAVAILABLE, Fault.TIMED_OUT),
    *(Fault.UNREACHABLE, Fault.CUT_BODY, Fault.HTML_PAGE, Fault.LOST_ANSWER, Fault.DID_NOTHING),
)

Change = TypeVar("Change", AttributeChange, ListChange, Action)


class Mine:
    """An account, and heatsync connected to it."""

    def __init__(self, people: int, *, opted_out: Sequence[bool] = ()) -> None:
        clock = FakeClock(AT)
        self.simulator = HubspotSimulator(now=clock.now, tier="pro", limits=False)
        self.account = self.simulator.account
        for name, kind in KINDS.items():
            self.account.define(name, kind)
        self.ids = [self.account.add(email=f"p{n}@mail.example.com") for n in range(people)]
        for remote_id, refuses in zip(self.ids, opted_out, strict=False):
            self.account.derive(remote_id, hs_email_optout=str(refuses).lower())
        self.hot = self.account.add_list("Hot")
        context = PlatformContext(
            name="crm",
            config=HubspotConfig(adapter="hubspot"),
            folder=Path(),
            clock=clock,
            budget=Unlimited(),
            secrets={"access_token": SecretStr(TOKEN)},
        )
        transport = httpx.ASGITransport(app=self.simulator.app)
        self.platform: HubspotPlatform = connect(context, transport=transport)

    def changes(
        self, values: Sequence[dict[str, Written]], before: dict[str, Written]
    ) -> list[AttributeChange]:
        return [
            AttributeChange(to=Addressee(remote_id=each), values=wanted, before=before)
            for each, wanted in zip(self.ids, values, strict=False)
        ]

    def joins(self, *, is_member: bool) -> list[ListChange]:
        return [
            ListChange(to=Addressee(remote_id=each), list_name="Hot", is_member=is_member)
            for each in self.ids
        ]

    def actions(self, kind: str) -> list[Action]:
        return [
            Action(
                key=f"hot:{each}:{kind}",
                trigger="hot",
                kind=kind,
                to=Addressee(remote_id=each),
                at=AT,
                params={"template": Decimal(12), "text": "Hot", "title": "Call"},
            )
            for each in self.ids
        ]

    def consent(self) -> list[tuple[str | None, ...]]:
        return [
            tuple(self.account.values(each).get(name) for name in FIXED)
            for each in self.account.ids()
        ]

    def state(self) -> tuple[object, ...]:
        """Return everything that was written."""
        values = [
            {name: self.account.values(each).get(name) for name in (*KINDS, STAGE)}
            for each in self.ids
        ]
        made = [len(self.account.ids(kind)) for kind in ("notes", "tasks")]
        return values, sorted(self.hot.members), made, sorted(self.account.engagement.sent_mail)


async def insisting(
    write: Callable[[Sequence[Change]], Awaitable[Sequence[Outcome]]], changes: Sequence[Change]
) -> None:
    """Write as the core does: what may pass is tried again, what is refused is let go."""
    left = list(changes)
    for _ in range(100):
        if not left:
            return
        try:
            outcomes = await write(left)
        except PlatformError as error:
            if error.recovery is Recovery.SKIP:
                return
            continue
        left = [
            change
            for change, outcome in zip(left, outcomes, strict=True)
            if outcome.error is not None and outcome.error.recovery is not Recovery.SKIP
        ]
    raise AssertionError("it never ends")


async def all_written(mine: Mine, values: Sequence[dict[str, Written]]) -> None:
    writer, lists, deeds = (
        mine.platform.attribute_writer.write_attributes,
        mine.platform.list_writer.write_lists,
        mine.platform.actions.perform,
    )
    await insisting(writer, mine.changes(values, {}))
    await insisting(lists, mine.joins(is_member=True))
    for kind in ("note", "task", "email"):
        for action in mine.actions(kind):
            await insisting(deeds, [action])


@settings(max_examples=25)
@given(
    values=st.lists(st.dictionaries(NAMES, VALUES, min_size=1, max_size=3), max_size=6),
    opted_out=st.lists(st.booleans(), min_size=6, max_size=6),
    before=st.dictionaries(NAMES, VALUES, max_size=2),
)
async def test_writing_changes_nobodys_consent_or_address(
    values: list[dict[str, Written]], opted_out: list[bool], before: dict[str, Written]
) -> None:
    mine = Mine(6, opted_out=opted_out)
    consent = mine.consent()

    for change in mine.changes(values, before):
        with suppress(RejectedByPlatform):
            await mine.platform.attribute_writer.write_attributes([change])
    for is_member in (True, False):
        await mine.platform.list_writer.write_lists(mine.joins(is_member=is_member))
    known = [NewContact(email=f"p{number}@mail.example.com") for number in range(6)]
    await mine.platform.contact_creator.create_contacts(known)
    for action in mine.actions("email"):
        await mine.platform.actions.perform([action])

    assert mine.consent() == consent
    sent = set(mine.account.engagement.sent_mail)
    willing = {each for each, refuses in zip(mine.ids, opted_out, strict=True) if not refuses}
    assert sent == {f"hot:{each}:email" for each in willing}


@settings(max_examples=20)
@given(
    values=st.lists(GOOD, min_size=1, max_size=5),
    every=st.integers(6, 9),
    seed=st.integers(0, 1000),
)
async def test_what_a_storm_leaves_is_what_a_calm_leaves(
    values: list[dict[str, Written]], every: int, seed: int
) -> None:
    calm, stormy = Mine(len(values)), Mine(len(values))

    await all_written(calm, values)
    stormy.simulator.faults.storm(every, seed=seed, kinds=PASSES)
    await all_written(stormy, values)

    assert stormy.state() == calm.state()


@given(wanted=st.sampled_from(LIFECYCLE), there=st.sampled_from(LIFECYCLE), ours=st.booleans())
async def test_a_stage_is_ours_to_move_back_only_where_we_wrote_it(
    wanted: str, there: str, ours: bool
) -> None:
    mine = Mine(1)
    mine.account.set(mine.ids[0], lifecyclestage=there)
    is_back = LIFECYCLE.index(wanted) < LIFECYCLE.index(there)

    (outcome,) = await mine.platform.attribute_writer.write_attributes(
        mine.changes([{STAGE: wanted}], {STAGE: there} if ours else {})
    )

    stays = is_back and not ours
    assert outcome.error is None
    assert outcome.kept == (frozenset({STAGE}) if stays else frozenset())
    assert mine.account.values(mine.ids[0])[STAGE] == (there if stays else wanted)
