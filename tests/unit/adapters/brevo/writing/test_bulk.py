"""Many values by an import, which makes a contact of every address it does not know."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import httpx
import pytest

from adapters.brevo.lists import FOLDER, IMPORT_LIST
from adapters.brevo.simulator.people import Person
from adapters.brevo.writing import imports
from adapters.brevo.writing.imports import ImportRow, parts
from adapters.simulation.faults import Fault
from connector.errors import ContactGone, PlatformUnavailable
from tests.conformance.world import AT
from tests.unit.adapters.brevo.writing.mail import (
    IMPORT,
    Mail,
    change,
    errors,
    scored,
    scores,
    while_it_runs,
)


async def test_many_values_take_one_import_and_are_read_back(bulk: Mail) -> None:
    people = bulk.people(8)

    outcomes = await bulk.writer.write_attributes(scores(people))

    assert errors(outcomes) == [None] * 8
    assert scored(people) == list(range(8))
    assert (bulk.asked("POST", "/contacts/import"), bulk.asked("PUT")) == (1, 0)
    assert bulk.asked("GET", "/processes") == 1


async def test_few_values_take_none(bulk: Mail) -> None:
    await bulk.writer.write_attributes(scores(bulk.people(4)))

    assert (bulk.asked("POST"), bulk.asked("PUT")) == (0, 4)


async def test_an_import_goes_to_a_list_of_its_own_made_once(bulk: Mail) -> None:
    people = bulk.people(8)
    for value in (1, 2):
        await bulk.writer.write_attributes([change(each, SCORE=Decimal(value)) for each in people])

    lists = bulk.account.lists
    assert [each.name for each in lists.by_id.values()] == [IMPORT_LIST]
    assert list(lists.folders.values()).count(FOLDER) == 1


async def test_booleans_options_and_what_is_cleared_never_go_by_import(bulk: Mail) -> None:
    people = bulk.people(9)
    odd = [{"VIP": True}, {"STAGE": None}, {"LEVEL": "hot"}, {"LIKES": "tea"}]

    outcomes = await bulk.writer.write_attributes(
        [
            *scores(people[:5]),
            *(
                change(each, SCORE=Decimal(each.id), **values)  # type: ignore[arg-type]
                for each, values in zip(people[5:], odd, strict=True)
            ),
        ]
    )

    assert errors(outcomes) == [None] * 9
    assert scored(people) == list(range(9))
    assert bulk.asked("PUT") == 4


async def test_dates_and_texts_go_by_import(bulk: Mail) -> None:
    people = bulk.people(5)

    outcomes = await bulk.writer.write_attributes(
        [change(each, SEEN=AT, STAGE="tiède") for each in people]
    )

    assert [(each.error, each.kept) for each in outcomes] == [(None, frozenset({"SEEN"}))] * 5
    assert {(each.values["SEEN"], each.values["STAGE"]) for each in people} == {
        ("2026-01-15", "tiède")
    }
    assert bulk.asked("PUT") == 0


async def test_what_the_account_lacks_is_left_out_of_an_import(bulk: Mail) -> None:
    people = bulk.people(8)

    outcomes = await bulk.writer.write_attributes(
        [change(each, SCORE=Decimal(each.id), NOPE=Decimal(1)) for each in people]
    )

    assert [(each.error, list(each.paused)) for each in outcomes] == [(None, ["NOPE"])] * 8
    assert scored(people) == list(range(8))
    assert bulk.asked("PUT") == 0


async def test_a_contact_without_an_address_is_written_by_itself(bulk: Mail) -> None:
    people = [*bulk.people(7), bulk.account.create(SMS="33612345678")]

    outcomes = await bulk.writer.write_attributes(scores(people))

    assert errors(outcomes) == [None] * 8
    assert bulk.asked("PUT") == 1


async def test_whoever_was_deleted_before_is_in_no_import(bulk: Mail) -> None:
    people = bulk.people(30)
    bulk.account.remove(people[3])

    outcomes = await bulk.writer.write_attributes(scores(people))

    assert errors(outcomes) == [ContactGone if place == 3 else None for place in range(30)]
    assert (bulk.asked("POST", "/contacts/import"), bulk.asked("PUT")) == (1, 0)
    assert len(bulk.account.people) == 29


async def test_a_contact_deleted_during_the_import_does_not_come_back(bulk: Mail) -> None:
    people = bulk.people(8)
    while_it_runs(bulk, lambda: bulk.account.remove(people[3]))

    outcomes = await bulk.writer.write_attributes(scores(people))

    assert errors(outcomes) == [ContactGone if place == 3 else None for place in range(8)]
    assert "removed again" in str(outcomes[3].error)
    assert bulk.account.people.find("email_id", "person3@mail.example.com") is None
    assert len(bulk.account.people) == 7


async def test_a_contact_made_of_an_address_that_was_changed_is_removed_and_told(
    bulk: Mail,
) -> None:
    people = bulk.people(8)
    while_it_runs(bulk, lambda: bulk.account.readdress(people[3], "new@mail.example.com"))

    outcomes = await bulk.writer.write_attributes(scores(people))

    assert errors(outcomes) == [None] * 8
    assert [bool(each.remark) for each in outcomes] == [place == 3 for place in range(8)]
    assert "that was theirs no more: removed again" in str(outcomes[3].remark)
    assert (scored(people), len(bulk.account.people)) == (list(range(8)), 8)


async def test_whoever_has_an_address_that_was_changed_is_left_where_it_is_not_sure_and_told(
    bulk: Mail,
) -> None:
    people = bulk.people(8)
    await bulk.lists.import_list()
    while_it_runs(bulk, lambda: bulk.account.readdress(people[3], "new@mail.example.com"))
    bulk.simulator.faults.play(Fault.LOST_ANSWER, on=IMPORT)

    outcomes = await bulk.writer.write_attributes(scores(people))

    anew = bulk.account.people.find("email_id", "person3@mail.example.com")
    assert anew is not None
    assert f"contact {anew.id} is left" in str(outcomes[3].remark)
    assert bulk.asked("DELETE") == 0


async def test_an_import_that_could_not_be_read_back_is_when_it_is_tried_again(
    bulk: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = bulk.people(8)
    while_it_runs(bulk, lambda: bulk.account.remove(people[3]))
    sleep = bulk.clock.sleep

    async def sleep_so(span: timedelta) -> None:
        bulk.simulator.faults.play(*[Fault.UNAVAILABLE] * 5, on="GET /v3/contacts")
        monkeypatch.setattr(bulk.clock, "sleep", sleep)
        await sleep(span)

    monkeypatch.setattr(bulk.clock, "sleep", sleep_so)

    with pytest.raises(PlatformUnavailable):
        await bulk.writer.write_attributes(scores(people))
    outcomes = await bulk.writer.write_attributes(scores(people))

    assert errors(outcomes) == [ContactGone if place == 3 else None for place in range(8)]
    assert "removed again" in str(outcomes[3].error)
    assert len(bulk.account.people) == 7


async def test_what_was_removed_is_told_though_nobody_could_be_read_behind_it(
    bulk: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = bulk.people(8)
    while_it_runs(bulk, lambda: bulk.account.readdress(people[3], "new@mail.example.com"))
    remove = bulk.account.remove

    def then_fail(person: Person) -> None:
        remove(person)
        bulk.simulator.faults.storm(1, seed=1, kinds=[Fault.UNAVAILABLE])

    monkeypatch.setattr(bulk.account, "remove", then_fail)

    outcomes = await bulk.writer.write_attributes(scores(people))

    assert errors(outcomes) == [PlatformUnavailable if place == 3 else None for place in range(8)]
    assert "removed again" in str(outcomes[3].remark)


async def test_a_contact_whom_somebody_else_made_anew_is_left_alone(bulk: Mail) -> None:
    people = bulk.people(8)
    newsletter = bulk.account.lists.add("Newsletter")

    def comes_back() -> None:
        bulk.account.remove(people[3])
        anew = bulk.account.create("person3@mail.example.com", FIRSTNAME="Ann")
        bulk.account.lists.put_in(newsletter, [anew])

    while_it_runs(bulk, comes_back)

    outcomes = await bulk.writer.write_attributes(scores(people))

    assert isinstance(outcomes[3].error, ContactGone)
    assert bulk.account.people.find("email_id", "person3@mail.example.com") is not None
    assert bulk.asked("DELETE") == 0


async def test_whoever_signs_up_after_the_import_with_an_address_alone_is_left_alone(
    bulk: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = bulk.people(8)
    sleep = bulk.clock.sleep

    async def sleep_so(span: timedelta) -> None:
        await sleep(span)
        if people[3].id in bulk.account.people.by_id:
            bulk.account.settle()
            bulk.account.remove(people[3])
            bulk.account.create("person3@mail.example.com")

    monkeypatch.setattr(bulk.clock, "sleep", sleep_so)

    outcomes = await bulk.writer.write_attributes(scores(people))

    anew = bulk.account.people.find("email_id", "person3@mail.example.com")
    assert anew is not None
    assert f"contact {anew.id} has its address, and is left" in str(outcomes[3].error)
    assert bulk.asked("DELETE") == 0


@pytest.mark.parametrize("differs", ["older", "value", "list", "changed"])
async def test_whoever_differs_from_what_the_import_makes_is_left_alone(
    bulk: Mail, differs: str
) -> None:
    people = bulk.people(8)
    list_id = await bulk.lists.import_list()
    bulk.clock.advance(timedelta(minutes=1))

    def comes_back() -> None:
        bulk.account.remove(people[3])
        anew = bulk.account.create("person3@mail.example.com")
        bulk.account.lists.put_in(bulk.account.lists.by_id[list_id], [anew])
        anew.values["SCORE"] = people[3].id
        if differs == "older":
            anew.created_at -= timedelta(seconds=30)
        elif differs == "value":
            anew.values["STAGE"] = "hot"
        elif differs == "changed":
            anew.modified_at += timedelta(seconds=10)
        else:
            other = bulk.account.lists.add("Newsletter")
            bulk.account.lists.put_in(other, [anew])

    while_it_runs(bulk, comes_back)

    await bulk.writer.write_attributes(scores(people))

    assert bulk.account.people.find("email_id", "person3@mail.example.com") is not None
    assert bulk.asked("DELETE") == 0


async def test_where_it_is_not_known_when_an_import_was_taken_nobody_is_removed(
    bulk: Mail,
) -> None:
    people = bulk.people(8)
    await bulk.lists.import_list()
    while_it_runs(bulk, lambda: bulk.account.remove(people[3]))
    bulk.simulator.faults.play(Fault.LOST_ANSWER, on=IMPORT)

    outcomes = await bulk.writer.write_attributes(scores(people))

    assert "is left" in str(outcomes[3].error)
    assert bulk.asked("DELETE") == 0


async def test_an_import_whose_answer_was_lost_is_read_back(bulk: Mail) -> None:
    people = bulk.people(8)
    await bulk.lists.import_list()
    bulk.simulator.faults.play(Fault.LOST_ANSWER, on=IMPORT)

    outcomes = await bulk.writer.write_attributes(scores(people))

    assert errors(outcomes) == [None] * 8
    assert bulk.asked("PUT") == 0


async def test_the_list_of_imports_is_made_anew_when_somebody_deleted_it(bulk: Mail) -> None:
    people = bulk.people(8)
    await bulk.writer.write_attributes([change(each, SCORE=Decimal(1)) for each in people])
    await bulk.lists.import_list()
    bulk.account.lists.remove(next(iter(bulk.account.lists.by_id.values())))

    outcomes = await bulk.writer.write_attributes(scores(people))

    assert errors(outcomes) == [None] * 8
    assert [each.name for each in bulk.account.lists.by_id.values()] == [IMPORT_LIST]


async def test_whoever_shows_the_values_already_is_in_no_import(bulk: Mail) -> None:
    people = bulk.people(30)
    await bulk.writer.write_attributes(scores(people[:25]))

    again = await bulk.writer.write_attributes(scores(people))

    assert errors(again) == [None] * 30
    assert [each.size for each in bulk.simulator.trace.of("POST", "/v3/contacts/import")] == [25, 5]


async def test_nobody_on_a_blocklist_is_taken_off_it(bulk: Mail) -> None:
    people = bulk.people(8)
    bulk.account.block(people[2], email=True, sms=True)

    await bulk.writer.write_attributes(scores(people))

    assert [each.is_email_blocked for each in people] == [place == 2 for place in range(8)]
    assert people[2].is_sms_blocked


def test_no_part_of_an_import_is_larger_than_brevo_advises() -> None:
    rows = [
        ImportRow(
            remote_id=str(number),
            email=f"person{number}@mail.example.com",
            attributes={"NOTE": "é" * 9_000},
        )
        for number in range(1_000)
    ]

    made = list(parts(rows))

    assert [row for part in made for row in part] == rows
    sizes = [
        len(httpx.Request("POST", "x:", json=[each.as_json() for each in part]).content)
        for part in made
    ]
    assert max(sizes) <= imports.MOST_BYTES + 2
    assert len(made) == sum(sizes) // imports.MOST_BYTES + 1
