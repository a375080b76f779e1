"""What makes a score: a waterfall of all that gave or took points, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.sync.looking.rule_words import purpose
from connector.sync.looking.steps import dimensions_of, steps
from connector.web.dashboard.drawing import box, card, table, text
from connector.web.dashboard.wording import RuleWords

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.scoring.model import Score
    from connector.sync.looking.explaining import Contribution, Explanation
    from connector.sync.looking.steps import Step
    from connector.web.dashboard.frame import Visit

_MATTERS = 0.005
"""The least that two decimals show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """From where to where the bars of one waterfall go."""

    low: float
    high: float

    @classmethod
    def of(cls, found: Sequence[Step]) -> Ground:
        """Return the ground on which all steps find room; zero is always on it."""
        heights = [0.0, *(each.after for each in found)]
        return cls(low=min(heights), high=max(heights))

    def place(self, before: float, after: float) -> tuple[float, float]:
        """Return where a bar begins and how wide it is, as shares of the whole ground."""
        span = (self.high - self.low) or 1.0
        return (min(before, after) - self.low) / span, abs(after - before) / span


def draw_stairs(visit: Visit, told: Explanation, score: Score) -> None:
    """Draw what makes one score of somebody."""
    say = visit.language.text
    title = say("What makes {score}", score=score.name)
    with card(title):
        found = steps(visit.workspace.configuration.model, told, score.name)
        if not found:
            text("p", say("Nothing gives points now."), "sub")
            return
        head = [(say("What"), "what"), (say("Points"), "num"), (say("Together"), "way")]
        with table(title, head, "stairs"):
            _draw_steps(visit, told, score, found)
            _draw_total(visit, told, score)


def _draw_steps(visit: Visit, told: Explanation, score: Score, found: Sequence[Step]) -> None:
    ground, before = Ground.of(found), 0.0
    dimensions = dimensions_of(visit.workspace.configuration.model, score)
    is_headed = len(dimensions) > 1
    current: str | None = None
    for each in found:
        if is_headed and each.dimension is not None and each.dimension != current:
            current = each.dimension
            _draw_dimension(visit, current, told.dimensions[current])
        _draw_step(visit, told, score, each, ground.place(before, each.after))
        before = each.after


def _draw_dimension(visit: Visit, name: str, value: float | None) -> None:
    with box("tr", "dimension"):
        text("th", name, scope="row")
        text("td", visit.language.number(round(value or 0.0, 2)), "num")
        box("td", "way")


def _draw_step(
    visit: Visit, told: Explanation, score: Score, step: Step, place: tuple[float, float]
) -> None:
    language = visit.language
    name, details = _words(visit, told, score, step)
    with box("tr", f"step {step.kind}"):
        with box("th", "", scope="row"):
            text("span", name)
            for each in details:
                text("span", each, "line sub")
        text("td", language.points(step.points), _side("num", step.points))
        with box("td", "way"):
            text("span", language.number(round(step.after, 2)), "unseen")
            with box("div", "way-track", aria_hidden="true"):
                bar = box("div", _side("way-bar", step.points))
                bar.style(f"left: {place[0]:.2%}; width: {place[1]:.2%}")


def _draw_total(visit: Visit, told: Explanation, score: Score) -> None:
    language = visit.language
    exact, rounded = told.scores[score.name] or 0.0, told.rounded[score.name] or 0.0
    with box("tr", "total"):
        text("th", score.name, scope="row")
        text("td", language.number(rounded), "num")
        with box("td", "way sub"):
            if abs(exact - rounded) > _MATTERS:
                precise = language.number(exact, 2)
                text("span", language.text("rounded from {number}", number=precise))


def _side(kind: str, points: float) -> str:
    if abs(points) < _MATTERS:
        return f"{kind} sub"
    return f"{kind} {'gain' if points > 0 else 'loss'}"


def _words(visit: Visit, told: Explanation, score: Score, step: Step) -> tuple[str, Sequence[str]]:
    """Return what a step is called, and what more there is to tell of it."""
    say, language = visit.language.text, visit.language
    if step.contribution is not None:
        name = step.contribution.rule
        looked_for = purpose(visit.workspace.configuration.model.rules[name], RuleWords(language))
        over = " \N{MIDDLE DOT} ".join(_over(visit, step.contribution))
        return name, [looked_for, *([over] if over else [])]
    if step.kind == "limit":
        dimension = visit.workspace.configuration.model.dimensions[str(step.dimension)]
        bound = dimension.cap if step.points < 0 else dimension.floor
        words = say("limit of {dimension}", dimension=dimension.name)
        return words, [language.number(bound)] if bound is not None else []
    if step.kind == "formula":
        return say("formula"), [score.formula.text] if score.formula else []
    if step.kind == "range":
        bound = score.high if step.points < 0 else score.low
        return say("end of the range"), [language.number(bound)] if bound is not None else []
    reasons = [each.reason for each in told.overrides if each.score == score.name]
    return say("set by hand"), reasons


def _over(visit: Visit, contribution: Contribution) -> Iterator[str]:
    """Yield over which events something counts, and what of it is left."""
    language, now = visit.language, visit.desk.clock.now()
    if contribution.events and contribution.last_at:
        last = language.moment(contribution.last_at, now)
        yield language.plural(
            "{number} event, {time}", "{number} events, last {time}", contribution.events, time=last
        )
    elif contribution.last_at:
        yield language.text("since {time}", time=language.moment(contribution.last_at, now))
    if abs(contribution.raw_points - contribution.points) > _MATTERS:
        raw = language.points(contribution.raw_points)
        yield language.text("of {number} given", number=raw)
