"""What the configuration says about an account of Brevo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from adapters.addresses import account_url
from connector.ports.adapter import PlatformConfig

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

URL = "https://api.brevo.com/v3"
_PAGE = "https://app.brevo.com/contact/index/{id}"

PlanName = Literal["general", "advanced", "extended"]
"""The rate limits of an account: those of most, of Professional and Enterprise, of the add-on."""


class BrevoConfig(PlatformConfig):
    """An entry `{adapter: brevo}` under `platforms`."""

    secrets: ClassVar[tuple[str, ...]] = ("api_key", "webhook_token", "webhook_token_before")

    url: Annotated[str, AfterValidator(account_url)] = Field(
        default=URL, description="Where the account is reached; only tests and proxies differ."
    )
    plan: PlanName = Field(
        default="general",
        description="The rate limits of the account: `general`, `advanced` (Professional and "
        "Enterprise) or `extended` (the add-on of Enterprise).",
    )
    marketing_poll: bool = Field(
        default=True,
        description="Whether contacts are asked one by one what campaigns did to them. With a "
        "webhook for marketing e-mails this may be `false`: it tells more, and at once.",
    )

    def usual_link(self) -> str | None:
        """Return where Brevo shows a contact; behind a proxy nobody knows who answers."""
        return _PAGE if self.url == URL else None

    def missing_secrets(self, given: Collection[str]) -> Sequence[str]:
        """Return the key when it is missing; without a token only webhooks are not believed."""
        return [name for name in ("api_key",) if name not in given]
