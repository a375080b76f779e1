"""How leads are looked for and chosen: a form, the stages, and what is chosen, to be taken off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.web.dashboard import paths
from connector.web.dashboard.drawing import box, link, text
from connector.web.dashboard.leads.wanted import LONGEST

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

    from nicegui.events import GenericEventArguments

    from connector.sync.looking.lead_filters import LeadFilters
    from connector.web.dashboard.frame import Visit
    from connector.web.dashboard.leads.asked import Asked

_TELL = "emit(Object.fromEntries(new FormData(event.target.form)))"
_AT_ONCE = f"(event) => {_TELL}"
_AFTER_A_PAUSE = f"""(event) => {{
    clearTimeout(event.target.pause);
    event.target.pause = setTimeout(() => {_TELL}, 300);
}}"""
"""Milliseconds without another letter, after which somebody wants to see what they typed."""


def draw_form(
    visit: Visit,
    asked: Asked,
    found: LeadFilters,
    changed: Callable[[Mapping[str, str]], Awaitable[None]],
) -> None:
    """Draw the form; `changed` is told all of its fields when one is, and Enter sends it."""
    say, wanted = visit.language.text, asked.wanted

    async def take(event: GenericEventArguments) -> None:
        if isinstance(event.args, dict):
            await changed({str(name): str(value) for name, value in event.args.items()})

    with box("form", "finder", action=paths.LEADS, method="get", role="search"):
        for name, value in _kept(asked):
            box("input", "", type="hidden", name=name, value=value)
        # The default alone is told: what somebody types meanwhile is not written over.
        box(
            "input",
            "field seek",
            type="search",
            name="search",
            defaultValue=wanted.search or "",
            placeholder=say("Address, name, company or id"),
            aria_label=say("Search leads"),
            maxlength=str(LONGEST),
            autocomplete="off",
            spellcheck="false",
        ).on("input", take, js_handler=_AFTER_A_PAUSE)
        if len(found.platforms) > 1:
            options = [(name, name) for name in found.platforms]
            everything = say("All platforms")
            chosen = wanted.platform
            _draw_choice("platform", say("Platform"), everything, options, chosen, take)
        lists = [_told(*each) for each in found.lists]
        if lists or wanted.in_list:
            options = [(name, name) for name in dict.fromkeys([*lists, wanted.in_list]) if name]
            _draw_choice("list", say("List"), say("All lists"), options, wanted.in_list, take)
        text("button", say("Search"), "button", type="submit")


def draw_stages(visit: Visit, asked: Asked, found: LeadFilters) -> None:
    """Draw the stages of the score; with how many stand in each, where nothing else is chosen."""
    if not found.stages:
        return
    say = visit.language.text
    with box("nav", "tabs", aria_label=say("Stages of {score}", score=found.score)):
        _draw_stage(visit, asked, None, found.persons)
        for stage, persons in reversed(list(found.stages.items())):
            _draw_stage(visit, asked, stage, persons)


def _draw_stage(visit: Visit, asked: Asked, stage: str | None, persons: int) -> None:
    current = {"aria_current": "true"} if stage == asked.wanted.stage else {}
    with box("a", "tab", href=asked.other(stage=stage).address(), **current):
        text("span", stage or visit.language.text("All"))
        if not asked.is_filtered:
            text("span", visit.language.number(persons), "count")


def draw_chosen(visit: Visit, asked: Asked) -> None:
    """Draw what narrows down who is shown, each to be taken off."""
    say = visit.language.text
    chosen = list(_chosen(visit, asked))
    if not chosen:
        return
    with box("nav", "chips chosen", aria_label=say("What is chosen")):
        for told, without in chosen:
            label = say("Remove: {name}", name=told)
            with box("a", "chip", href=without.address(), aria_label=label):
                text("span", told)
                text("span", "\N{MULTIPLICATION SIGN}", "cross", aria_hidden="true")
        if len(chosen) > 1:
            everything = asked.other(platform=None, in_list=None, search=None)
            link(say("Clear all"), everything.address(), "chip")


def _draw_choice(  # noqa: PLR0917 - a field of the form, as it is written there
    name: str,
    label: str,
    everything: str,
    options: Sequence[tuple[str, str]],
    chosen: str | None,
    take: Callable[[GenericEventArguments], Awaitable[None]],
) -> None:
    with box("select", "field", name=name, aria_label=label).on(
        "change", take, js_handler=_AT_ONCE
    ):
        for value, told in [("", everything), *options]:
            is_chosen = {"selected": "selected"} if value == (chosen or "") else {}
            text("option", told, "", value=value, **is_chosen)


def _kept(asked: Asked) -> Iterator[tuple[str, str]]:
    """Yield what the form keeps of what is asked, which it has no fields for."""
    wanted = asked.wanted
    yield "score", wanted.score or ""
    if wanted.stage:
        yield "stage", wanted.stage
    if wanted.is_ascending:
        yield "lowest_first", "true"


def _chosen(visit: Visit, asked: Asked) -> Iterator[tuple[str, Asked]]:
    """Yield each filter in words, and what is asked without it."""
    say, wanted = visit.language.text, asked.wanted
    if wanted.search:
        yield say("“{words}”", words=wanted.search), asked.other(search=None)
    if wanted.platform:
        yield say("On {name}", name=wanted.platform), asked.other(platform=None)
    if wanted.in_list:
        yield say("In {name}", name=wanted.in_list), asked.other(in_list=None)


def _told(platform: str, name: str) -> str:
    return f"{platform}:{name}"
