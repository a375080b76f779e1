"""A naive scorer: one contact at a time, plain Python, written from DESIGN section 4 alone.

Conditions are looked up by their text in `Meaning`: the reference shares no code with the engine.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

from connector.scoring.model import (
    Cap,
    EventRule,
    Expires,
    HalfLife,
    InactiveRule,
    Linear,
    Step,
    WhenRule,
)

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from connector.conditions.expression import Expression
    from connector.scoring.model import Decay, Matcher, Model, Rule, Score, Side, Trait

Row: TypeAlias = Mapping[str, Any]
Meaning: TypeAlias = Mapping[str, Callable[[Row], Any]]

NOT_INTERACTIONS = {
    *("email.sent", "email.delivered", "email.bounced", "sms.sent", "sms.delivered"),
    *("contact.created", "cart.abandoned", "deal.lost"),
}


@dataclass(kw_only=True)
class Entry:
    rule: str
    dimension: str | None
    raw_points: float = 0.0
    points: float = 0.0
    events: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None


@dataclass(kw_only=True)
class Result:
    values: dict[str, Any] = field(default_factory=dict)
    """Dimensions, traits, rounded scores, stages and grades by name."""
    exact: dict[str, float | None] = field(default_factory=dict)
    truths: dict[str, bool] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)


def order(event: Row) -> tuple[datetime, bytes, bytes]:
    return event["_at"], event["platform"].encode(), event["_id"].encode()


@dataclass
class Naive:
    """Scores one contact under one model at one instant."""

    model: Model
    at: datetime
    meaning: Meaning

    def score(self, contact: Row, events: Sequence[Row], memory: Row) -> Result:
        result = Result()
        if self.true(self.model.exclude, contact, default=False):
            return result
        past = sorted(self.existing(events), key=order)
        facts = dict(contact)
        for trait in self.model.traits.values():
            facts[trait.name] = result.values[trait.name] = self.trait(trait, past)
        entries = [self.rule(rule, past, facts) for rule in self.model.rules.values()]
        self.share(entries)
        result.entries = [entry for entry in entries if entry.points or entry.events]
        self.dimensions(entries, facts, result)
        for score in self.model.scores.values():
            self.number(score, facts, memory, result)
        for grade in self.model.grades.values():
            row, column = (self.band(side, facts) for side in (grade.rows, grade.columns))
            facts[grade.name] = None if row is None or column is None else row + column
            result.values[grade.name] = facts[grade.name]
        result.truths = self.truths(facts)
        return result

    def dimensions(self, entries: list[Entry], facts: dict[str, Any], result: Result) -> None:
        for name, dimension in self.model.dimensions.items():
            total = math.fsum(entry.points for entry in entries if entry.dimension == name)
            held = total if dimension.floor is None else max(total, dimension.floor)
            held = held if dimension.cap is None else min(held, dimension.cap)
            if held != total:
                result.entries.append(Entry(rule="(limit)", dimension=name, points=held - total))
            facts[name] = result.values[name] = held

    def truths(self, facts: Row) -> dict[str, bool]:
        truths = {}
        for target in self.model.targets.values():
            for each in target.lists:
                truths[f"_list:{target.platform}:{each.name}"] = self.true(each.when, facts)
            for tag, when in target.tags.items():
                truths[f"_tag:{target.platform}:{tag}"] = self.true(when, facts)
        for trigger in self.model.triggers.values():
            truths[f"_trigger:{trigger.name}"] = self.true(trigger.when, facts)
        return truths

    def true(self, condition: Expression | None, row: Row, *, default: bool = True) -> bool:
        return default if condition is None else self.meaning[condition.text](row) is True

    def existing(self, events: Sequence[Row]) -> list[Row]:
        kept: list[Row] = []
        for stored in events:
            age = self.at - stored["_at"]
            if age < timedelta(0) or (self.model.keep_events and age >= self.model.keep_events):
                continue
            event = {**stored, "is_machine": bool(stored["is_machine"])}
            event["type"] = self.model.rename.get(event["platform"], {}).get(
                event["type"], event["type"]
            )
            for entry in self.model.content:
                if self.true(entry.match, event):
                    event["phase"] = entry.phase or event["phase"]
                    event["kind"] = entry.kind or event["kind"]
                    break
            if not self.true(self.model.ignore, event, default=False):
                kept.append(event)
        return kept

    def matches(self, matcher: Matcher, event: Row) -> bool:
        pattern, kind = matcher.pattern, event["type"]
        is_meant = pattern in {"*", kind} or (
            pattern.endswith(".*") and kind.split(".")[0] == pattern[:-2]
        )
        return is_meant and self.true(matcher.where, event)

    def rule(self, rule: Rule, past: list[Row], facts: Row) -> Entry:
        if not self.true(rule.guard, facts):
            return Entry(rule=rule.name, dimension=rule.dimension)
        match rule:
            case EventRule():
                return self.event_rule(rule, past)
            case InactiveRule():
                return self.inactive_rule(rule, past, facts)
            case WhenRule():
                points = rule.points if self.true(rule.when, facts) else 0.0
                return Entry(
                    rule=rule.name, dimension=rule.dimension, raw_points=points, points=points
                )
        raise AssertionError(rule)

    def event_rule(self, rule: EventRule, past: list[Row]) -> Entry:
        chosen = [event for event in past if self.matches(rule.match, event)]
        if rule.once_per:
            seen: set[Any] = set()
            first = []
            for event in chosen:
                value = event[rule.once_per]
                if value is None or value not in seen:
                    first.append(event)
                seen.add(value)
            chosen = first
        raw = [self.points(rule, event) for event in chosen]
        given = self.capped(rule.cap, chosen, raw) if rule.cap else raw
        return Entry(
            rule=rule.name,
            dimension=rule.dimension,
            raw_points=math.fsum(raw),
            points=math.fsum(
                self.cooled(points, rule.decay, self.at - event["_at"])
                for points, event in zip(given, chosen, strict=True)
            ),
            events=len(chosen),
            first_at=chosen[0]["_at"] if chosen else None,
            last_at=chosen[-1]["_at"] if chosen else None,
        )

    def points(self, rule: EventRule, event: Row) -> float:
        if isinstance(rule.points, (int, float)):
            return float(rule.points)
        number = self.meaning[rule.points.text](event)
        return float(number) if number is not None and math.isfinite(number) else 0.0

    def capped(self, cap: Cap, events: list[Row], raw: list[float]) -> list[float]:
        most, running, given = abs(cap.points), Counter[Any](), []
        for event, points in zip(events, raw, strict=True):
            key = bucket(event["_at"], cap.per, self.model.timezone)
            before = running[key]
            running[key] += points  # type: ignore[assignment]
            given.append(clip(running[key], most) - clip(before, most))
        return given

    def cooled(self, points: float, decay: Decay | None, age: timedelta) -> float:
        match decay:
            case None:
                return points
            case HalfLife(span=span):
                return points * math.pow(2.0, -(age / span))
            case Linear(span=span):
                return points * max(0.0, 1 - age / span)
            case Expires(span=span):
                return points if age < span else 0.0
            case Step(every=every, keep=keep):
                left: float = keep ** (age // every)
                return points * left

    def inactive_rule(self, rule: InactiveRule, past: list[Row], facts: Row) -> Entry:
        nothing = Entry(rule=rule.name, dimension=rule.dimension)
        heard = [
            event["_at"]
            for event in past
            if (
                self.matches(rule.match, event)
                if rule.match
                else event["type"] not in NOT_INTERACTIONS
            )
        ]
        created = facts["_created_at"]
        if heard:
            since = max(heard)
        elif created is not None and created <= self.at:
            since = created
        else:
            return nothing
        if self.at - since <= rule.silence:
            return nothing
        return Entry(
            rule=rule.name,
            dimension=rule.dimension,
            raw_points=rule.points,
            points=rule.points,
            first_at=since,
            last_at=since,
        )

    def share(self, entries: list[Entry]) -> None:
        for group, cap in self.model.groups.items():
            members = [e for e in entries if self.model.rules[e.rule].group == group]
            total = abs(math.fsum(entry.points for entry in members))
            factor = min(1.0, abs(cap) / total) if total else 1.0
            for entry in members:
                entry.points *= factor

    def trait(self, trait: Trait, past: list[Row]) -> Any:  # noqa: ANN401 - values of any type
        events = [
            event
            for event in past
            if self.matches(trait.match, event)
            and (trait.within is None or self.at - event["_at"] < trait.within)
            and (trait.column is None or event[trait.column] is not None)
        ]
        values = [event[trait.column or "_at"] for event in events]
        zone = self.model.timezone
        days = {event["_at"].astimezone(zone).date() for event in events}
        always: dict[str, Callable[[], Any]] = {
            "count": lambda: float(len(events)),
            "has": lambda: bool(events),
            "days": lambda: float(len(days)),
            "sum": lambda: math.fsum(values),
        }
        if trait.measure in always:
            return always[trait.measure]()
        if not events:
            return None
        counts = Counter(values)
        latest = {value: place for place, value in enumerate(values)}
        of_some: dict[str, Callable[[], Any]] = {
            "avg": lambda: math.fsum(values) / len(values),
            "min": lambda: min(values),
            "max": lambda: max(values),
            "first": lambda: values[0],
            "last": lambda: values[-1],
            "days_since": lambda: (self.at - events[-1]["_at"]) / timedelta(hours=24),
            "mode": lambda: max(counts, key=lambda value: (counts[value], latest[value])),
        }
        return of_some[trait.measure]()

    def number(self, score: Score, facts: dict[str, Any], memory: Row, result: Result) -> None:
        if score.formula is None:
            number: float | None = math.fsum(facts[name] for name in self.model.dimensions)
        else:
            number = self.meaning[score.formula.text](facts)
        if number is not None and not math.isfinite(number):
            number = None
        if number is not None:
            number = number if score.low is None else max(number, score.low)
            number = number if score.high is None else min(number, score.high)
        if not self.true(score.population, facts):
            number = None
        decided = memory.get(f"_override:{score.name}")
        if decided is not None:
            moved = decided - (number or 0.0)
            if moved:
                result.entries.append(Entry(rule="(override)", dimension=None, points=moved))
            number = decided
        result.exact[score.name] = number
        rounded = None if number is None else half_away(number, score.digits)
        facts[score.name] = result.values[score.name] = rounded
        if score.stages:
            stage = self.stage(score, rounded, memory.get(f"_held:{score.name}"))
            facts[f"{score.name}_stage"] = result.values[f"{score.name}_stage"] = stage

    def stage(self, score: Score, value: float | None, held: str | None) -> str | None:
        if value is None:
            return None
        names = [rung.name for rung in score.stages]
        standing = names.index(held) if held in names else -1
        reached = [0]
        for height, rung in enumerate(score.stages):
            if value >= rung.from_ or (height <= standing and value >= rung.leave_below):
                reached.append(height)
        highest = max(reached)
        return names[max(highest, standing) if score.is_up_only else highest]

    def band(self, side: Side, facts: Row) -> str | None:
        if facts[side.of] is None:
            return None
        value = half_away(facts[side.of], 9)
        reached = [band for band in side.bands if value >= band[1]]
        if reached:
            return max(reached, key=lambda band: band[1])[0]
        return min(side.bands, key=lambda band: band[1])[0]


def clip(value: float, most: float) -> float:
    return max(-most, min(most, value))


def half_away(value: float, digits: int) -> float:
    text = Decimal(value).quantize(Decimal(1).scaleb(-9), rounding=ROUND_HALF_UP)
    return float(text.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)) + 0.0


def bucket(instant: datetime, per: str, zone: ZoneInfo) -> object:
    local = instant.astimezone(UTC).astimezone(zone)
    match per:
        case "hour":
            return local.replace(minute=0, second=0, microsecond=0, fold=0), local.utcoffset()
        case "day":
            return local.date()
        case "week":
            return local.isocalendar()[:2]
        case "month":
            return local.year, local.month
    return None
