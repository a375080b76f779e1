"""Spoilt calls of a tool that a configuration describes: refused, or problems."""

from __future__ import annotations

import hashlib
import hmac
from random import Random

from pydantic import SecretStr

from adapters.webhook.config import WebhookConfig
from adapters.webhook.parser import MOST_PROBLEMS, WebhookToolParser
from connector.errors import BadSignature, ConnectorError, TooOld
from connector.ports.webhook import WebhookRequest
from tests.builders import T
from tests.hostile.calls import garbage

CALLS = 3_000
SECRET = b"the secret of the tool"
CONFIG = WebhookConfig.model_validate(
    {
        "adapter": "webhook",
        "proof": "hmac",
        "hmac": {"header": "X-Proof", "timestamp": {"header": "X-Time"}},
        "receives": {
            "items": "@ || items",
            "key": '"message-id" || eventId',
            "contacts": {
                "id": "objectId || id",
                "email": "email",
                "modified_at": "ts",
                "opted_out": "starts_with(event, 'un')",
                "attributes": {"source": "changeSource", "ids": "mergedObjectIds"},
            },
            "events": {
                "when": "event || subscriptionType",
                "type": "event || subscriptionType",
                "contact": "email || to_string(objectId)",
                "occurred_at": "ts_epoch || occurredAt",
                "fields": {"url": "URL", "amount": "sum(list_id)", "all": "@"},
            },
            "lists": {"contact": "email", "list": "to_string(list_id[0])"},
            "removals": {"when": "event == 'contact_deleted'", "contact": "id"},
        },
    }
)


def parser() -> WebhookToolParser:
    assert CONFIG.receives is not None
    secrets = [SecretStr(SECRET.decode())]
    return WebhookToolParser(name="tool", config=CONFIG, receives=CONFIG.receives, secrets=secrets)


def a_call(body: bytes, stamp: str, proof: str) -> WebhookRequest:
    return WebhookRequest(
        method="POST",
        url="https://heat.example.com/webhooks/tool",
        headers={"x-proof": proof, "x-time": stamp},
        body=body,
        received_at=T,
    )


def proof_of(body: bytes, stamp: str) -> str:
    return hmac.new(SECRET, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def test_whatever_is_proved_is_read_or_clearly_refused() -> None:
    reader, chance, stamp = parser(), Random(11), T.isoformat()
    outcomes = {"read": 0, "refused": 0}
    for _ in range(CALLS):
        body = garbage(chance, chance.choice(("hubspot", "brevo")))
        call = a_call(body, stamp, proof_of(body, stamp))
        reader.verify(call)
        assert reader.delivery_ids(call)
        try:
            told = reader.parse(call)
        except ConnectorError:
            outcomes["refused"] += 1
            continue
        outcomes["read"] += 1
        assert len(told.problems) <= MOST_PROBLEMS
        assert all(each.occurred_at.utcoffset() is not None for each in told.events)

    assert min(outcomes.values()) > CALLS / 20


def test_whatever_is_not_proved_is_refused() -> None:
    reader, chance, stamp = parser(), Random(12), T.isoformat()
    stamps = (stamp, "", "0", "9" * 400, "é", "2026-01-15T10:00:00", "NaN", "\udcff")
    for _ in range(CALLS // 10):
        body = garbage(chance, "brevo")
        true = proof_of(body, stamp)
        proofs = (true[:-1], true.upper()[:9], "", "é", "\udcff", true + "0", "sha256=" + true)
        for call in (
            a_call(body, stamp, chance.choice(proofs)),
            a_call(body + b" ", stamp, true),
            a_call(body, chance.choice(stamps[1:]), true),
        ):
            try:
                reader.verify(call)
            except (BadSignature, TooOld):
                continue
            raise AssertionError(call)
