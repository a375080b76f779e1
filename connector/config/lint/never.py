"""Conditions that are true for nobody, and words that are never there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.conditions.nodes import Column, Comparator, Comparison, In, Literal, walk
from connector.config.compile_targets import STAGE_SUFFIX
from connector.config.hints import closest, did_you_mean, one_of, shown
from connector.config.lint.conditions import conditions
from connector.config.lint.possible import ANY, Facts, may_be_true
from connector.config.lint.reach import facts_of_results
from connector.config.lint.subject import Remark
from connector.domain.events import CANONICAL_TYPES, CUSTOM
from connector.domain.written_events import HANDED_OVER

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from connector.conditions.expression import Expression
    from connector.conditions.nodes import Node
    from connector.config.lint.subject import Subject
    from connector.scoring.model import Model

_MESSAGE_KINDS = ("marketing", "transactional")
_MOST_NAMED = 12


def conditions_never_true(subject: Subject) -> Iterator[Remark]:
    """Find conditions that contradict themselves, or ask for more than rules can ever give."""
    results = facts_of_results(subject.model)
    for each in conditions(subject.model):
        facts = results if each.about == "contact" else Facts()
        expression = each.expression
        # Without a column it was switched off on purpose.
        if expression.names and not may_be_true(expression, facts):
            is_of_scores = not expression.names.isdisjoint(subject.model.scores)
            message = "rules never make this true" if is_of_scores else "this is never true"
            yield Remark(path=each.path, message=message, hint=_bounds(expression, facts))


def words_never_there(subject: Subject) -> Iterator[Remark]:
    """Find stages, grades, platforms and types compared with a word that they never are."""
    of_contacts = _words_of_results(subject.model)
    of_events = {
        "platform": [*(each.name for each in subject.configuration.platforms), HANDED_OVER],
        "message_kind": list(_MESSAGE_KINDS),
        "type": sorted(CANONICAL_TYPES),
    }
    for each in conditions(subject.model):
        words = of_contacts if each.about == "contact" else of_events
        for name, word in _compared(each.expression, words):
            if word not in words[name] and not (name == "type" and word.startswith(CUSTOM)):
                hint = did_you_mean(word, words[name]) or one_of(words[name][:_MOST_NAMED])
                yield Remark(path=each.path, message=f"`{name}` is never {shown(word)}", hint=hint)


def tags_never_set(subject: Subject) -> Iterator[Remark]:
    """Find phases and kinds that the catalogue does not set: nearly the same, or nobody does."""
    model = subject.model
    tags = {
        "phase": sorted({each.phase for each in model.content if each.phase}),
        "kind": sorted({each.kind for each in model.content if each.kind}),
    }
    # A platform of which nobody knows what it sends may send these too.
    is_open = any(
        each.adapter.capabilities.event_types is None for each in subject.configuration.platforms
    )
    for each in conditions(model):
        if each.about != "event":
            continue
        for name, word in _compared(each.expression, tags):
            is_like_one = closest(word, tags[name]) is not None
            if word not in tags[name] and (is_like_one or not is_open):
                message = f"no entry of `content` sets the {name} {shown(word)}"
                yield Remark(path=each.path, message=message, hint=did_you_mean(word, tags[name]))


def _words_of_results(model: Model) -> dict[str, list[str]]:
    """Return every word that each stage and grade may be."""
    words = {
        f"{name}{STAGE_SUFFIX}": [rung.name for rung in score.stages]
        for name, score in model.scores.items()
        if score.stages
    }
    for name, grade in model.grades.items():
        rows, columns = grade.rows.bands, grade.columns.bands
        words[name] = [row + column for row, _ in rows for column, _ in columns]
    return words


def _compared(expression: Expression, names: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield each of `names` with each text that it is compared with."""
    for node in walk(expression.node):
        for left, right in _pairs(node):
            if not isinstance(left, Column) or left.name not in names:
                continue
            if isinstance(right, Literal) and isinstance(right.value, str):
                yield left.name, right.value


def _pairs(node: Node) -> Iterator[tuple[Node, Node]]:
    match node:
        case Comparison(comparator=Comparator.EQUAL | Comparator.NOT_EQUAL):
            yield node.left, node.right
            yield node.right, node.left
        case In():
            for option in node.options:
                yield node.operand, option
        case _:
            return


def _bounds(expression: Expression, facts: Facts) -> str | None:
    """Return what is known of the numbers in `expression`."""
    names = sorted(expression.names & facts.spans.keys())
    told = [f"`{name}` is {facts.spans[name]}" for name in names if facts.spans[name] != ANY]
    return ", ".join(told) or None
