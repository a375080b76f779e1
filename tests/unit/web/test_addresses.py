"""From where a request comes, whatever it says of itself."""

from __future__ import annotations

from typing import Any

import pytest

from connector.web.addresses import (
    Proxies,
    is_loopback,
    names_this_machine,
    neighbourhood,
)

PROXIES = Proxies.read("127.0.0.1, ::1, 10.0.0.0/8")


def _scope(peer: str | None, *told: str) -> dict[str, Any]:
    headers = [(b"x-forwarded-for", each.encode("latin-1")) for each in told]
    return {"client": (peer, 1) if peer else None, "headers": headers}


@pytest.mark.parametrize(
    ("peer", "told", "caller"),
    [
        ("203.0.113.1", (), "203.0.113.1"),
        ("203.0.113.1", ("198.51.100.9",), "203.0.113.1"),
        ("10.1.2.3", (), "10.1.2.3"),
        ("10.1.2.3", ("198.51.100.9",), "198.51.100.9"),
        ("10.1.2.3", ("1.2.3.4, 198.51.100.9",), "198.51.100.9"),
        ("10.1.2.3", ("198.51.100.9, 10.9.9.9",), "198.51.100.9"),
        ("10.1.2.3", ("1.2.3.4", "198.51.100.9"), "198.51.100.9"),
        ("10.1.2.3", ("10.0.0.1",), "10.0.0.1"),
        ("10.1.2.3", ("nonsense",), "10.1.2.3"),
        ("10.1.2.3", ("1.2.3.4, nonsense",), "10.1.2.3"),
        ("10.1.2.3", ("\xff" * 500,), "10.1.2.3"),
        ("::ffff:10.1.2.3", ("2001:db8::1",), "2001:db8::1"),
        (None, ("198.51.100.9",), "unknown"),
    ],
)
def test_only_a_proxy_of_ours_is_believed(
    peer: str | None, told: tuple[str, ...], caller: str
) -> None:
    assert PROXIES.caller(_scope(peer, *told)) == caller


@pytest.mark.parametrize(
    ("address", "is_here"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("10.0.0.1", False),
        ("localhost", False),
        ("", False),
    ],
)
def test_loopback_is_of_this_machine_alone(address: str, is_here: bool) -> None:
    assert is_loopback(address) is is_here


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        ("localhost", True),
        ("LocalHost:8080", True),
        ("heat.localhost:8080", True),
        ("127.0.0.1:8080", True),
        ("[::1]:8080", True),
        ("", False),
        ("notlocalhost", False),
        ("localhost.example.com", False),
        ("127.0.0.1.example.com", False),
        ("[::1", True),
        ("[2001:db8::1]", False),
    ],
)
def test_a_host_is_a_name_of_this_machine_or_it_is_not(host: str, is_here: bool) -> None:
    assert names_this_machine(host) is is_here


def test_whoever_has_one_address_of_ipv6_has_its_whole_network() -> None:
    assert neighbourhood("2001:db8::1") == neighbourhood("2001:db8::ffff:1")
    assert neighbourhood("2001:db8::1") != neighbourhood("2001:db8:0:1::1")
    assert neighbourhood("203.0.113.1") == "203.0.113.1"
    assert neighbourhood("::ffff:203.0.113.1") == neighbourhood("::ffff:203.0.113.1")
