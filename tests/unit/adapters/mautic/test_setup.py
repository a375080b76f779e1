"""What an entry of the configuration needs, and what of it is a secret."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from adapters.mautic.adapter import ADAPTER
from adapters.mautic.config import MauticConfig


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ((), ["client_id", "client_secret"]),
        (("client_id",), ["client_secret"]),
        (("username",), ["password"]),
        (("username", "client_id"), ["client_secret"]),
        (("username", "password"), []),
        (("client_id", "client_secret"), []),
    ],
)
def test_a_client_or_a_user_is_needed(given: tuple[str, ...], missing: list[str]) -> None:
    config = MauticConfig(adapter="mautic", url="https://mautic.example.com")

    assert config.missing_secrets(given) == missing


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https://mautic.example.com", "https://mautic.example.com"),
        ("https://mautic.example.com/", "https://mautic.example.com"),
        ("https://mautic.example.com/api", "https://mautic.example.com"),
        ("https://www.example.com/mautic/api/", "https://www.example.com/mautic"),
        ("https://mautic.example.com/s/dashboard", "https://mautic.example.com"),
        ("https://mautic.example.com/s/contacts/view/7", "https://mautic.example.com"),
        ("https://www.example.com/s/mautic", "https://www.example.com/s/mautic"),
        ("http://localhost:8080", "http://localhost:8080"),
    ],
)
def test_the_address_is_that_of_the_instance(written: str, url: str) -> None:
    assert MauticConfig(adapter="mautic", url=written).url == url


@pytest.mark.parametrize(
    "url", ["", "mautic.example.com", "http://mautic.example.com", "https://me:you@example.com"]
)
def test_an_address_that_would_give_the_key_away_is_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        MauticConfig(adapter="mautic", url=url)


def test_the_limit_is_that_of_the_entry() -> None:
    limited = MauticConfig(adapter="mautic", url="https://m.example.com", calls_per_hour=500)

    assert [each.limit for each in ADAPTER.buckets(limited)] == [500]
