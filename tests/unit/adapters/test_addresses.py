"""The address of an account: keys go there, so nobody between may read them."""

from __future__ import annotations

import pytest

from adapters.addresses import account_url


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://api.example.com/v3/", "https://api.example.com/v3"),
        (" https://api.example.com:8443 ", "https://api.example.com:8443"),
        ("http://127.0.0.1:8025/v3", "http://127.0.0.1:8025/v3"),
        ("http://localhost:8025", "http://localhost:8025"),
        ("http://[::1]:8025", "http://[::1]:8025"),
    ],
)
def test_an_address_is_taken_without_its_last_slash(text: str, url: str) -> None:
    assert account_url(text) == url


@pytest.mark.parametrize(
    "text",
    [
        "http://api.example.com",
        "http://127.0.0.1.example.com",
        "ftp://127.0.0.1",
        "api.example.com",
        "https://user:key@api.example.com",
        "https://api.example.com?key=5",
        "https://api.example.com/#top",
        "https://",
        "",
    ],
)
def test_any_other_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"write https|begins with https"):
        account_url(text)
