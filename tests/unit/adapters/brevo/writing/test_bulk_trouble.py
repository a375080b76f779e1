"""Imports that Brevo refuses, fails or never tells of, and walks that miss somebody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import count
from types import MethodType
from typing import cast

import pytest

from adapters.brevo.account import Account
from adapters.brevo.attributes import BrevoAttributes
from adapters.brevo.lists import IMPORT_LIST, BrevoLists
from adapters.brevo.simulator import import_calls
from adapters.brevo.simulator.processes import Import, Process
from adapters.brevo.walking import Footing, Listing, Stretch, walk_on
from adapters.brevo.wire import remote_id_of
from adapters.brevo.writing import bulk as bulk_writing
from adapters.brevo.writing import crowd, imports
from adapters.brevo.writing.attributes import BrevoAttributeWriter
from adapters.brevo.writing.process import MOST_UNTOLD
from adapters.simulation.faults import Fault
from connector.errors import LeftAlone, PlatformUnavailable, RateLimited
from tests.unit.adapters.brevo.writing.mail import (
    IMPORT,
    Mail,
    change,
    errors,
    scored,
    scores,
    while_it_runs,
    with_process,
)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let four contacts be many: more are not written one by one, and fewer not halved."""
    monkeypatch.setattr(bulk_writing, "MOST_ALONE", 4)
    monkeypatch.setattr(imports, "SMALLEST", 4)


def miss(monkeypatch: pytest.MonkeyPatch, *missed: set[int]) -> list[int]:
    """Let the n-th walk miss the n-th of these contacts; return the walks, as they are made."""
    walks: list[int] = []

    async def walk_so(account: Account, listing: Listing, start: Footing) -> AsyncIterator[Stretch]:
        walks.append(len(walks))
        left_out = missed[walks[-1]] if walks[-1] < len(missed) else set()
        async for stretch in walk_on(account, listing, start):
            rows = [row for row in stretch.rows if int(remote_id_of(row)) not in left_out]
            yield replace(stretch, rows=rows)

    monkeypatch.setattr(crowd, "walk_on", walk_so)
    return walks


