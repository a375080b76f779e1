"""The reference page of commands."""

import inspect
from collections.abc import Iterator

from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

from connector.cli.app import app
from docs.generators.markdown import code, page, table

INTRODUCTION = """
`heatsync COMMAND --help` says the same in the terminal; `python -m connector` is the same command.
For exit codes see [errors](errors.md), for variables [settings](settings.md).
"""


def page_of_commands() -> str:
    """Return every command with its arguments and options."""
    return page("Commands", INTRODUCTION, *_sections("heatsync", get_command(app)))


def _sections(name: str, command: object) -> Iterator[str]:
    """Yield the section of a command, then of those below it."""
    if isinstance(command, TyperGroup):
        yield from _section(name, command)
        for below in sorted(command.commands):
            yield from _sections(f"{name} {below}", command.commands[below])
    elif isinstance(command, TyperCommand):
        yield from _section(name, command)


def _section(name: str, command: TyperCommand | TyperGroup) -> Iterator[str]:
    if command.hidden:
        return
    yield f"## {name}"
    said, _, examples = inspect.cleandoc(command.help or "").partition("Examples:")
    yield said
    if lines := [f"$ {line.strip()}" for line in examples.splitlines() if line.strip()]:
        yield "\n".join(["```console", *lines, "```"])
    if rows := [row for parameter in command.params for row in _row(parameter)]:
        yield table(("Argument or option", "Meaning"), rows)


def _row(parameter: object) -> Iterator[tuple[str, str]]:
    match parameter:
        case TyperArgument():
            yield code((parameter.metavar or parameter.name or "").upper()), parameter.help or ""
        case TyperOption() if "--help" not in parameter.opts and not parameter.hidden:
            written = ", ".join([*parameter.opts, *parameter.secondary_opts])
            value = (
                "" if parameter.is_flag else f" {parameter.metavar or str(parameter.name).upper()}"
            )
            yield code(f"{written}{value}"), parameter.help or ""
