"""True calls of HubSpot and Brevo, and what becomes of them in bad hands."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from typing import Any, TypeAlias

from pydantic import SecretStr

from adapters.brevo.webhooks.parser import BrevoWebhookParser
from adapters.hubspot.webhooks.parser import HubspotWebhookParser
from adapters.hubspot.webhooks.signature import SIGNATURE, TIMESTAMP, sign
from connector.ports.webhook import WebhookRequest

SECRET = "the secret of the account"
HUBSPOT = HubspotWebhookParser("hubspot", (SecretStr(SECRET),))
BREVO = BrevoWebhookParser("brevo", (SecretStr(SECRET),))

Headers: TypeAlias = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A call as bytes."""

    platform: str
    method: str = "POST"
    path: bytes
    query: bytes = b""
    headers: Headers = ()
    body: bytes


def true_bodies(platform: str) -> Sequence[Any]:
    """Return what a platform tells, before it is written as JSON."""
    return _HUBSPOT if platform == "hubspot" else _BREVO


def proved(platform: str, body: bytes, at: datetime, query: bytes = b"") -> Sent:
    """Return a call of `body` that proves where it comes from."""
    path = f"/webhooks/{platform}".encode()
    headers: list[tuple[bytes, bytes]] = [
        (b"host", b"localhost"),
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    if platform == "brevo":
        headers.append((b"authorization", f"Bearer {SECRET}".encode()))
    else:
        timestamp = str(int(at.timestamp() * 1000))
        url = f"http://localhost{path.decode()}{'?' if query else ''}{query.decode('latin-1')}"
        request = WebhookRequest(method="POST", url=url, headers={}, body=body, received_at=at)
        headers += [
            (TIMESTAMP.encode(), timestamp.encode()),
            (SIGNATURE.encode(), sign(SECRET, request, timestamp)),
        ]
    return Sent(platform=platform, path=path, query=query, headers=headers, body=body)


def garbage(chance: Random, platform: str) -> bytes:
    """Return a body that is nearly one of the platform's, or nothing of the kind."""
    if chance.random() < 0.5:
        body = json.dumps(_damaged(chance, chance.choice(true_bodies(platform)))).encode()
    else:
        body = json.dumps(chance.choice(true_bodies(platform))).encode()
        for _ in range(chance.randint(1, 3)):
            body = chance.choice(_SPOILINGS)(chance, body)
    return body


def forged(chance: Random, true: Sent) -> Sent:
    """Return a call that looks like `true` and proves nothing."""
    return chance.choice(_FORGERIES)(chance, true)


def _damaged(chance: Random, value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return JSON with something else in one place."""
    if isinstance(value, dict) and value and chance.random() < 0.8:
        key = chance.choice(sorted(value))
        if chance.random() < 0.2:
            return {name: each for name, each in value.items() if name != key}
        return value | {key: _damaged(chance, value[key])}
    if isinstance(value, list) and value and chance.random() < 0.8:
        place = chance.randrange(len(value))
        return [*value[:place], _damaged(chance, value[place]), *value[place + 1 :]]
    return chance.choice(_ODD)


def _flip(chance: Random, body: bytes) -> bytes:
    place = chance.randrange(len(body)) if body else 0
    return body[:place] + bytes([chance.randrange(256)]) + body[place + 1 :]


def _cut(chance: Random, body: bytes) -> bytes:
    return body[: chance.randint(0, len(body))]


def _stuff(chance: Random, body: bytes) -> bytes:
    place = chance.randint(0, len(body))
    return body[:place] + chance.choice(_STUFFING) + body[place:]


def _many(chance: Random, body: bytes) -> bytes:
    return b"[" + b",".join([body[:300]] * chance.choice((2, 101, 1001))) + b"]"


def _deep(chance: Random, body: bytes) -> bytes:
    depth = chance.choice((10, 1_000, 100_000))
    return b"[" * depth + body + b"]" * chance.choice((depth, 0))


def _wide(chance: Random, _body: bytes) -> bytes:
    return json.dumps({f"k{n}": n for n in range(chance.choice((10, 5_000)))}).encode()


_SPOILINGS: Sequence[Callable[[Random, bytes], bytes]] = (_flip, _cut, _stuff, _many, _deep, _wide)
_STUFFING = (b"\x00", b"\xff\xfe", b'"\\ud800"', b"9" * 5_000, b"NaN", b"1e999", b"\n\n", b"{}")
_ODD: Sequence[Any] = (
    *(None, True, False, 0, -1, 2**63, 2**200, -(10**400), 1e308, 0.1, "", " ", "\x00", "\ud800"),
    *("0" * 10_000, "9" * 400, "1e999999999", "-0", "\u0661", "null", "..", "a@b", "@", "\r\n"),
    *([], {}, [[]], [{}], {"": ""}, [None] * 50, {"a": {"b": {"c": []}}}),
)


def _another_body(chance: Random, true: Sent) -> Sent:
    body = true.body
    while body == true.body:
        body = garbage(chance, true.platform)
    length = (b"content-length", str(len(body)).encode())
    kept = [each for each in true.headers if each[0] != b"content-length"]
    if true.platform == "brevo":
        # Its calls are not signed: whatever comes with the secret is its own.
        kept = [(name, _garbled(chance, value)) for name, value in kept]
    return replace(true, body=body, headers=[*kept, length])


def _another_header(chance: Random, true: Sent) -> Sent:
    names = _PROOFS[true.platform]
    kept = [each for each in true.headers if each[0] not in names]
    spoilt = [(name, _garbled(chance, each)) for name, each in true.headers if name in names]
    return replace(true, headers=[*kept, *spoilt])


def _no_proof(chance: Random, true: Sent) -> Sent:
    dropped = chance.choice(_PROOFS[true.platform])
    kept = [each for each in true.headers if each[0] != dropped]
    extra = [(bytes([chance.randrange(97, 123)]) * 9, chance.randbytes(20)) for _ in range(9)]
    return replace(true, headers=[*kept, *extra])


def _another_path(chance: Random, true: Sent) -> Sent:
    if true.platform == "brevo":
        return _no_proof(chance, true)
    query = b"%" + chance.choice((b"00", b"3F", b"2f..", b"C3%28", b"")) + b"=" + b"a" * 9
    return replace(true, query=query)


def _garbled(chance: Random, value: bytes) -> bytes:
    other = value
    while other.strip().lower() == value.strip().lower():
        other = chance.choice(
            (
                _flip(chance, value),
                value[: chance.randint(0, max(0, len(value) - 1))],
                value + chance.choice((b"0", b"=", b"\xff", b"\xd9\xa1")),
                chance.choice((b"", b"-1", b"0", b"9" * 20, b"NaN", b"1e9", b"Basic ====", b"B")),
                chance.randbytes(40),
            )
        )
    return other


_FORGERIES: Sequence[Callable[[Random, Sent], Sent]] = (
    *(_another_body, _another_header, _no_proof, _another_path),
)
_PROOFS: Mapping[str, Sequence[bytes]] = {
    "hubspot": (TIMESTAMP.encode(), SIGNATURE.encode()),
    "brevo": (b"authorization",),
}

_HUBSPOT: Sequence[Any] = (
    [
        {
            "eventId": 3181526809,
            "subscriptionId": 7,
            "portalId": 62515,
            "appId": 1160452,
            "occurredAt": 1768471200000,
            "subscriptionType": "contact.propertyChange",
            "attemptNumber": 0,
            "objectId": 123,
            "propertyName": "lifecyclestage",
            "propertyValue": "lead",
            "changeSource": "CRM_UI",
        }
    ],
    [
        {
            "eventId": 1,
            "portalId": 62515,
            "occurredAt": 1768471201000,
            "subscriptionType": "contact.merge",
            "objectId": 5,
            "primaryObjectId": 5,
            "mergedObjectIds": [6, 7],
            "newObjectId": 9,
        },
        {
            "eventId": 2,
            "portalId": 62515,
            "occurredAt": 1768471202000,
            "subscriptionType": "contact.privacyDeletion",
            "objectId": 8,
        },
        {
            "eventId": 3,
            "portalId": 62515,
            "occurredAt": 1768471203000,
            "subscriptionType": "object.creation",
            "objectTypeId": "0-1",
            "objectId": 10,
        },
    ],
)
_BREVO: Sequence[Any] = (
    {
        "event": "click",
        "email": "ada@example.com",
        "id": 26224,
        "date": "2026-01-15 11:00:00",
        "ts": 1768471200,
        "ts_event": 1768471200,
        "ts_epoch": 1768471200000,
        "message-id": "<1@smtp.example.com>",
        "camp_id": 7,
        "campaign name": "Spring",
        "URL": "https://example.com/?a=1",
        "tag": "",
        "sending_ip": "203.0.113.7",
    },
    [
        {
            "event": "list_addition",
            "email": "bob@example.com",
            "id": 1,
            "key": "k",
            "list_id": [3, 4],
            "ts": 1768471300,
        },
        {
            "event": "contact_deleted",
            "email": "eve@example.com",
            "id": 1,
            "ts": 1768471301,
        },
    ],
)
