"""A way out that leads to public addresses only, whatever a name resolves to.

A name is resolved once for each request, everything it resolves to is looked at, and what was
looked at is what is connected to: nobody can answer one thing to the check and another to the
connection. How an address is spelled makes no difference, since it is the result that is judged.
"""

from __future__ import annotations

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

import httpx

from connector.errors import NothingSent

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from typing import TypeAlias

    Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]

ALLOW = "HEATSYNC_ALLOW_PRIVATE_WEBHOOKS=true allows it"
MOST_ADDRESSES = 4
"""Of one name that are tried, one after the other."""

_TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"))
"""IPv6 addresses that end in an IPv4 address which is reached in the end."""
_LOCALLY_TRANSLATED = IPv6Network("64:ff9b:1::/48")


async def resolved(host: str, port: int) -> Sequence[str]:
    """Return the addresses of `host`, as this machine resolves it; raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class GuardedTransport(httpx.AsyncBaseTransport):
    """Sends requests to public addresses alone, and encrypted alone."""

    def __init__(
        self,
        *,
        platform: str,
        resolve: Resolve = resolved,
        inner: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """`platform` is who is named in errors; `inner` takes the place of the network."""
        self._platform = platform
        self._resolve = resolve
        self._inner = inner or httpx.AsyncHTTPTransport()

    async def looked_at(self, url: httpx.URL) -> Sequence[str]:
        """Return the addresses behind `url`; raises NothingSent, or httpx.ConnectError for none."""
        if url.scheme != "https":
            raise self._refused("its address begins with http://, so that everybody can read along")
        return await self._addresses(url.raw_host.decode("ascii"), url.port or 443)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request`; raises NothingSent where it may not go, httpx.ConnectError as others."""
        addresses = await self.looked_at(request.url)
        host = request.url.raw_host.decode("ascii")
        failure: Exception = httpx.ConnectError("no address")
        for address in addresses[:MOST_ADDRESSES]:
            try:
                return await self._inner.handle_async_request(_to(request, host, address))
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
        raise failure

    async def aclose(self) -> None:
        """Let go of all connections."""
        await self._inner.aclose()

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        try:
            found = list(dict.fromkeys(await self._resolve(host.strip("[]"), port)))
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError("the name cannot be resolved") from error
        if not all(map(is_public, found)):
            raise self._refused("its address is not a public one")
        return found

    def _refused(self, reason: str) -> NothingSent:
        message = f"{self._platform}: {reason}: nothing is sent there ({ALLOW})"
        return NothingSent(message, platform=self._platform, operation="connect")


def is_public(text: str) -> bool:
    """Return whether `text` is an address that the public internet reaches, by whatever detour."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return all(_is_public(each) for each in (address, *_behind(address)))


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    """Return whether an address itself is, whatever it stands for."""
    is_odd = address.is_multicast or address.is_reserved or address.is_unspecified
    if isinstance(address, IPv6Address):
        # What it stands for decides; versions of Python do not agree on the rest.
        if any(address in network for network in _TRANSLATED) or address.sixtofour is not None:
            return True
        is_odd = is_odd or address.is_site_local or address in _LOCALLY_TRANSLATED
        is_odd = is_odd and address.ipv4_mapped is None
        return not is_odd and (address.is_global or address.ipv4_mapped is not None)
    return address.is_global and not is_odd


def _behind(address: IPv4Address | IPv6Address) -> Sequence[IPv4Address]:
    """Return the IPv4 addresses that an IPv6 address stands for."""
    if isinstance(address, IPv4Address):
        return ()
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if any(address in network for network in _TRANSLATED):
        found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [each for each in found if each is not None]


def _to(request: httpx.Request, host: str, address: str) -> httpx.Request:
    """Return `request` for one address; certificate and Host header stay those of the name."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": host.strip("[]")},
    )
