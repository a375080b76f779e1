"""What the configuration says about an instance of Mautic."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from adapters.addresses import account_url
from connector.ports.adapter import PlatformConfig

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

Zero = Literal["blank", "floor"]
"""How a number is written that Mautic takes for no number."""

_CLIENT = ("client_id", "client_secret")
_USER = ("username", "password")


_INSIDE = re.compile(r"/(?:api|s/(?:dashboard|login|contacts|config|credentials)(?:/.*)?)\Z")
"""Where people are who copy the address: behind Mautic's own."""


def _base(text: str) -> str:
    return _INSIDE.sub("", account_url(text))


class MauticConfig(PlatformConfig):
    """An entry `{adapter: mautic}` under `platforms`."""

    secrets: ClassVar[tuple[str, ...]] = (
        *_CLIENT,
        *_USER,
        "webhook_secret",
        "webhook_secret_before",
    )

    url: Annotated[str, AfterValidator(_base)] = Field(
        description="Where the instance is reached, as `https://automation.example.com`."
    )
    calls_per_hour: int | None = Field(
        default=None,
        ge=1,
        le=10**9,
        description="The rate limit of the API in Mautic's configuration, where one is set; what "
        "Mautic's answers say counts more.",
    )
    zero: Zero | None = Field(
        default=None,
        description="How a 0 is written, which Mautic's API drops: `floor` (so by default) writes "
        "a 1, `blank` empties the field.",
    )

    def usual_link(self) -> str | None:
        """Return where the instance shows a contact."""
        return f"{self.url}/s/contacts/view/{{id}}"

    def missing_secrets(self, given: Collection[str]) -> Sequence[str]:
        """Return what is missing of a client, or of a user; webhooks may do without a secret."""
        if not _is_begun(_CLIENT, given) and _is_begun(_USER, given):
            return [name for name in _USER if name not in given]
        return [name for name in _CLIENT if name not in given]


def _is_begun(names: Collection[str], given: Collection[str]) -> bool:
    return any(name in given for name in names)
