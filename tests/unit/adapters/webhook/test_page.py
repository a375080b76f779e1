"""What the page on webhooks shows is so."""

from __future__ import annotations

import json
import re
from datetime import datetime, tzinfo
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import SecretStr

from adapters.registry import all_adapters
from adapters.webhook.adapter import connect
from adapters.webhook.messages import CONTACTS_UPDATED, Message, firing_of, together, update_of
from adapters.webhook.signing import sign
from connector.config.configuration import Configuration
from connector.config.files import Source
from connector.config.folder import Folder
from connector.config.loader import read_configuration
from connector.config.settings import Settings
from connector.domain.changes import Action, Addressee, AttributeChange, ListChange
from connector.domain.contacts import Reading
from connector.domain.values import FieldType, Written
from connector.ports.adapter import PlatformContext
from connector.ports.budget import Unlimited
from connector.ports.webhook import WebhookRequest
from tests.builders import T
from tests.fakes import FakeClock

PAGE = (Path(__file__).parents[4] / "docs" / "platforms" / "webhook.md").read_text("utf-8")
SCORES = """
model:
  rules: {opened: {event: email.opened, points: 10}}
  scores: {heat: {stages: [{name: cold, from: 0}, {name: hot, from: 20}]}}
"""
ANN = Addressee(remote_id="p_4kq2", email="ann@example.com")
OTHER = Addressee(remote_id="p_9xw1")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def read(entry: str) -> Configuration:
    scores = SCORES if "targets:" in entry else ""
    text = f"version: 1\n{entry}{scores}"
    source = Source(name="mappings/a.yaml", raw=text.encode())
    folder = Folder(path=Path("mappings"), sources=(source,))
    return read_configuration(folder, all_adapters(), Settings.model_construct(), offline=True)


def body(message: Message) -> Any:  # noqa: ANN401 - JSON
    return json.loads(message.body(T))


@pytest.mark.parametrize("entry", blocks("yaml"))
def test_every_entry_is_right(entry: str) -> None:
    assert [each.adapter.name for each in read(entry).platforms] == ["webhook"]


def test_the_call_is_read_as_the_entry_says() -> None:
    entry = read(blocks("yaml")[0]).platform("shop")
    context = PlatformContext(
        name="shop",
        config=entry.config,
        folder=Path(),
        clock=FakeClock(T),
        budget=Unlimited(),
        secrets={"webhook_secret": SecretStr("secret")},
        reading=Reading(fields={"country": FieldType.TEXT}),
    )
    parser = connect(context).webhook_parser
    assert parser is not None
    raw = blocks("json")[0].encode()

    told = parser.parse(WebhookRequest(method="POST", url="", headers={}, body=raw, received_at=T))

    (event,) = told.events
    assert (event.id, event.subject, event.type) == ("o-1", "ann@example.com", "order.placed")
    assert (event.occurred_at, event.fields) == (T, {"amount": 49.9, "currency": "EUR"})
    assert (told.contacts, told.removals, told.problems) == ((), (), ())


def test_an_update_looks_as_it_is_shown() -> None:
    change = AttributeChange(to=ANN, values={"score": Decimal(83)})

    assert body(update_of("tool", change)) == json.loads(blocks("json")[2])


def test_a_batch_looks_as_it_is_shown() -> None:
    changes = [ListChange(to=to, list_name="Hot leads", is_member=True) for to in (ANN, OTHER)]
    sent = body(together(CONTACTS_UPDATED, [update_of("tool", each) for each in changes]))
    shown = json.loads(blocks("json")[3])

    for one, other in zip(sent["data"], shown["data"], strict=True):
        assert re.fullmatch(r"upd_[0-9a-f]{32}", one.pop("id"))
        assert re.fullmatch(r"upd_[0-9a-f]{32}", other.pop("id"))
    assert sent == shown


def test_a_trigger_looks_as_it_is_shown() -> None:
    params: dict[str, Written] = {"heat": Decimal(83), "heat_stage": "hot"}
    action = Action(key="k", trigger="call_hot", kind="webhook", to=ANN, at=T, params=params)

    message = firing_of(action)

    assert body(message) == json.loads(blocks("json")[4])


def test_the_id_of_a_deed_is_its_own_and_has_no_full_stop() -> None:
    keys = ["call_hot:p_1:2026-01-15T10:00:00.5Z:0", "call_hot:p_1:2026-01-15T10:00:00.5Z:1"]

    first, second, again = (
        firing_of(Action(key=each, trigger="call_hot", kind="webhook", to=ANN, at=T)).id
        for each in (*keys, keys[0])
    )

    assert first == again != second
    assert re.fullmatch(r"trg_[0-9a-f]{32}", first)


def test_the_ids_of_messages_tell_what_they_tell() -> None:
    def sent(key: str, score: int, platform: str = "tool") -> str:
        change = AttributeChange(to=ANN, values={"score": Decimal(score)}, key=key)
        return update_of(platform, change).id

    assert sent("1", 10) == sent("1", 10)
    assert len({sent("1", 10), sent("2", 10), sent("1", 20), sent("1", 10, "other")}) == 4


class Frozen(datetime):
    """The clock of the library, which takes nobody else's."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Frozen:
        return cls.fromtimestamp(T.timestamp(), tz=tz)


class Unheard:
    """A server that hears nobody."""

    def __init__(self, address: tuple[str, int], handler: type) -> None:
        self.address, self.handler = address, handler

    def serve_forever(self) -> None:
        return


def test_the_receiver_of_the_page_proves_a_call(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("standardwebhooks.webhooks.datetime", Frozen)
    monkeypatch.setattr("http.server.HTTPServer", Unheard)
    old, new = SecretStr("old"), SecretStr("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    monkeypatch.setenv("SECRET", new.get_secret_value())
    headers = {
        "content-length": "2",
        "webhook-id": "upd_1",
        "webhook-timestamp": str(int(T.timestamp())),
        "webhook-signature": sign([old, new], "upd_1", T, "{}"),
    }
    names: dict[str, Any] = {}
    exec(blocks("python")[0], names)  # noqa: S102 - our own page
    answers: list[int] = []
    call = SimpleNamespace(
        headers=headers,
        rfile=BytesIO(b"{}"),
        send_response=answers.append,
        end_headers=lambda: None,
    )

    names["Receiver"].do_POST(call)

    assert (capsys.readouterr().out, answers) == ("{}\n", [204])
