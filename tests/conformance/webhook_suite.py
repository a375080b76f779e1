"""Promises about webhooks: only what is proved and recent is believed, and twice is as once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest

from connector.errors import BadSignature, ConnectorError, TooOld, WebhookRefused
from connector.ports.webhook import WebhookParser, WebhookRequest

AT = datetime(2026, 1, 15, 10, 30, tzinfo=UTC)
OLD_SECRET, NEW_SECRET, FOREIGN_SECRET = "old-secret", "new-secret", "foreign-secret"


class WebhookWorld(Protocol):
    """How a platform calls us."""

    is_dated: bool
    """Whether a proof covers the time of the call."""
    is_signed: bool
    """Whether a proof covers the body."""

    def parser(self, *secrets: str) -> WebhookParser: ...

    def call(self, body: bytes, secret: str, at: datetime) -> WebhookRequest:
        """Return a call as the platform makes and proves it."""
        ...

    def event_body(self, kind: str, at: datetime) -> bytes:
        """Return a body that tells of one event, of any type name; or of one change."""
        ...


class WebhookBasics:
    """What holds whatever the calls tell of; a subclass gives the fixture `webhooks`."""

    @pytest.fixture
    def webhooks(self) -> WebhookWorld:
        raise NotImplementedError

    @pytest.fixture
    def request_(self, webhooks: WebhookWorld) -> WebhookRequest:
        return webhooks.call(webhooks.event_body("email.opened", AT), NEW_SECRET, AT)

    def test_a_true_proof_passes(self, webhooks: WebhookWorld, request_: WebhookRequest) -> None:
        webhooks.parser(NEW_SECRET).verify(request_)

    @pytest.mark.parametrize("secret", [OLD_SECRET, NEW_SECRET])
    def test_both_secrets_pass_while_one_replaces_the_other(
        self, webhooks: WebhookWorld, secret: str
    ) -> None:
        request = webhooks.call(webhooks.event_body("email.opened", AT), secret, AT)

        webhooks.parser(NEW_SECRET, OLD_SECRET).verify(request)

    def test_a_foreign_secret_fails(self, webhooks: WebhookWorld) -> None:
        request = webhooks.call(webhooks.event_body("email.opened", AT), FOREIGN_SECRET, AT)

        with pytest.raises(BadSignature):
            webhooks.parser(NEW_SECRET, OLD_SECRET).verify(request)

    def test_without_a_secret_nothing_passes(
        self, webhooks: WebhookWorld, request_: WebhookRequest
    ) -> None:
        with pytest.raises(WebhookRefused):
            webhooks.parser().verify(request_)

    def test_a_changed_body_fails(self, webhooks: WebhookWorld, request_: WebhookRequest) -> None:
        if not webhooks.is_signed:
            pytest.skip("the platform's proofs do not cover the body")
        changed = replace(request_, body=request_.body + b" ")

        with pytest.raises(BadSignature):
            webhooks.parser(NEW_SECRET).verify(changed)

    @pytest.mark.parametrize("value", [None, "", "é"], ids=["missing", "empty", "not ascii"])
    def test_a_proof_that_is_not_whole_fails(
        self, webhooks: WebhookWorld, request_: WebhookRequest, value: str | None
    ) -> None:
        for name in request_.headers:
            headers = {**request_.headers, name: value or ""}
            if value is None:
                del headers[name]
            with pytest.raises(BadSignature):
                webhooks.parser(NEW_SECRET).verify(replace(request_, headers=headers))

    @pytest.mark.parametrize("late", [timedelta(hours=1), timedelta(hours=-1)], ids=str)
    def test_a_call_of_another_time_fails(
        self, webhooks: WebhookWorld, request_: WebhookRequest, late: timedelta
    ) -> None:
        if not webhooks.is_dated:
            pytest.skip("the platform's proofs carry no time")

        with pytest.raises(TooOld):
            webhooks.parser(NEW_SECRET).verify(replace(request_, received_at=AT + late))

    def test_a_repeated_call_has_the_same_keys(
        self, webhooks: WebhookWorld, request_: WebhookRequest
    ) -> None:
        again = replace(request_, received_at=AT + timedelta(minutes=1))
        parser = webhooks.parser(NEW_SECRET)

        assert parser.delivery_ids(request_) == parser.delivery_ids(again)
        assert parser.delivery_ids(request_)

    def test_parsing_is_pure(self, webhooks: WebhookWorld, request_: WebhookRequest) -> None:
        parser = webhooks.parser(NEW_SECRET)

        assert parser.parse(request_) == parser.parse(request_)

    @pytest.mark.parametrize(
        "body",
        [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000],
        ids=["empty", "cut", "list", "null", "not UTF-8", "deep"],
    )
    def test_a_hostile_body_is_a_clear_error(self, webhooks: WebhookWorld, body: bytes) -> None:
        request = webhooks.call(body, NEW_SECRET, AT)

        with pytest.raises(ConnectorError):
            webhooks.parser(NEW_SECRET).parse(request)

    def test_no_secret_is_in_a_repr(self, webhooks: WebhookWorld) -> None:
        assert NEW_SECRET not in repr(webhooks.parser(NEW_SECRET))


class WebhookConformance(WebhookBasics):
    """All promises of a platform whose calls tell of events."""

    def test_events_are_canonical_and_in_utc(
        self, webhooks: WebhookWorld, request_: WebhookRequest
    ) -> None:
        (event,) = webhooks.parser(NEW_SECRET).parse(request_).events

        assert event.type == "email.opened"
        assert (event.occurred_at, event.occurred_at.utcoffset()) == (AT, timedelta())

    def test_an_unknown_event_survives(self, webhooks: WebhookWorld) -> None:
        request = webhooks.call(webhooks.event_body("moon_landed", AT), NEW_SECRET, AT)

        (event,) = webhooks.parser(NEW_SECRET).parse(request).events

        assert event.type == "custom.moon_landed"
