"""Why a lead has its score, as a picture in characters that one pastes into a chat.

Every line keeps within a width that a chat does not wrap, in cells: a wide character takes two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from connector.cli.console import glyph, out, visible
from connector.cli.rendering.contributions import meaning_of
from connector.cli.rendering.course import course_lines
from connector.cli.rendering.explanation import (
    beyond_sentences,
    next_change_sentence,
    turn_sentence,
    version_sentences,
)
from connector.cli.rendering.words import counted, day, moment, number, points
from connector.domain.names import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.scoring.model import Model, Score
    from connector.sync.looking.explaining import Contribution, Explanation
    from connector.sync.looking.trend import Point

WIDTH = 72
"""So many columns a picture takes at most."""
LEAST = 40
"""... and at least, however narrow the terminal is."""
MOST_RULES = 12
"""So many contributions are drawn; the rest are one line."""
_BARS = 20
_NAMES = 18
_SHOWS = 0.005
"""The least that two decimals show."""


def show_picture(explanation: Explanation, model: Model, course: Sequence[Point]) -> None:
    """Print the picture of an explanation, at most WIDTH columns wide."""
    width = max(LEAST, min(WIDTH, out.width))
    for line in picture(explanation, model, course, width=width):
        out.print(line)


def picture(
    explanation: Explanation, model: Model, course: Sequence[Point], *, width: int = WIDTH
) -> Iterator[Text]:
    """Yield the lines of an explanation under `model`, each at most `width` cells wide.

    `course`: how the person stood and will stand; empty where nobody can tell.
    """
    for line in _lines(explanation, model, course, width):
        yield from _kept_within(line, width)


def _lines(
    explanation: Explanation, model: Model, course: Sequence[Point], width: int
) -> Iterator[Text]:
    yield Text(_whom(explanation), style="bold")
    yield Text(f"as of {moment(explanation.at)}", style="dim")
    if explanation.is_excluded:
        yield Text("Excluded by the configuration: neither scored nor written.")
        return
    for name in explanation.scores:
        yield Text()
        yield from _score_lines(explanation, name, model.scores.get(name), width)
    for name, label in explanation.grades.items():
        yield Text(_shown(f"{name} {label or '-'}"), style="bold")
    yield Text()
    yield from _contribution_lines(explanation.contributions, model, width)
    for sentence in beyond_sentences(explanation, model):
        yield Text(_shown(sentence))
    for name in explanation.scores:
        yield from course_lines(name, course, width)
    yield Text()
    if explanation.turn:
        yield Text(_shown(turn_sentence(explanation.turn)), style="bold")
    else:
        yield Text(next_change_sentence(explanation))
    for each in explanation.overrides:
        by_hand = f"{each.score} was set to {number(each.value, 9)} by hand on {day(each.made_at)}"
        yield Text(_shown(f"{by_hand}: {each.reason}"))
    for sentence in version_sentences(explanation):
        yield Text(_shown(sentence), style="dim")


def _whom(explanation: Explanation) -> str:
    person = explanation.person
    name = name_of(person.attributes)
    address = person.email or person.key
    return _shown(f"{name} <{address}>" if name else address)


def _score_lines(
    explanation: Explanation, name: str, score: Score | None, width: int
) -> Iterator[Text]:
    value = explanation.rounded[name]
    if value is None:
        yield Text(_shown(f"{name} -, outside its population"), style="bold")
        return
    stage = explanation.stages.get(name)
    head = f"{name} {number(value, 9)}"
    yield Text(_shown(f"{head}, {stage}" if stage else head), style="bold")
    bounds = _bounds(score, value)
    if bounds is None:
        return
    low, high = bounds
    full, empty = glyph("█", "#"), glyph("░", ".")
    filled = round(max(0.0, min(1.0, (value - low) / (high - low))) * width)
    bar = Text(full * filled, style="red")
    yield bar.append(empty * (width - filled), style="dim")
    if score is not None and score.stages:
        yield _edges(score, low, high, width)


def _bounds(score: Score | None, value: float) -> tuple[float, float] | None:
    """Return from where to where a score's bar goes; None where nothing gives it a measure."""
    if score is None:
        return None
    edges = [rung.from_ for rung in score.stages]
    if score.high is None and not edges:
        return None
    low = min(0.0, value, *edges) if score.low is None else score.low
    # Beyond the last stage there is room to rise, where no range says how much.
    high = max(value, *(edge * 1.25 for edge in edges)) if score.high is None else score.high
    return (low, high) if high > low else None


