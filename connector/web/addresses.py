"""From where a request comes, proxies seen through, and by which name it asked for us."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from starlette.types import Scope

Address: TypeAlias = IPv4Address | IPv6Address

_LONGEST = 45
"""Characters of the longest way to write an address."""
_UNKNOWN = "unknown"
_PROTO = b"x-forwarded-proto"


@dataclass(frozen=True, slots=True)
class Proxies:
    """Those whose word is believed about who calls."""

    networks: tuple[IPv4Network | IPv6Network, ...]

    @classmethod
    def read(cls, text: str) -> Proxies:
        """Return the networks in `text`, which commas or blanks part; raises ValueError."""
        found = re.split(r"[,\s]+", text.strip(", \t"))
        return cls(tuple(ip_network(each) for each in found))

    def caller(self, scope: Scope) -> str:
        """Return the address that a request comes from; behind a proxy, the one it tells of.

        Of several the last counts that is none of our proxies: what stands before it may have
        been written by the caller.
        """
        peer = scope.get("client")
        address = str(peer[0]) if peer else _UNKNOWN
        if not self._is_ours(address):
            return address
        told = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        hops = b",".join(told).decode("latin-1").split(",") if told else ()
        for hop in reversed(hops):
            named = hop.strip()
            if _read(named) is None:
                return address
            address = named
            if not self._is_ours(address):
                break
        return address

    def scheme(self, scope: Scope) -> str:
        """Return by which scheme the caller asked; behind a proxy, the one it tells of."""
        told = next((value for name, value in scope["headers"] if name == _PROTO), b"")
        peer = scope.get("client")
        if told.strip().lower() == b"https" and peer and self._is_ours(str(peer[0])):
            return "https"
        return str(scope["scheme"])

    def _is_ours(self, text: str) -> bool:
        address = _read(text)
        return address is not None and any(address in each for each in self.networks)


def is_loopback(text: str) -> bool:
    """Return whether an address is of this machine alone."""
    address = _read(text)
    return address is not None and address.is_loopback


def names_this_machine(host: str) -> bool:
    """Return whether what a request calls its host is a name of this machine alone.

    A page elsewhere can have its own name resolved to 127.0.0.1, but it cannot change that name.
    """
    name = host.strip().lower()
    name = name[1:].partition("]")[0] if name.startswith("[") else name.partition(":")[0]
    return name == "localhost" or name.endswith(".localhost") or is_loopback(name)


@lru_cache(maxsize=1024)
def _read(text: str) -> Address | None:
    try:
        address = ip_address(text) if len(text) <= _LONGEST else None
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def neighbourhood(text: str) -> str:
    """Return what stands for an address when failures are counted.

    Whoever has one address of IPv6 has 2^64 of them.
    """
    address = _read(text)
    if isinstance(address, IPv6Address):
        return str(ip_network((int(address) >> 64 << 64, 64)))
    return text
