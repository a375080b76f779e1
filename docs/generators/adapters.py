"""The reference page of adapters: what each can do, and what its entry may say."""

from collections.abc import Iterable, Iterator, Mapping

from adapters.registry import all_adapters, capability_row
from connector.config.settings import variable
from connector.ports.adapter import Adapter
from connector.ports.platform import Capabilities
from docs.generators.markdown import attribute_sentences, code, codes, page, table
from docs.generators.schema import sections

INTRODUCTION = """
What each adapter that ships with heatsync can do. `heatsync adapters` prints the same table with
the adapters of other packages that are installed. Whatever an adapter does not declare is refused
when the mapping is read, before any request.
"""


def page_of_adapters() -> str:
    """Return the table of capabilities, and the keys of each adapter's entries."""
    shipped = list(shipped_adapters().values())
    header = ("", *(code(adapter.name) for adapter in shipped))
    rows = zip(*(_column(adapter) for adapter in shipped), strict=True)
    facts = ("Platform", "Status", "Reads", "Writes", "Types of event", "Actions", "Types of field")
    sizes = ("Contacts in an attribute write", "Contacts in a list write", "Actions in a request")
    return page(
        "Adapters",
        INTRODUCTION,
        "## What each can do",
        table(header, ((fact, *row) for fact, row in zip((*facts, *sizes), rows, strict=True))),
        *_entries(shipped),
        "## What an adapter declares",
        table(("Capability", "Means"), _capabilities()),
    )


def shipped_adapters() -> Mapping[str, Adapter]:
    """Return the adapters of this project by name, without those of other packages."""
    return {
        name: adapter
        for name, adapter in sorted(all_adapters().items())
        if adapter.config.__module__.startswith("adapters.")
    }


def _column(adapter: Adapter) -> tuple[str, ...]:
    row = capability_row(adapter)
    return (
        row.title,
        row.status,
        codes(row.reads),
        codes(row.writes),
        row.events,
        codes(row.actions),
        codes(row.types),
        f"{row.attribute_batch:,}",
        f"{row.list_batch:,}",
        f"{row.action_batch:,}",
    )


def _entries(adapters: Iterable[Adapter]) -> Iterator[str]:
    """Yield the keys of each adapter's entries and its secrets; then what the keys lead to."""
    further: dict[str, None] = {}
    for adapter in adapters:
        keys, *below = sections(adapter.config.model_json_schema(), "platforms.<name>")
        further |= dict.fromkeys(below)
        yield f"## An entry with `adapter: {adapter.name}` {{ #{adapter.name} }}"
        yield keys
        if secrets := [variable("platforms", "<name>", name) for name in adapter.config.secrets]:
            yield f"Secrets, from the environment: {codes(secrets)}."
    yield from further


def _capabilities() -> Iterator[tuple[str, str]]:
    sentences = attribute_sentences(Capabilities)
    for name in Capabilities.__dataclass_fields__:
        yield code(name), sentences.get(name, "The parts of the contract that it offers.")