def _edges(score: Score, low: float, high: float, width: int) -> Text:
    """Return the stages below a bar: each with a mark where it begins, and from which score on."""
    begins = [(rung.from_ - low) / (high - low) for rung in score.stages]
    starts = [min(max(0, round(share * width)), width) for share in begins]
    text, mark = "", glyph("╵", "|")
    for rung, start, end in zip(score.stages, starts, [*starts[1:], width], strict=True):
        if end > start:
            text += " " * (start - cell_len(text)) + mark
            room = end - start - 2
            named = _shown(f"{rung.name} {number(rung.from_, 9)}")
            text += cut(named if cell_len(named) <= room else _shown(rung.name), room).rstrip()
    return Text(text, style="dim")


def _contribution_lines(
    contributions: Sequence[Contribution], model: Model, width: int
) -> Iterator[Text]:
    told = [each for each in contributions if abs(each.points) >= _SHOWS]
    if not told:
        yield Text("Nothing gives points now.")
        return
    drawn, rest = told[:MOST_RULES], told[MOST_RULES:]
    sums = [sum(each.points for each in rest)] if rest else []
    numbers = [points(each, 2) for each in (*(each.points for each in drawn), *sums)]
    side = max(map(len, numbers))
    named = [meaning_of(each, model) for each in drawn]
    most = min(_NAMES, max(cell_len(_shown(name)) for name, _ in named))
    bars = _Bars([each.points for each in drawn], min(_BARS, width // 3))
    for each, shown, (name, meaning) in zip(drawn, numbers, named, strict=False):
        line = Text(f"{shown:>{side}} ").append_text(bars.of(each.points))
        line.append(f" {cut(_shown(name), most)} ")
        room = width - line.cell_len
        line.append(cut(_shown(_over(each) or meaning), room).rstrip(), style="dim")
        line.rstrip()
        yield line
    if rest:
        yield Text(f"{numbers[-1]:>{side}} of {counted(len(rest), 'more', 'more')}", style="dim")


class _Bars:
    """Bars on both sides of one line: what takes points stands to its left."""

    def __init__(self, values: Sequence[float], width: int) -> None:
        """Take all values of one picture, and how many cells the longest two may take together."""
        gain, loss = max(0.0, *values), -min(0.0, *values)
        self._unit = width / (gain + loss)
        self._left = self._cells(loss) if loss else 0
        self._right = self._cells(gain) if gain else 0

    def of(self, value: float) -> Text:
        """Return the bar of one value, as wide as every other."""
        length = self._cells(abs(value))
        left, right = (0, length) if value > 0 else (length, 0)
        text = Text(" " * (self._left - left))
        text.append(glyph("░", "-") * left, style="blue")
        text.append(glyph("│", "|"), style="dim")
        text.append(glyph("█", "#") * right, style="red")
        return text.append(" " * (self._right - right))

    def _cells(self, size: float) -> int:
        return max(1, round(size * self._unit))


def _over(contribution: Contribution) -> str:
    """Return over which events something counts, in few words."""
    if contribution.events:
        return f"{counted(contribution.events, 'event')}, last {day(contribution.last_at)}"
    return f"since {day(contribution.last_at)}" if contribution.last_at else ""


def cut(text: str, width: int) -> str:
    """Return `text` filled up to `width` cells, or cut to them with a sign that it was."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, width - 1) + glyph("…", "~")


def _shown(text: str) -> str:
    """Return `text` as the output can show it, so that it takes the cells that it is given."""
    safe = visible(text)
    return safe.encode("ascii", "backslashreplace").decode() if out.options.ascii_only else safe


def _kept_within(line: Text, width: int) -> Iterator[Text]:
    """Yield a line, or the lines that a long sentence is broken into."""
    if not line.plain:
        yield line
        return
    for part in line.wrap(out, width, overflow="fold"):
        part.rstrip()
        yield part
