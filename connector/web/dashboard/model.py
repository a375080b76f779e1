"""The page of the model: what each rule gives and to how many, advice, and versions."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from connector.errors import NotFound
from connector.sync.looking.modelling import edited, model_at_work
from connector.sync.looking.rule_words import kind_of
from connector.web.dashboard import paths
from connector.web.dashboard.drawing import box, card, link, table, text
from connector.web.dashboard.frame import Visit, at, page
from connector.web.dashboard.language import NOTHING, marked
from connector.web.dashboard.wording import RuleWords, points_of, value_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.errors import Problem
    from connector.scoring.model import Dimension
    from connector.sync.deciding.versions import ModelChange
    from connector.sync.looking.modelling import Edited, ModelAtWork, RuleAtWork, VersionAtWork

SHOWN = 12
"""So many versions are listed at first, and so many changes of one."""
_ALL = "all"
_LONGEST = 48
"""Characters of SQL that tells points."""
_KINDS: Mapping[str, str] = {
    "event": marked("event"),
    "sequence": marked("sequence"),
    "count": marked("count"),
    "inactive": marked("silence"),
    "when": marked("condition"),
}


@page(paths.MODEL)
async def show(visit: Visit) -> None:
    """Draw the page."""
    found = await model_at_work(visit.workspace)
    query = visit.request.query_params
    _draw_top(visit, found)
    if not found.rules:
        with box("div", "empty"):
            text("p", visit.language.text("No rule is defined yet."), "strong")
            text("p", visit.language.text("What the mappings folder defines appears here."))
    by_dimension: defaultdict[str, list[RuleAtWork]] = defaultdict(list)
    for each in found.rules:
        by_dimension[each.rule.dimension].append(each)
    dimensions = visit.workspace.configuration.model.dimensions
    for name, rules in by_dimension.items():
        _draw_dimension(visit, dimensions[name], rules)
    _draw_advice(visit, found)
    chosen = query.get("version", "")
    await _draw_versions(visit, found, chosen, is_whole=query.get("show") == _ALL)


def _draw_top(visit: Visit, found: ModelAtWork) -> None:
    say, language = visit.language.text, visit.language
    present = next((each for each in found.versions if each.version.digest == found.digest), None)
    with box("div", "bar model-top"):
        if present is None:
            told = say("This model has decided nothing yet.")
        else:
            since = language.moment(present.version.since, visit.desk.clock.now())
            told = language.plural(
                "Version {version}, since {time}. {number} contact is decided by it.",
                "Version {version}, since {time}. {number} contacts are decided by it.",
                present.persons,
                version=present.version.number,
                time=since,
            )
        text("p", told, "sub")
        link(say("Try a draft"), paths.SIMULATE, "button primary")
    earlier = sum(each.persons for each in found.versions if each is not present)
    if earlier:
        with box("div", "notice fair", role="status"):
            told = language.plural(
                "{number} contact is still decided by an earlier version: it is not in the figures "
                "below.",
                "{number} contacts are still decided by earlier versions: they are not in the "
                "figures below.",
                earlier,
            )
            text("strong", told)


def _draw_dimension(visit: Visit, dimension: Dimension, rules: Sequence[RuleAtWork]) -> None:
    say = visit.language.text
    head = [
        (say("Rule"), "rule"),
        (say("Each time"), "num"),
        (say("Contacts"), "num"),
        (say("Points given"), "num"),
        (say("Share"), "share"),
        (say("Cooling and limits"), "limits"),
    ]
    titles = [title for title, _ in head]
    with card(dimension.name, "dimension"):
        if bounds := _bounds(visit, dimension):
            text("p", bounds, "sub")
        with table(say("Rules of {dimension}", dimension=dimension.name), head, "stacked rules"):
            for each in rules:
                _draw_rule(visit, each, titles)


def _bounds(visit: Visit, dimension: Dimension) -> str:
    """Return between which points a dimension stays; nothing where it is free."""
    say, language = visit.language.text, visit.language
    told = []
    if dimension.floor is not None:
        told.append(say("at least {points}", points=language.number(dimension.floor)))
    if dimension.cap is not None:
        told.append(say("at most {points}", points=language.number(dimension.cap)))
    return say("{bounds} points", bounds=", ".join(told)) if told else ""


def _draw_rule(visit: Visit, each: RuleAtWork, titles: Sequence[str]) -> None:
    language, words = visit.language, RuleWords(visit.language)
    with box("tr", "" if each.persons else "idle"):
        with box("th", "rule", scope="row"):
            with box("span", "line"):
                text("span", each.name, "code strong")
                text("span", language.text(_KINDS[kind_of(each.rule)]), "sub kind")
            text("span", each.purpose(words), "line sub")
            if isinstance(each.each, str):
                sql = each.each if len(each.each) <= _LONGEST else f"{each.each[:_LONGEST]}…"
                text("span", sql, "line code")
        with box("td", "num", data_title=titles[1]):
            if isinstance(each.each, str):
                text("span", language.text("by formula"), "sub")
            else:
                text("span", points_of(language, each.each))
        with box("td", "num", data_title=titles[2]):
            if each.persons:
                text("span", language.number(each.persons))
            else:
                text("span", language.text("reaches nobody"), "state waiting")
        given = points_of(language, each.points) if each.persons else NOTHING
        text("td", given, "num", data_title=titles[3])
        with box("td", "share", data_title=titles[4]), box("div", "share-in"):
            text("span", language.share(each.share) if each.persons else NOTHING)
            with box("span", "track", aria_hidden="true"):
                kind = "bar-fill" if each.points >= 0 else "bar-fill taken"
                box("div", kind).style(f"width: {100 * each.share:.1f}%")
        with box("td", "limits sub", data_title=titles[5]), box("span"):
            for limit in each.limits(words):
                text("span", limit, "line")


def _draw_advice(visit: Visit, found: ModelAtWork) -> None:
    say = visit.language.text
    with card(say("Worth a look"), "advice"):
        if not found.advice:
            text("p", say("Nothing in the mapping files is odd."), "sub")
        with box("ul", "remarks"):
            for each in found.advice:
                with box("li"):
                    draw_problem(each)
        if found.counted_at is not None:
            now = visit.desk.clock.now()
            counted = visit.language.moment(datetime.fromisoformat(found.counted_at), now)
            text("p", say("Which events there are was counted at {time}.", time=counted), "sub")


def draw_problem(problem: Problem) -> None:
    """Draw where a problem stands, what it is, and what may mend it."""
    if problem.file is not None:
        where = PurePosixPath(problem.file).name
        line = "" if problem.line is None else f":{problem.line}"
        text("span", f"{where}{line}", "code place")
    with box("span", "remark"):
        if problem.path:
            text("span", problem.path, "code")
        text("span", problem.message)
        if problem.hint:
            text("span", problem.hint, "line sub")


async def _draw_versions(visit: Visit, found: ModelAtWork, chosen: str, *, is_whole: bool) -> None:
    say = visit.language.text
    if not found.versions:
        return
    latest_first = [*reversed(found.versions)]
    listed = latest_first if is_whole else latest_first[:SHOWN]
    head = [
        (say("Version"), ""),
        (say("Since"), "when"),
        (say("Contacts"), "num"),
        (say("Digest"), "digest"),
        (say("Changes"), "acts"),
    ]
    with card(say("Versions"), "versions"):
        with table(say("Versions"), head, "stacked"):
            for each in listed:
                _draw_version(visit, each, head, is_present=each.version.digest == found.digest)
        if len(listed) < len(latest_first):
            with box("p", "foot"):
                link(say("Show all versions"), at(paths.MODEL, show=_ALL))
        if len(latest_first) > 1:
            await _draw_chosen(visit, chosen or str(latest_first[0].version.number))


def _draw_version(
    visit: Visit, each: VersionAtWork, head: Sequence[tuple[str, str]], *, is_present: bool
) -> None:
    say, language, version = visit.language.text, visit.language, each.version
    with box("tr"):
        with box("th", "", scope="row"):
            text("span", str(version.number))
            if is_present:
                text("span", say("in force"), "state done now")
        text("td", language.time(version.since), "when", data_title=head[1][0])
        text("td", language.number(each.persons), "num", data_title=head[2][0])
        text("td", version.short, "code digest", data_title=head[3][0])
        with box("td", "acts", data_title=head[4][0]):
            if version.number > 1:
                label = say("What version {version} changed", version=version.number)
                target = f"{at(paths.MODEL, version=version.number)}#changes"
                link(say("What changed"), target, aria_label=label)


async def _draw_chosen(visit: Visit, chosen: str) -> None:
    try:
        draw_edited(visit, await edited(visit.workspace, chosen))
    except NotFound:
        text("p", visit.language.text("There is no such version, or none before it."), "sub")


def draw_edited(visit: Visit, found: Edited) -> None:
    """Draw what became another from one version to the next."""
    say = visit.language.text
    before, after = found.before.number, found.after.number
    title = say("From version {before} to {after}", before=before, after=after)
    text("h3", title, id="changes")
    draw_changes(visit, title, found.changes)


def draw_changes(visit: Visit, title: str, changes: Sequence[ModelChange]) -> None:
    """Draw each place that is another, with its old and new value."""
    say, language = visit.language.text, visit.language
    if not changes:
        text("p", say("Nothing differs."), "sub")
        return
    head = [(say("Place"), ""), (say("Before"), ""), (say("After"), "")]
    with table(title, head, "stacked changes"):
        for each in changes[:SHOWN]:
            with box("tr"):
                text("th", each.path, "code", scope="row")
                text("td", value_of(language, each.before), "sub", data_title=head[1][0])
                text("td", value_of(language, each.after), "", data_title=head[2][0])
    if (rest := len(changes) - SHOWN) > 0:
        text("p", language.plural("and {number} more", "and {number} more", rest), "sub")
