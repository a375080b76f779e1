"""Where a platform shows a contact to people."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from adapters.brevo.config import BrevoConfig
from adapters.hubspot.config import HubspotConfig
from adapters.mautic.config import MauticConfig
from adapters.memory.config import MemoryConfig
from connector.ports.adapter import PlatformConfig


@pytest.mark.parametrize(
    ("config", "page"),
    [
        (BrevoConfig(adapter="brevo"), "https://app.brevo.com/contact/index/12"),
        (BrevoConfig(adapter="brevo", url="https://proxy.example.com/v3"), None),
        (HubspotConfig(adapter="hubspot"), None),
        (
            HubspotConfig(
                adapter="hubspot", link="https://app.hubspot.com/contacts/7/record/0-1/{id}"
            ),
            "https://app.hubspot.com/contacts/7/record/0-1/12",
        ),
        (
            MauticConfig(adapter="mautic", url="https://automation.example.com/mautic/"),
            "https://automation.example.com/mautic/s/contacts/view/12",
        ),
        (MemoryConfig(adapter="memory"), None),
        (
            BrevoConfig(adapter="brevo", link="https://crm.example.com/?q={id}#top"),
            "https://crm.example.com/?q=12#top",
        ),
    ],
    ids=["brevo", "a_proxy", "hubspot", "told", "mautic", "memory", "another_than_usual"],
)
def test_a_page_is_where_the_platform_or_the_entry_says(
    config: PlatformConfig, page: str | None
) -> None:
    assert config.page_of("12") == page


def test_an_id_stays_a_part_of_the_address() -> None:
    config = MemoryConfig(adapter="memory", link="https://crm.example.com/people/{id}")

    assert config.page_of('../"?x=é') == "https://crm.example.com/people/..%2F%22%3Fx%3D%C3%A9"


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert({id})",
        "crm.example.com/{id}",
        "https:///people/{id}",
        "https://crm.example.com/people",
        "https://{id}.example.com/people",
        "https://crm.example.com/{id}/{id}",
        "https://crm.example.com/{name}/{id}",
        'https://crm.example.com/"{id}',
        "https://crm.example.com/a b/{id}",
        "https://[crm/{id}",
    ],
)
def test_what_is_no_address_of_a_page_is_refused(link: str) -> None:
    with pytest.raises(ValidationError, match=r"address of a contact|Invalid IPv6"):
        MemoryConfig(adapter="memory", link=link)
