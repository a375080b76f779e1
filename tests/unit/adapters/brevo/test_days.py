"""Statistics that are asked for by days: what is asked, how often, and what comes of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from adapters.brevo.events.days import MOST_SPANS
from adapters.brevo.events.sms import sms
from adapters.brevo.events.statistics import statistics
from connector.domain.instants import iso
from tests.unit.adapters.brevo.canned import AT, Answer, Asked, Canned, contact_row, events_of, read

Row = dict[str, Any]


def mail_row(at: datetime, **more: object) -> Row:
    email = "ann@mail.example.com"
    return {"date": iso(at), "email": email, "event": "opened", "messageId": "<1@x>", **more}


def statistics_of(*rows: Row) -> Canned:
    """Return an account that finds rows by day, as Brevo does."""

    def answer(asked: Asked) -> Answer:
        if days := asked.params.get("days"):
            start, end = (AT - timedelta(days=int(days) - 1)).date().isoformat(), "9999"
        else:
            start, end = asked.params["startDate"], asked.params["endDate"]
        found = [row for row in rows if start <= row["date"][:10] <= end]
        return 200, {"events": asked.page_of(found)} if found else {}

    return Canned(answer)


async def test_at_first_the_past_is_read_by_quarters_until_there_is_nothing() -> None:
    canned = statistics_of(mail_row(AT), mail_row(AT - timedelta(days=100)))

    batches = await read(statistics(canned.account()))

    first, *earlier = [each.params for each in canned.asked]
    assert len(events_of(batches)) == 2
    assert (first["days"], "endDate" in first) == ("90", False)
    assert [(each["startDate"], each["endDate"]) for each in earlier] == [
        ("2025-07-22", "2025-10-19"),
        ("2025-04-25", "2025-07-23"),
    ]


async def test_an_account_without_transactional_mail_has_no_events_of_it() -> None:
    canned = Canned(lambda _: (403, {"code": "permission_denied", "message": "not activated"}))

    batches = await read(statistics(canned.account()))

    assert events_of(batches) == []


async def test_a_past_that_brevo_refuses_to_tell_is_its_end() -> None:
    def answer(asked: Asked) -> Answer:
        if "days" in asked.params:
            return 200, {"events": asked.page_of([mail_row(AT)])}
        return 400, {"code": "invalid_parameter", "message": "startDate is too old"}

    (*_, last) = await read(statistics(Canned(answer).account()))

    assert last.place == {"since": "2026-01-14"}


async def test_the_past_has_an_end_although_there_are_events_every_day() -> None:
    canned = statistics_of(*(mail_row(AT - timedelta(days=each)) for each in range(0, 3000, 30)))

    await read(statistics(canned.account()))

    assert len(canned.asked) == MOST_SPANS


async def test_then_today_and_yesterday_are_read_again_in_one_request() -> None:
    canned = statistics_of(mail_row(AT - timedelta(days=1)), mail_row(AT - timedelta(days=5)))
    (*_, last) = await read(statistics(canned.account()))
    canned.asked.clear()

    batches = await read(statistics(canned.account()), last.place)

    assert [each.params["days"] for each in canned.asked] == ["2"]
    assert len(events_of(batches)) == 1


async def test_days_of_many_pages_are_read_again_only_the_next_day() -> None:
    rows = [mail_row(AT - timedelta(minutes=each), messageId=f"<{each}@x>") for each in range(9)]
    canned = statistics_of(*rows[::-1])
    (*_, last) = await read(statistics(canned.account(), 4), {"since": "2026-01-14"})
    canned.asked.clear()

    (*_, same_day) = await read(statistics(canned.account(), 4), last.place)
    asked_then = len(canned.asked)
    canned.clock.advance(timedelta(days=1))
    next_day = await read(statistics(canned.account(), 4), same_day.place)

    assert asked_then == 1
    assert canned.asked[1].params["days"] == "3"
    assert len(events_of(next_day)) == 9


async def test_behind_a_long_past_nothing_of_it_is_read_again_that_day() -> None:
    rows = [mail_row(AT - timedelta(days=each), messageId=f"<{each}@x>") for each in range(9)]
    canned = statistics_of(*rows[::-1])
    (*_, last) = await read(statistics(canned.account(), 4))
    canned.asked.clear()

    await read(statistics(canned.account(), 4), last.place)
    canned.clock.advance(timedelta(days=1))
    await read(statistics(canned.account(), 4), last.place)

    assert [each.params["days"] for each in canned.asked] == ["90", "3"]


async def test_what_is_added_to_days_of_many_pages_is_read_at_their_end() -> None:
    rows = [mail_row(AT, messageId=f"<{each}@x>") for each in range(9)]
    canned = statistics_of(*rows)
    (*_, last) = await read(statistics(canned.account(), 4), {"since": "2026-01-14"})
    late = mail_row(AT - timedelta(hours=3), messageId="<late@x>")

    batches = await read(statistics(statistics_of(*rows, late).account(), 4), last.place)

    assert [each.fields["message_id"] for each in events_of(batches)] == ["late@x"]


async def test_a_reader_who_was_away_reads_all_days_it_missed() -> None:
    canned = statistics_of()

    await read(statistics(canned.account()), {"since": "2026-01-05"})

    assert canned.asked[0].params["days"] == "11"


async def test_no_question_is_about_more_days_than_brevo_answers_for() -> None:
    canned = statistics_of()

    await read(statistics(canned.account()), {"since": "2024-01-05"})

    assert canned.asked[0].params["days"] == "90"


async def test_a_walk_through_the_past_resumes_after_any_page() -> None:
    rows = [
        mail_row(AT - timedelta(days=each), messageId=f"<{each}@x>") for each in range(99, 0, -9)
    ]
    canned = statistics_of(*rows)
    everything = {each.id for each in events_of(await read(statistics(canned.account(), 3)))}

    batches = await read(statistics(canned.account(), 3))
    for number, batch in enumerate(batches):
        rest = await read(statistics(canned.account(), 3), batch.place)
        before = {each.id for each in events_of(batches[: number + 1])}
        assert before | {each.id for each in events_of(rest)} == everything


@pytest.mark.parametrize("event", ["deferred", "blocked", "error"])
async def test_what_a_mail_server_did_is_no_event(event: str) -> None:
    canned = statistics_of(mail_row(AT, event=event))

    assert events_of(await read(statistics(canned.account()))) == []


async def test_an_sms_is_told_of_whoever_has_the_number() -> None:
    rows = [
        {"date": iso(AT), "event": "replies", "messageId": "5", "phoneNumber": 33612345678},
        {"date": iso(AT), "event": "delivered", "messageId": "6", "phoneNumber": "+49171"},
        {"date": iso(AT), "event": "rejected", "messageId": "7", "phoneNumber": 1},
    ]

    def answer(asked: Asked) -> Answer:
        if asked.path == "/contacts/33612345678":
            return 200, contact_row(7)
        if asked.path.startswith("/contacts/"):
            return 404, {"code": "document_not_found", "message": "nobody"}
        return 200, {"events": asked.page_of(rows)}

    batches = await read(sms(Canned(answer).account()), {"since": "2026-01-14"})

    told = [(each.type, each.subject) for each in events_of(batches)]
    assert told == [("sms.replied", "7"), ("sms.delivered", "49171")]
