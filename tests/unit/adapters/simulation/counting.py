"""A platform of nothing: it counts what it is told to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.simulation.messages import Reply, Request, json_reply
from adapters.simulation.windows import Standing


class Counter:
    def __init__(self) -> None:
        self.done = 0

    def refuse(self, request: Request) -> Reply | None:
        return None if request.headers.get("key") == "k" else json_reply({"code": "no"}, 401)

    def buckets(self, request: Request) -> tuple[str, ...]:
        return ("all",)

    def answer(self, request: Request) -> Reply:
        self.done += request.method == "POST"
        return json_reply({"done": self.done})

    def feign(self, request: Request) -> Reply | None:
        return json_reply({"done": 1}) if request.method == "POST" else None

    def failure(self, status: int, standings: object) -> Reply:
        return json_reply({"code": "failed"}, status)

    def limit_headers(self, standings: Sequence[Standing]) -> Mapping[str, str]:
        return {f"{each.bucket}-left": str(each.remaining) for each in standings}
