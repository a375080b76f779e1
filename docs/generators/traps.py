"""The reference page of what goes wrong with platforms elsewhere, and what shows that here not."""

from collections.abc import Sequence

from docs.generators.markdown import code, page, table
from tests.traps.reading import Trap, read_traps

INTRODUCTION = """
Where connectors to Brevo and HubSpot commonly lose data, time or trust, what heatsync does instead,
and the tests that show it. They are run with every change of heatsync. What a platform itself does,
in each detail, is told in the `QUIRKS.md` beside its adapter.
"""


def page_of_traps() -> str:
    """Return all traps, and below them the tests of each."""
    traps = read_traps()
    rows = ((number, each.trap, each.done) for number, each in enumerate(traps, 1))
    shown = (part for number, each in enumerate(traps, 1) for part in _shown(number, each))
    return page(
        "Traps",
        INTRODUCTION,
        table(("#", "What goes wrong elsewhere", "What is done here"), rows),
        "## What shows it",
        table(("#", "Test", "File"), shown),
    )


def _shown(number: int, trap: Trap) -> Sequence[tuple[int, str, str]]:
    return [
        (number, sentence(name), code(f"tests/{file}"))
        for file, names in trap.shown.items()
        for name in names
    ]


def sentence(name: str) -> str:
    """Return what the name of a test says."""
    if not name.startswith("test_"):
        return code(name)
    return name.removeprefix("test_").replace("_", " ").capitalize()
