"""The mapping files as text to be changed, in a plain form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.config.folder import MAX_BYTES
from connector.web.dashboard import paths
from connector.web.dashboard.drawing import box, text
from connector.web.dashboard.simulate.taking import FIELD, USUAL_WEEKS, WEEKS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.sync.simulating.trials import Trial
    from connector.web.dashboard.frame import Visit


def draw_editor(
    visit: Visit, present: Mapping[str, str], texts: Mapping[str, str], trial: Trial | None
) -> None:
    """Draw the files of `texts`, those in force being `present`, to be asked as `trial` was."""
    say = visit.language.text
    first = _shown_first(present, texts)
    with box("form", "card draft", action=paths.SIMULATE, method="post") as form:
        form.props["enctype"] = "multipart/form-data"
        text("h2", say("The draft"))
        _draw_tools(visit, texts, first)
        for name, content in texts.items():
            _draw_file(visit, name, content, present.get(name), is_shown=name == first)
        _draw_refusal(visit)
        _draw_question(visit, trial)
    folder = str(visit.workspace.configuration.folder.absolute())
    told = say(
        "To put a draft in force, save its files in the mappings folder, {folder}: the daemon "
        "takes them up by itself.",
        folder=folder,
    )
    text("p", told, "sub")


def _shown_first(present: Mapping[str, str], texts: Mapping[str, str]) -> str:
    """Return one that is not as it is in force, else the one with the rules."""
    for name, content in texts.items():
        if present.get(name) != content:
            return name
    rules = (name for name, content in texts.items() if "\n  rules:" in f"\n{content}")
    return next(rules, next(iter(texts), ""))


def _draw_tools(visit: Visit, texts: Mapping[str, str], first: str) -> None:
    """Draw which file is shown, and what can be done with it."""
    say = visit.language.text
    with box("div", "bar tools"):
        if len(texts) == 1:
            text("span", first, "code")
        else:
            _draw_choice(visit, texts, first)
        with box("div", "acts"):
            with box("label", "button small open"):
                text("span", say("Open a file"))
                box("input", "unseen", type="file", accept=".yaml,.yml,text/yaml")
            text("button", say("Download"), "button small", type="button", data_save="yes")
            text("button", say("As in force"), "button small", type="button", data_reset="yes")


def _draw_choice(visit: Visit, texts: Mapping[str, str], first: str) -> None:
    with box("fieldset", "files"):
        text("legend", visit.language.text("File"), "unseen")
        for name in texts:
            with box("label", "tab"):
                chosen = {"checked": "checked"} if name == first else {}
                box("input", "", type="radio", name="shown", value=name, **chosen)
                text("span", name, "code")


def _draw_file(
    visit: Visit, name: str, content: str, in_force: str | None, *, is_shown: bool
) -> None:
    count = content.count("\n") + 1
    hidden = {} if is_shown else {"hidden": "hidden"}
    with (
        box("div", "file", data_file=name, **hidden),
        box("div", "editor"),
        box("div", "sheet"),
    ):
        numbers = "\n".join(str(line) for line in range(1, count + 1))
        with box("div", "gutter", aria_hidden="true"):
            text("pre", numbers, "lines")
            box("div", "marks")
        # What differs from what is in force is sent, also when nobody touches it again.
        known = {} if in_force == content else {"data_force": in_force or ""}
        label = visit.language.text("Text of {file}", file=name)
        more = {"spellcheck": "false", "autocapitalize": "off", "autocomplete": "off", **known}
        more |= {"name": f"{FIELD}{name}", "aria_label": label, "data_file": name, "wrap": "off"}
        text("textarea", content, "code", **more)


def _draw_refusal(visit: Visit) -> None:
    """Draw where it is said why a draft is not simulated, which the script does."""
    say = visit.language.text
    words = {
        "data_large": say(
            "A draft has at most {number} bytes.", number=visit.language.number(MAX_BYTES)
        ),
        "data_binary": say("{file} holds no text, and was left out.", file="{file}"),
        "data_other": say(
            "{file} stands in place of {place} now: “As in force” takes that back.",
            file="{file}",
            place="{place}",
        ),
        "data_ended": say(
            "Your session has ended. Log in in another tab, and simulate again: the draft stays."
        ),
        "data_away": say("The daemon does not answer. The draft stays: simulate again later."),
    }
    text("p", "", "said cause", role="alert", **words)


def _draw_question(visit: Visit, trial: Trial | None) -> None:
    say, language = visit.language.text, visit.language
    asked = USUAL_WEEKS if trial is None else trial.question.weeks
    with box("div", "bar question"):
        with box("label", "weeks"):
            text("span", say("Replay"))
            with box("select", "", name="weeks"):
                for weeks in WEEKS:
                    chosen = {"selected": "selected"} if weeks == asked else {}
                    told = (
                        language.plural("{number} week", "{number} weeks", weeks)
                        if weeks
                        else say("nothing: as of now")
                    )
                    text("option", told, value=str(weeks), **chosen)
        text("button", say("Simulate"), "button primary", type="submit")
