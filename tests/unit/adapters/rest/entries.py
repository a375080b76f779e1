"""Entries of REST APIs, connected to a function that answers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
from pydantic import SecretStr
from ruamel.yaml import YAML

from adapters.rest.adapter import CAPABILITIES, RestPlatform, connect
from adapters.rest.config import RestConfig
from connector.domain.contacts import Reading
from connector.domain.pages import Page
from connector.domain.values import FieldType
from connector.ports.adapter import PlatformContext
from connector.ports.budget import Unlimited
from connector.ports.platform import Capabilities
from tests.builders import T
from tests.fakes import FakeClock

T_ = TypeVar("T_")
Answer = Callable[[httpx.Request], httpx.Response]

URL = "https://api.acme.example/v1"
HEAD = f"url: {URL}\n"
KEY = "k3y-of-the-account"
SECRETS = {
    "api_key": KEY,
    "username": "ann",
    "password": "p4ss-of-ann",
    "client_id": "our-client",
    "client_secret": "s3cret-of-our-client",
}
READING = Reading(fields={"plan": FieldType.TEXT, "heat": FieldType.NUMBER})


def a_config(entry: str) -> RestConfig:
    """Return an entry of YAML, read as the loader does; the address is given where it is not."""
    values = {"adapter": "rest", "url": URL, **YAML(typ="safe").load(entry)}
    return RestConfig.model_validate_json(json.dumps(values), strict=True)


def able(entry: str) -> Capabilities:
    return a_config(entry).able(CAPABILITIES)


def a_platform(
    entry: str, answer: Answer, clock: FakeClock | None = None, reading: Reading | None = None
) -> RestPlatform:
    context = PlatformContext(
        name="acme",
        config=a_config(entry),
        folder=Path(),
        clock=clock or FakeClock(T),
        budget=Unlimited(),
        secrets={name: SecretStr(each) for name, each in SECRETS.items()},
        reading=reading,
    )
    return connect(context, transport=httpx.MockTransport(answer))


@dataclass
class Service:
    """Answers what it was told to, in order, and keeps what it was asked."""

    answers: Sequence[Any]
    """Bodies of JSON, or whole responses; the last one is given for ever."""
    asked: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        answer = self.answers[min(len(self.asked), len(self.answers) - 1)]
        self.asked.append(request)
        if isinstance(answer, httpx.Response):
            return answer
        return httpx.Response(200, json=answer)

    @property
    def targets(self) -> list[str]:
        """Return paths and parameters as they were asked for."""
        return [request.url.raw_path.decode() for request in self.asked]

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(request.content or b"null") for request in self.asked]


async def pages_of(pages: AsyncIterator[Page[T_]]) -> list[Page[T_]]:
    return [page async for page in pages]


async def items_of(pages: AsyncIterator[Page[T_]]) -> list[T_]:
    return [item async for page in pages for item in page.items]