async def test_whoever_a_walk_misses_is_written_alone_and_all_others_by_import(
    bulk: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = bulk.people(30)
    miss(monkeypatch, {people[7].id})

    outcomes = await bulk.writer.write_attributes(scores(people))

    assert errors(outcomes) == [None] * 30
    assert [each.size for each in bulk.simulator.trace.of("POST", "/v3/contacts/import")] == [29]
    assert [each.path for each in bulk.simulator.trace.of("PUT")] == [
        f"/v3/contacts/{people[7].id}"
    ]


@pytest.mark.usefixtures("few")
async def test_a_walk_that_misses_many_is_made_again_once(
    bulk: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = bulk.people(60)
    walks = miss(monkeypatch, {each.id for each in people[:40]}, {people[0].id})

    outcomes = await bulk.writer.write_attributes(scores(people))

    assert errors(outcomes) == [None] * 60
    # The third one looks for whoever was not seen with the value.
    assert len(walks) == 3
    assert [each.size for each in bulk.simulator.trace.of("POST", "/v3/contacts/import")] == [59]
    assert bulk.asked("PUT") == 1


async def test_a_walk_that_breaks_off_goes_on(bulk: Mail) -> None:
    people = bulk.people(30)
    await bulk.fields.definitions()
    faults = (Fault.SERVER_ERROR, Fault.HTML_PAGE, Fault.TIMED_OUT)
    bulk.simulator.faults.play(*faults, on="GET /v3/contacts")

    outcomes = await bulk.writer.write_attributes(scores(people))

    assert errors(outcomes) == [None] * 30
    assert [each.fault for each in bulk.simulator.trace if each.fault] == list(faults)
    assert bulk.asked("POST", "/contacts/import") == 1


async def test_what_an_import_left_out_is_written_one_by_one(bulk: Mail) -> None:
    people = bulk.people(8)
    bulk.simulator.faults.play(Fault.DID_NOTHING, on=IMPORT)

    outcomes = await bulk.writer.write_attributes(scores(people))

    assert errors(outcomes) == [None] * 8
    assert scored(people) == list(range(8))
    assert bulk.asked("PUT") == 8


@pytest.mark.usefixtures("few")
async def test_of_many_that_an_import_left_out_some_wait_for_the_next_run(bulk: Mail) -> None:
    people = bulk.people(8)
    bulk.simulator.faults.play(Fault.DID_NOTHING, on=IMPORT)

    outcomes = await bulk.writer.write_attributes(scores(people))

    assert sorted(map(str, errors(outcomes))) == sorted([str(None)] * 4 + [str(LeftAlone)] * 4)
    assert len(scored(people)) == bulk.asked("PUT") == 4


@pytest.mark.usefixtures("few")
async def test_whoever_has_no_address_is_written_alone_however_many_they_are(bulk: Mail) -> None:
    nameless = [bulk.account.create(SMS=f"3361234567{number}") for number in range(8)]
    people = [*bulk.people(8), *nameless]

    outcomes = await bulk.writer.write_attributes(scores(people))

    assert errors(outcomes) == [None] * 16
    assert bulk.asked("PUT") == 8


async def test_what_was_imported_is_told_though_nobody_could_be_written_alone(bulk: Mail) -> None:
    people = bulk.people(9)
    changes = [*scores(people[:8]), change(people[8], VIP=True)]
    bulk.simulator.faults.play(Fault.SERVER_ERROR, on="PUT")

    outcomes = await bulk.writer.write_attributes(changes)

    assert errors(outcomes) == [None] * 8 + [PlatformUnavailable]


@pytest.mark.usefixtures("few")
async def test_an_import_that_is_refused_is_halved(
    bulk: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = bulk.people(32)
    monkeypatch.setattr(import_calls, "MOST_BYTES", 1_000)

    outcomes = await bulk.writer.write_attributes(scores(people))

    assert errors(outcomes) == [None] * 32
    asked = bulk.simulator.trace.of("POST", "/v3/contacts/import")
    assert [each.size for each in asked if each.status == 202] == [8] * 4
    assert bulk.asked("PUT") == 0


@pytest.mark.usefixtures("few")
async def test_an_account_that_refuses_all_imports_is_asked_for_a_few(
    bulk: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = bulk.people(100)
    monkeypatch.setattr(import_calls, "MOST_BYTES", 10)

    outcomes = await bulk.writer.write_attributes(scores(people))

    assert errors(outcomes).count(LeftAlone) == 96
    assert "answered 400" in str(next(each.error for each in outcomes if each.error))
    assert bulk.asked("POST", "/contacts/import") <= 2 * imports.MOST_REFUSED
    assert len(scored(people)) == bulk.asked("PUT") == 4


@pytest.mark.usefixtures("few")
async def test_an_import_that_fails_is_halved(bulk: Mail) -> None:
    people = bulk.people(16)
    numbers = count()

    def fail_first(process: Process) -> None:
        if next(numbers) == 0:
            process.work, process.error = None, "something went wrong"

    with_process(bulk, fail_first)

    outcomes = await bulk.writer.write_attributes(scores(people))

    assert errors(outcomes) == [None] * 16
    sizes = [each.size for each in bulk.simulator.trace.of("POST", "/v3/contacts/import")]
    assert sizes == [16, 8, 8]
    assert bulk.asked("PUT") == 0


async def test_an_import_that_never_ends_is_given_up_and_what_it_did_is_seen(bulk: Mail) -> None:
    people = bulk.people(8)

    def never_end(process: Process) -> None:
        process.ends_at += timedelta(days=1)

    with_process(bulk, never_end)

    outcomes = await bulk.writer.write_attributes(scores(people))

    assert errors(outcomes) == [None] * 8
    assert bulk.asked("GET", "/processes") == len(imports.LOOKS)
    assert bulk.asked("PUT") == 8


REFUSED = [Fault.RATE_LIMITED] * len(imports.LOOKS)
LOOK = "GET /v3/processes"


async def test_that_an_import_is_done_its_contacts_tell_where_nobody_may_ask_for_it(
    bulk: Mail,
) -> None:
    people = bulk.people(300)
    bulk.simulator.faults.play(*REFUSED, on=LOOK)

    outcomes = await bulk.writer.write_attributes(scores(people))

    assert errors(outcomes) == [None] * 300
    assert bulk.clock.waits == [imports.LOOKS[0]]
    assert bulk.asked("PUT") == 0


async def test_an_import_that_left_some_out_is_done_once_no_more_are_reached(bulk: Mail) -> None:
    people = bulk.people(300)
    bulk.simulator.faults.play(*REFUSED, on=LOOK)

    def leave_out_half(process: Process) -> None:
        work = cast("partial[None]", process.work)
        wanted, account = cast("Import", cast("MethodType", work.func).__self__), work.args[0]
        process.work = partial(replace(wanted, rows=wanted.rows[:150]).run, account)

    with_process(bulk, leave_out_half)

    outcomes = await bulk.writer.write_attributes(scores(people))

    assert errors(outcomes) == [None] * 300
    assert bulk.clock.waits == list(imports.LOOKS[:2])
    assert bulk.asked("PUT") == 150


async def test_an_import_of_which_nothing_is_told_or_seen_is_left_to_a_later_run(
    bulk: Mail,
) -> None:
    people = bulk.people(300)
    bulk.simulator.faults.play(*REFUSED, on=LOOK)

    def never_begin(process: Process) -> None:
        process.work = None

    with_process(bulk, never_begin)

    outcomes = await bulk.writer.write_attributes(scores(people))

    assert errors(outcomes) == [RateLimited] * 300
    assert bulk.clock.waits == list(imports.LOOKS[:MOST_UNTOLD])
    assert bulk.asked("PUT") == 0


@pytest.mark.parametrize("fault", [Fault.TIMED_OUT, Fault.HTML_PAGE])
async def test_whom_an_import_without_an_answer_did_not_reach_is_to_be_tried_again(
    bulk: Mail, fault: Fault
) -> None:
    people = bulk.people(8)
    bulk.simulator.faults.play(fault, on=IMPORT)

    outcomes = await bulk.writer.write_attributes(scores(people))

    assert errors(outcomes) == [PlatformUnavailable] * 8
    assert bulk.asked("PUT") == 0


async def test_an_import_whose_answer_cannot_be_read_is_read_back(bulk: Mail) -> None:
    people = bulk.people(8)
    bulk.simulator.faults.play(Fault.CUT_BODY, on=IMPORT)

    outcomes = await bulk.writer.write_attributes(scores(people))

    assert errors(outcomes) == [None] * 8
    assert bulk.asked("PUT") == 0


async def test_a_part_that_was_not_taken_does_not_keep_the_others_from_being_read_back(
    bulk: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = bulk.people(8)
    monkeypatch.setattr(imports, "MOST_BYTES", 300)
    await bulk.lists.import_list()
    while_it_runs(bulk, lambda: bulk.simulator.faults.play(Fault.RATE_LIMITED, on=IMPORT))

    outcomes = await bulk.writer.write_attributes(scores(people))

    done = scored(people)
    assert 0 < len(done) < 8
    assert errors(outcomes) == [None if each in done else RateLimited for each in range(8)]


async def test_whatever_a_killed_write_did_is_found_and_not_done_again(bulk: Mail) -> None:
    people = bulk.people(30)
    with_process(bulk, lambda _: task.cancel())
    task = asyncio.ensure_future(bulk.writer.write_attributes(scores(people)))
    with pytest.raises(asyncio.CancelledError):
        await task
    bulk.clock.advance(timedelta(minutes=1))
    fields, lists = BrevoAttributes(bulk.way), BrevoLists(bulk.way)
    anew = BrevoAttributeWriter(bulk.way, fields, lists, bulk_from=5)

    outcomes = await anew.write_attributes(scores(people))

    assert errors(outcomes) == [None] * 30
    assert (bulk.asked("POST", "/contacts/import"), bulk.asked("PUT")) == (1, 0)
    assert [each.name for each in bulk.account.lists.by_id.values()] == [IMPORT_LIST]


async def test_whoever_an_import_made_is_removed_though_it_takes_more_than_one_request(
    bulk: Mail,
) -> None:
    people = bulk.people(8)
    while_it_runs(bulk, lambda: bulk.account.remove(people[3]))
    bulk.simulator.faults.play(Fault.SERVER_ERROR, on="DELETE")

    outcomes = await bulk.writer.write_attributes(scores(people))

    assert "removed again" in str(outcomes[3].error)
    assert bulk.account.people.find("email_id", "person3@mail.example.com") is None


async def test_whoever_a_part_made_whose_answer_was_lost_is_told_though_others_were_answered(
    bulk: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = bulk.people(8)
    monkeypatch.setattr(imports, "MOST_BYTES", 300)
    await bulk.lists.import_list()
    numbers = count()

    def delete_before_it_is_done(process: Process) -> None:
        work = process.work
        if next(numbers) == 0 and work is not None:
            bulk.account.remove(people[7])
            process.work = None
            work()
        # So long the answer that was lost was waited for.
        bulk.clock.advance(timedelta(seconds=30))

    with_process(bulk, delete_before_it_is_done)
    bulk.simulator.faults.play(Fault.LOST_ANSWER, on=IMPORT)

    outcomes = await bulk.writer.write_attributes(scores(people))

    assert bulk.asked("POST", "/contacts/import") > 1
    assert "has its address, and is left" in str(outcomes[7].error)
