"""The reference page of errors and exit codes."""

from collections.abc import Iterator
from datetime import UTC, datetime

from connector import errors
from connector.errors import ConnectorError, PlatformError, Recovery
from connector.sync.summary import Summary
from docs.generators.markdown import attribute_sentences, code, first_sentence, page, table

INTRODUCTION = """
Every error that heatsync raises on purpose has a class that says what happened and a recovery
that says what is done about it. A command ends with the exit code of the error that stopped it.
An item that a platform turns down stops nothing. Where it turns down all that is asked for, such
as every page of its events, the command goes on with the rest, and ends with 69.
"""


def page_of_errors() -> str:
    """Return the tree, what each class means, and what is done."""
    return page(
        "Errors and exit codes",
        INTRODUCTION,
        f"```text\n{_tree()}\n```",
        "## What each one means",
        table(("Error", "Means", "Recovery", "Exit code"), _rows()),
        "## What is done about it",
        table(("Recovery", "What happens"), _recoveries()),
    )


def _tree() -> str:
    """Return the tree that the module draws."""
    return (errors.__doc__ or "").split("\n\n", 1)[1].strip("\n")


def _rows() -> Iterator[tuple[str, ...]]:
    for cls in _family(ConnectorError):
        yield code(cls.__name__), first_sentence(cls), cls.recovery.value, _exit_code(cls)


def _exit_code(cls: type[ConnectorError]) -> str:
    """Return the code of an error, and that of a run in which it is all that a platform answers."""
    if not issubclass(cls, PlatformError):
        return str(cls.exit_code)
    run = Summary(at=datetime(2026, 1, 1, tzinfo=UTC))
    run.failed("crm", [cls(platform="crm", operation="read events")])
    if run.exit_code == cls.exit_code:
        return str(cls.exit_code)
    return f"{cls.exit_code}; {run.exit_code} where it is all that is answered"


def _family(cls: type[ConnectorError]) -> Iterator[type[ConnectorError]]:
    """Yield a class and all below it that the module defines, in the order of the tree."""
    yield cls
    for child in cls.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from _family(child)


def _recoveries() -> Iterator[tuple[str, str]]:
    sentences = attribute_sentences(Recovery)
    for recovery in Recovery:
        yield recovery.value, sentences[recovery.name]
