"""The reference page of capabilities: what the scoring methods ask for, and what shows it."""

from collections.abc import Iterator, Mapping

from docs.generators.markdown import code, codes, page, table
from tests.scenarios.language import Capability, read_capabilities, read_files

INTRODUCTION = """
What six scoring methods ask of a product, one sentence a line, and whether heatsync does it. Each
line is shown by cases that anybody can read: given contacts and events, then the scores, stages,
lists, tags and triggers that whole cycles make of them. They are run with every change of heatsync,
and a case that fails keeps the change out; so a line that `passes` is true of this very version.

`pytest tests/scenarios -k P17` runs one line. To add a case, copy one in its file.
"""

TITLES = {
    "plezi": "P. Points by content and buying phase",
    "webmecanik": "W. Points and triggers",
    "sendinblue": "S. An own scale and dynamic lists",
    "minderest": "M. One or many dimensions, looking back or ahead",
    "omnisense": "O. B2B and e-commerce",
}


def page_of_scenarios() -> str:
    """Return all capabilities by method, after those that wait."""
    capabilities = read_capabilities()
    waiting = {name: each for name, each in capabilities.items() if each.waits}
    rows = ((name, each.sentence, each.waits) for name, each in waiting.items())
    return page(
        "Scenarios",
        INTRODUCTION,
        f"{len(capabilities) - len(waiting)} of {len(capabilities)} pass, {len(waiting)} wait.",
        "## What waits",
        "Where a part is shown already, its cases are run as well; the line does not count as "
        "passed.",
        table(("Id", "Capability", "Shown, and what waits"), rows),
        *_methods(),
    )


def _methods() -> Iterator[str]:
    written = dict(read_files())
    for name, title in TITLES.items():
        yield f"## {title}"
        yield f"Cases: {code(f'tests/scenarios/cases/{name}.yaml')}."
        yield table(("Id", "Capability", "State", "On", "Shown"), _rows(written[f"{name}.yaml"]))


def _rows(capabilities: Mapping[str, Capability]) -> Iterator[tuple[str, str, str, str, str]]:
    for name, capability in capabilities.items():
        shown = "; ".join(case.shows for case in capability.cases)
        yield name, capability.sentence, state(capability), _models(capability), shown


def state(capability: Capability) -> str:
    """Return whether a capability passes, is shown in part, or waits altogether."""
    if capability.waits is None:
        return "passes"
    return "waits, shown in part" if capability.cases else "waits"


def _models(capability: Capability) -> str:
    """Return the presets that the cases run on."""
    presets = [each for case in capability.cases for each in (case.preset, case.beside) if each]
    own = ["a mapping of its own"] if any(case.mapping for case in capability.cases) else []
    return ", ".join(filter(None, [codes(dict.fromkeys(presets)), *own]))
