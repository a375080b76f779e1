"""The reference page of errors and exit codes."""

from collections.abc import Iterator

from connector import errors
from connector.errors import ConnectorError, Recovery
from docs.generators.markdown import attribute_sentences, code, first_sentence, page, table

INTRODUCTION = """
Every error that heatsync raises on purpose has a class that says what happened and a recovery
that says what is done about it. A command ends with the exit code of the error that stopped it.
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
        yield code(cls.__name__), first_sentence(cls), cls.recovery.value, str(cls.exit_code)


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
