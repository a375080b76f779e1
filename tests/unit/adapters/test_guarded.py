"""Requests lead to public addresses alone, whatever a name says when it is asked again."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.guarded import GuardedTransport, is_public
from connector.errors import NotSetUp

PUBLIC, OTHER, PRIVATE = "93.184.216.34", "2606:4700::1111", "10.0.0.7"


class Names:
    """Answers questions for addresses, each time with the next of its answers."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        if not self.answers:
            raise OSError("no such name")
        return self.answers.pop(0)


class Network(httpx.AsyncBaseTransport):
    """Takes every request, but for those to addresses that are down."""

    def __init__(self, *down: str) -> None:
        self.down = down
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.url.host in self.down:
            raise httpx.ConnectError("down")
        return httpx.Response(307, headers={"location": "http://127.0.0.1/"})


async def get(url: str, names: Names, network: Network) -> httpx.Response:
    transport = GuardedTransport(platform="tool", resolve=names, inner=network)
    async with httpx.AsyncClient(transport=transport) as client:
        return await client.get(url)


async def test_the_address_that_was_looked_at_is_the_one_that_is_called() -> None:
    names, network = Names([PUBLIC], [PRIVATE]), Network()

    await get("https://tool.example.com:8443/in?x=1", names, network)

    (request,) = network.requests
    assert str(request.url) == f"https://{PUBLIC}:8443/in?x=1"
    assert request.headers["host"] == "tool.example.com:8443"
    assert request.extensions["sni_hostname"] == "tool.example.com"
    assert names.asked == [("tool.example.com", 8443)]


async def test_a_name_that_is_private_the_second_time_is_refused_then() -> None:
    names, network = Names([PUBLIC], [PRIVATE]), Network()
    await get("https://tool.example.com/", names, network)

    with pytest.raises(NotSetUp, match="not a public one"):
        await get("https://tool.example.com/", names, network)

    assert len(network.requests) == 1


@pytest.mark.parametrize("found", [[PRIVATE], [PUBLIC, PRIVATE], ["::1", OTHER]], ids=str)
async def test_one_private_address_among_others_is_enough_to_refuse(found: list[str]) -> None:
    network = Network()

    with pytest.raises(NotSetUp, match="HEATSYNC_ALLOW_PRIVATE_WEBHOOKS"):
        await get("https://tool.example.com/", Names(found), network)

    assert network.requests == []


async def test_the_next_address_is_tried_where_one_cannot_be_reached() -> None:
    network = Network(OTHER)

    answer = await get("https://tool.example.com/", Names([OTHER, PUBLIC]), network)

    assert answer.status_code == 307
    assert [each.url.host for each in network.requests] == [OTHER, PUBLIC]


async def test_where_none_can_be_reached_that_is_an_error_of_the_network() -> None:
    with pytest.raises(httpx.ConnectError):
        await get("https://tool.example.com/", Names([PUBLIC]), Network(PUBLIC))
    with pytest.raises(httpx.ConnectError):
        await get("https://nowhere.example.com/", Names(), Network())


async def test_what_anybody_can_read_along_is_not_sent() -> None:
    network = Network()

    with pytest.raises(NotSetUp, match="http://"):
        await get("http://tool.example.com/", Names([PUBLIC]), network)

    assert network.requests == []


@pytest.mark.parametrize(
    "spelling",
    ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "localhost", "[::1]", "[::]"],
)
async def test_odd_spellings_of_this_machine_are_refused(spelling: str) -> None:
    network = Network()
    transport = GuardedTransport(platform="tool", inner=network)

    async with httpx.AsyncClient(transport=transport) as client:
        with pytest.raises((NotSetUp, httpx.ConnectError, httpx.InvalidURL)):
            await client.get(f"https://{spelling}/")

    assert network.requests == []


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1"),  # noqa: S104 - looked at, not bound
        *("192.0.0.1", "192.168.1.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1"),
        *("::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::"),
        *("2001:db8::1", "nonsense", ""),
    ],
)
def test_addresses_that_are_not_public_are_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", [PUBLIC, OTHER, f"::ffff:{PUBLIC}", "64:ff9b::808:808", "2002:808:808::1"]
)
def test_addresses_that_are_public_are_known(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_is_as_public_however_it_is_wrapped(address: IPv4Address) -> None:
    wrapped = [IPv6Address(f"::ffff:{address}"), IPv6Address(f"64:ff9b::{address}")]

    assert {is_public(str(each)) for each in wrapped} == {is_public(str(address))}
