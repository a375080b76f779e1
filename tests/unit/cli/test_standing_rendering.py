"""How everything stands, as an operator reads it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connector.cli.rendering.standing import show_standing
from connector.domain.ledger import Backlog, Run
from connector.domain.tallies import LaneTally, ReplicaTally
from connector.sync.asking.pace import Room
from connector.sync.looking.lags import Lag
from connector.sync.looking.left_out import LeftOut
from connector.sync.looking.standing import Service, Standing
from connector.sync.troubles import Kind, Trouble

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
A_STANDING = Standing(
    at=AT,
    contacts=1,
    events=0,
    waiting=0,
    decided_at=AT,
    troubles=(),
    streams=(),
    backlog={},
    room=Room(),
    drift={},
    triggers={},
    stages={},
    orphans={},
    runs=(),
    copy=None,
)
A_LAG = Lag(
    platform="crm",
    stream="contacts",
    every=timedelta(minutes=15),
    completed_at=AT - timedelta(minutes=2),
    moved_at=AT,
)


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    return Told(capsys)


class Told:
    """Shows a standing, and gives what is printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def of(self, **fields: object) -> str:
        show_standing(replace(A_STANDING, **fields))  # type: ignore[arg-type]  # a test names fields
        return self._capsys.readouterr().out


def test_a_stream_is_told_with_when_it_was_read_and_how_often_it_should_be(told: Told) -> None:
    text = told.of(lags=[A_LAG])

    assert "crm       contacts  2 min ago        every 15 min" in text


def test_a_stream_that_lags_is_told_by_how_much(told: Told) -> None:
    late = replace(A_LAG, completed_at=AT - timedelta(hours=3))

    assert "3 h ago          lags: should be every 15 min" in told.of(lags=[late])


def test_a_stream_that_is_read_for_the_first_time_is_told_to_move(told: Told) -> None:
    first = replace(A_LAG, completed_at=None, moved_at=AT - timedelta(seconds=4))

    assert "not yet; some 4 s ago" in told.of(lags=[first])


def test_that_no_daemon_runs_is_told_with_how_to_start_one(told: Told) -> None:
    assert "No daemon runs; `heatsync run` starts one." in told.of()


def test_a_daemon_is_told_with_its_address(told: Told) -> None:
    service = Service(owners=["heatsync run (process 7 on box)"], address="http://127.0.0.1:8080")

    text = told.of(service=service)

    assert "Under way: heatsync run (process 7 on box), at http://127.0.0.1:8080." in text
    assert "No daemon" not in text


def test_replicas_are_told_with_the_platforms_they_talk_to(told: Told) -> None:
    replicas = [ReplicaTally(owner="one", since=AT), ReplicaTally(owner="two", since=AT)]
    lanes = [LaneTally(lane=name, owner="two", until=AT) for name in ("crm", "mail")]

    text = told.of(service=Service(replicas=replicas, lanes=lanes))

    assert "  one  2026-03-01 12:00 UTC  nobody" in text
    assert "  two  2026-03-01 12:00 UTC  crm, mail" in text


def test_webhook_calls_that_wait_are_told(told: Told) -> None:
    backlog = Backlog(waiting=3, dead=0, oldest=AT - timedelta(minutes=2))

    text = told.of(inbound={"crm": backlog})

    assert "From crm: 3 webhook calls to be processed, the first 2 min ago." in text


def test_what_was_left_out_of_calls_is_told_with_its_reason(told: Told) -> None:
    left = LeftOut(platform="shop", reason="odd", count=3, last_at=AT - timedelta(minutes=2))

    text = told.of(left_out=[left])

    assert "Left out of what shop told: odd; 3 times, the last 2 min ago.\n" in text


def test_dead_letters_are_told_with_where_to_look(told: Told) -> None:
    text = told.of(dead={"crm": 2, "notify SALES": 1})

    said = "Given up until somebody looks at them: 2 of crm, 1 of notify SALES"
    assert f"{said}; `heatsync deliveries list` shows them." in text


def test_the_status_tells_what_others_changed(told: Told) -> None:
    found = {"repaired": 2, "kept": 1, "last_at": "2026-03-01T12:00:00Z"}

    text = told.of(drift={"crm": found})

    said = "2 written again and 1 left as they are, the last 2026-03-01 12:00 UTC"
    assert f"Changed on crm by somebody else: {said}." in text


