"""A commented `.env` to start from, made from the settings themselves."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from pydantic import SecretStr

from connector.config.settings import Settings, variable

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = """\
# Settings of heatsync. Copy this file to .env, which stays out of version control, and set what
# you need: a line without # counts. Variables of the environment win over it.
"""

_NESTED = {
    "platforms": (("platforms", "mail", "api_key"),),
    "notify": (("notify", "sales"),),
    "webhooks": (("webhooks", "sales_hook", "url"), ("webhooks", "sales_hook", "secret")),
}
"""How variables are called that have names of your own in them."""


def env_example() -> str:
    """Return the text of `.env.example`: every setting, what it is for, and its default."""
    return "\n".join([_HEAD, *_settings()])


def _settings() -> Iterator[str]:
    for name, field in Settings.model_fields.items():
        yield textwrap.fill(
            field.description or "", 98, initial_indent="# ", subsequent_indent="# "
        )
        for path in _NESTED.get(name, ((name,),)):
            yield f"# {variable(*path)}={_shown(field.default) if name not in _NESTED else ''}"
        yield ""


def _shown(default: object) -> str:
    if isinstance(default, SecretStr):
        return default.get_secret_value()
    return "" if default is None else str(default)
