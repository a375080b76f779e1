from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from connector.conditions.expression import Kind
from connector.scoring.model import (
    Cap,
    Expires,
    HalfLife,
    Linear,
    Step,
)
from tests.unit.scoring.lab import (
    DAY,
    HOUR,
    NOW,
    PARIS,
    TICK,
    a_model,
    an_event,
    an_event_rule,
    scored,
    where,
)


def test_every_matching_event_gives_its_points() -> None:
    events = [an_event(), an_event(), an_event("email.opened")]

    assert scored(a_model(an_event_rule(points=5.0)), events)["engagement"] == 10.0


@pytest.mark.parametrize(
    ("pattern", "kinds"),
    [
        pytest.param("email.opened", ["email.opened"], id="exact"),
        pytest.param("email.*", ["email.opened", "email.x"], id="family"),
        pytest.param("custom.*", ["custom.email.opened"], id="custom family"),
        pytest.param(
            "*", ["email.opened", "email.x", "emails.y", "custom.email.opened"], id="everything"
        ),
    ],
)
def test_a_pattern_means_a_type_a_family_or_everything(pattern: str, kinds: list[str]) -> None:
    stored = ["email.opened", "email.x", "emails.y", "custom.email.opened"]

    outcome = scored(a_model(an_event_rule(pattern)), [an_event(kind) for kind in stored])

    assert outcome["engagement"] == len(kinds)


def test_a_condition_that_is_null_is_false() -> None:
    events = [an_event(url="/a"), an_event(url=None), an_event(url="/b")]

    assert scored(a_model(an_event_rule(text="url <> '/b'")), events)["engagement"] == 1.0


def test_only_events_until_now_exist() -> None:
    events = [an_event(ago=timedelta(0)), an_event(ago=-TICK)]

    assert scored(a_model(an_event_rule()), events)["engagement"] == 1.0


def test_events_of_other_contacts_are_none_of_ours() -> None:
    outcome = scored(a_model(an_event_rule()), [an_event(_contact=7)])

    assert outcome["engagement"] == 0.0
    assert outcome.told == {}


@pytest.mark.parametrize(
    ("text", "points"),
    [
        pytest.param("amount / 10", 2.5, id="number"),
        pytest.param("price", 0.0, id="null"),
        pytest.param("amount / 0", 0.0, id="infinite"),
        pytest.param("0 / (amount - 25)", 0.0, id="nan"),
        pytest.param("-amount", -25.0, id="negative"),
    ],
)
def test_points_are_sql_over_the_event(text: str, points: float) -> None:
    rule = an_event_rule(points=where(text, Kind.NUMBER))

    assert scored(a_model(rule), [an_event(amount=25.0)])["engagement"] == points


@pytest.mark.parametrize(
    ("decay", "ago", "points"),
    [
        pytest.param(None, 9999 * DAY, 8.0, id="none stays"),
        pytest.param(HalfLife(span=DAY), timedelta(0), 8.0, id="half-life at first"),
        pytest.param(HalfLife(span=DAY), DAY, 4.0, id="one half-life"),
        pytest.param(HalfLife(span=DAY), DAY / 2, 8 * 2**-0.5, id="half a half-life"),
        pytest.param(Linear(span=4 * DAY), DAY, 6.0, id="linear quarter"),
        pytest.param(Linear(span=4 * DAY), 4 * DAY, 0.0, id="linear end"),
        pytest.param(Linear(span=4 * DAY), 5 * DAY, 0.0, id="linear after"),
        pytest.param(Expires(span=DAY), DAY - TICK, 8.0, id="before expiry"),
        pytest.param(Expires(span=DAY), DAY, 0.0, id="expiry"),
        pytest.param(Step(every=DAY, keep=0.5), DAY - TICK, 8.0, id="before a step"),
        pytest.param(Step(every=DAY, keep=0.5), DAY, 4.0, id="a step"),
        pytest.param(Step(every=DAY, keep=0.5), 3 * DAY, 1.0, id="three steps"),
        pytest.param(Step(every=DAY, keep=0.0), DAY - TICK, 8.0, id="keep nothing, before"),
        pytest.param(Step(every=DAY, keep=0.0), DAY, 0.0, id="keep nothing"),
    ],
)
def test_points_cool(decay: HalfLife | None, ago: timedelta, points: float) -> None:
    rule = an_event_rule(points=8.0, decay=decay)

    assert scored(a_model(rule), [an_event(ago=ago)])["engagement"] == pytest.approx(
        points, abs=1e-12
    )


def test_once_per_keeps_the_first_event_of_each_value_and_every_null() -> None:
    rule = an_event_rule(points=8.0, once_per="url", decay=HalfLife(span=DAY))
    events = [
        an_event(url="/a"),
        an_event(url="/a", ago=DAY),
        an_event(url="/b"),
        an_event(url=None),
        an_event(url=None),
    ]

    outcome = scored(a_model(rule), events)

    assert outcome["engagement"] == 4 + 8 + 8 + 8
    assert outcome.entry("seen")["events"] == 4


def test_the_first_of_a_value_is_told_by_platform_and_id_when_instants_tie() -> None:
    rule = an_event_rule(points=where("amount", Kind.NUMBER), once_per="url")
    events = [
        an_event(url="/a", amount=1.0, platform="mail", _id="a"),
        an_event(url="/a", amount=2.0, platform="crm", _id="é"),
        an_event(url="/a", amount=3.0, platform="crm", _id="z"),
    ]

    assert scored(a_model(rule), events)["engagement"] == 3.0