def test_the_status_tells_since_when_a_platform_refuses_us_and_what_to_do(told: Told) -> None:
    trouble = Trouble(
        platform="crm", kind=Kind.REFUSED, message="no", since=AT, seen_at=AT + timedelta(hours=1)
    )

    text = told.of(troubles=[trouble])

    since = "since 2026-03-01 12:00 UTC, and still 2026-03-01 13:00 UTC"
    assert f"  crm refuses us {since}: no\n" in text
    assert "`heatsync check` says what to do" in text


def test_trouble_that_ends_by_itself_says_when(told: Told) -> None:
    trouble = Trouble(platform="crm", kind=Kind.USED_UP, message="no", since=AT, seen_at=AT)
    opens = {"crm": {"burst": AT, "daily": AT + timedelta(hours=9)}}

    text = told.of(troubles=[trouble], room=Room(opens=opens))

    assert "a later run goes on from there, after 2026-03-01 21:00 UTC\n" in text


def test_the_status_tells_what_the_last_run_told(told: Told) -> None:
    problems = [{"message": f"odd {number}", "path": "crm", "hint": "mend"} for number in range(7)]
    run = Run(
        command="sync",
        started_at=AT,
        finished_at=AT,
        at=AT,
        summary=json.dumps({"problems": problems}),
    )
    before = replace(run, summary=json.dumps({"problems": [{"message": "even"}]}))

    lines = told.of(runs=[run, before]).splitlines()

    assert lines[-9].endswith("ended with 1 problem")
    assert lines[-7:-5] == ["What the last sync told", "  crm: odd 0 (mend)"]
    assert lines[-1] == "  ... and 2 more (--json shows all)"


def test_what_a_run_told_is_told_beside_runs_of_others_and_not_after_one_of_its_own(
    told: Told,
) -> None:
    problems = {"problems": [{"message": "answered 500", "path": "tool"}]}
    failed = Run(
        command="push tool", started_at=AT, finished_at=AT, at=AT, summary=json.dumps(problems)
    )
    other = replace(failed, command="pull contacts crm", summary=None)
    mended = replace(failed, command="push now tool", summary=None)

    assert "What the last push tool told\n  tool: answered 500\n" in told.of(runs=[other, failed])
    assert "answered 500" not in told.of(runs=[mended, failed])


def test_failures_in_a_row_are_told_in_one_with_since_when_and_how_often(told: Told) -> None:
    summary = json.dumps({"times": 1_200, "problems": [{"message": "answered 500"}]})
    ended_at = AT + timedelta(hours=2)
    run = Run(command="push tool", started_at=AT, finished_at=ended_at, at=AT, summary=summary)

    text = told.of(runs=[run])

    often = "ended with 1 problem, 1,200 times in a row, the last 2026-03-01 14:00 UTC"
    assert f"  2026-03-01 12:00 UTC  push tool  {often}\n" in text


def test_what_is_out_of_requests_says_until_when(told: Told) -> None:
    budgets = {"crm": {"burst": 0, "daily": 1_000, "search": None}}

    text = told.of(room=Room(left=budgets, opens={"crm": {"burst": AT}}))

    left = "burst none until 2026-03-01 12:00 UTC, daily 1,000, search unknown"
    assert f"May be asked at once\n  crm  {left}\n" in text


def test_of_many_limits_those_are_shown_that_bind_first(told: Told) -> None:
    shares = {f"of_{number}": 100 for number in range(9)}
    left = {**shares, "of_3": 40, "of_5": None, "of_7": 0, "of_8": 99}
    room = Room(left={"crm": left}, opens={"crm": {"of_7": AT}})

    text = told.of(room=room, shares={"crm": shares})

    shown = "of_7 none until 2026-03-01 12:00 UTC, of_3 40"
    assert f"  crm  {shown}, 7 others have more room (--json shows all)\n" in text


def test_what_only_holds_for_another_process_is_told_as_such(told: Told) -> None:
    room = Room(left={"crm": {"burst": 0}}, opens={"crm": {"burst": AT}})

    text = told.of(room=room, is_room_of_others=True)

    assert "May be asked at once by a process that starts now\n  crm  burst none until" in text


def test_what_machines_are_told_of_a_lag(told: Told) -> None:
    late = replace(A_LAG, completed_at=AT - timedelta(hours=3))

    document = replace(A_STANDING, lags=[late]).to_json()

    assert document["lags"] == [
        {
            "platform": "crm",
            "stream": "contacts",
            "every_seconds": 900.0,
            "completed_at": "2026-03-01T09:00:00Z",
            "lag_seconds": 10800.0,
            "is_late": True,
        }
    ]
