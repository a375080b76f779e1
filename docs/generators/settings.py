"""The reference page of settings."""

from collections.abc import Iterator

from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from connector.config.settings import Settings, variable
from docs.generators.markdown import code, page, table

INTRODUCTION = """
Settings of the process come from the environment and from a file `.env` in the folder where
heatsync runs. Secrets live here and nowhere else; one that is found in a mapping file is refused.
An option of a command wins over a variable, a variable over `.env`.
"""


def page_of_settings() -> str:
    """Return every variable with its default and meaning."""
    return page("Settings", INTRODUCTION, table(("Variable", "Default", "Meaning"), _rows()))


def _rows() -> Iterator[tuple[str, str, str]]:
    for name, field in Settings.model_fields.items():
        default = field.default
        if isinstance(default, SecretStr):
            default = default.get_secret_value()
        is_given = default is not None and default is not PydanticUndefined
        yield code(variable(name)), code(default) if is_given else "", field.description or ""