def test_an_event_worth_nothing_is_still_the_first_of_its_value() -> None:
    rule = an_event_rule(points=where("amount", Kind.NUMBER), once_per="url")
    events = [an_event(url="/a", ago=DAY, amount=None), an_event(url="/a", amount=5.0)]

    assert scored(a_model(rule), events)["engagement"] == 0.0


def test_a_condition_comes_before_once_per() -> None:
    rule = an_event_rule(text="amount > 1", once_per="url")
    events = [an_event(url="/a", ago=DAY, amount=1.0), an_event(url="/a", amount=2.0)]

    assert scored(a_model(rule), events).entry("seen")["first_at"] == NOW


@pytest.mark.parametrize(
    ("points", "shares"),
    [
        pytest.param([3.0, 3.0, 3.0], 5.0, id="up to the cap"),
        pytest.param([3.0, 3.0, -2.0], 4.0, id="negative points count back from the sum"),
        pytest.param([-3.0, -3.0, -3.0], -5.0, id="below as above"),
        pytest.param([9.0, -9.0], 0.0, id="there and back"),
    ],
)
def test_a_cap_holds_the_running_sum(points: list[float], shares: float) -> None:
    rule = an_event_rule(points=where("amount", Kind.NUMBER), cap=Cap(points=5.0, per="lifetime"))
    events = [an_event(ago=HOUR - i * TICK, amount=amount) for i, amount in enumerate(points)]

    outcome = scored(a_model(rule), events)

    assert outcome["engagement"] == shares
    assert outcome.entry("seen")["raw_points"] == sum(points)
    assert outcome.entry("seen")["events"] == len(points)


def test_a_capped_event_decays_by_its_own_age() -> None:
    rule = an_event_rule(points=4.0, cap=Cap(points=6.0, per="lifetime"), decay=HalfLife(span=DAY))
    events = [an_event(), an_event(ago=DAY), an_event(ago=2 * DAY)]

    assert scored(a_model(rule), events)["engagement"] == 4 / 4 + 2 / 2


def local(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=PARIS, fold=fold).astimezone(UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("per", "first", "second", "buckets"),
    [
        ("hour", local(2025, 10, 26, 1, 59), local(2025, 10, 26, 2), 2),
        ("hour", local(2025, 10, 26, 2, 0), local(2025, 10, 26, 2, 59), 1),
        ("hour", local(2025, 10, 26, 2, 59), local(2025, 10, 26, 2, 0, fold=1), 2),
        ("hour", local(2026, 3, 29, 1, 59), local(2026, 3, 29, 3), 2),
        ("day", local(2025, 10, 26), local(2025, 10, 26, 23, 59, 59), 1),
        ("day", local(2025, 10, 25, 23, 59, 59), local(2025, 10, 26), 2),
        ("day", local(2026, 3, 29), local(2026, 3, 30), 2),
        ("week", local(2025, 12, 29), local(2026, 1, 4, 23, 59), 1),
        ("week", local(2026, 1, 4, 23, 59), local(2026, 1, 5), 2),
        ("month", local(2026, 1, 1), local(2026, 1, 31, 23, 59), 1),
        ("month", local(2026, 1, 31, 23, 59), local(2026, 2, 1), 2),
        ("month", local(2025, 1, 1), local(2026, 1, 1), 2),
        ("lifetime", local(2020, 1, 1), local(2026, 1, 1), 1),
    ],
)
def test_a_cap_is_per_span_of_the_local_calendar(
    per: str, first: datetime, second: datetime, buckets: int
) -> None:
    rule = an_event_rule(points=5.0, cap=Cap(points=5.0, per=per))  # type: ignore[arg-type]

    outcome = scored(a_model(rule), [an_event(_at=first), an_event(_at=second)])

    assert outcome["engagement"] == 5.0 * buckets


@pytest.mark.parametrize(("per", "buckets"), [("hour", 2), ("day", 1)])
def test_a_day_whose_first_hour_is_repeated_is_one_day(per: str, buckets: int) -> None:
    havana = ZoneInfo("America/Havana")
    rule = an_event_rule(points=5.0, cap=Cap(points=5.0, per=per))  # type: ignore[arg-type]
    twice = [datetime(2025, 11, 2, 0, 30, fold=fold, tzinfo=havana) for fold in (0, 1)]

    events = [an_event(_at=instant.astimezone(UTC)) for instant in twice]

    assert scored(a_model(rule, timezone=havana), events)["engagement"] == 5.0 * buckets


def test_an_hour_begins_when_the_local_clock_strikes() -> None:
    rule = an_event_rule(points=5.0, cap=Cap(points=5.0, per="hour"))
    model = a_model(rule, timezone=ZoneInfo("Asia/Kolkata"))
    start = datetime(2026, 1, 1, 10, 30, tzinfo=UTC)
    events = [an_event(_at=start), an_event(_at=start + HOUR - TICK), an_event(_at=start - TICK)]

    assert scored(model, events)["engagement"] == 10.0


def test_once_per_comes_before_the_cap() -> None:
    rule = an_event_rule(points=3.0, once_per="url", cap=Cap(points=5.0, per="lifetime"))
    events = [an_event(url="/a", ago=DAY), an_event(url="/a"), an_event(url="/b")]

    outcome = scored(a_model(rule), events)

    assert outcome["engagement"] == 5.0
    assert outcome.entry("seen")["raw_points"] == 6.0


def test_absurd_points_are_held_and_never_overflow() -> None:
    rule = an_event_rule(points=where("amount * 1e300", Kind.NUMBER))
    events = [an_event(amount=1.0, ago=i * HOUR) for i in range(50)]

    assert scored(a_model(rule), events)["engagement"] == 50 * 2.0**47
