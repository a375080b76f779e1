"""A running heatsync, asked over its own API by the command line of the same machine."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Self

import httpx

from connector.errors import (
    AccessRefused,
    ConfigError,
    ConnectorError,
    NotFound,
    PlatformUnavailable,
    Problem,
    StateBusy,
    UnexpectedAnswer,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from pydantic import SecretStr

API = "/api/v1"
_NAME = "heatsync run"
_TIMEOUT = httpx.Timeout(120, connect=5)
"""An erasure may rewrite the copy of events."""
_LATER = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_NO_TOKEN = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


class Daemon:
    """The process that owns the database, for as long as the block runs."""

    def __init__(
        self,
        address: str,
        token: SecretStr | None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Take where it listens, and the admin token of this installation."""
        self._address = address
        headers = {"authorization": f"Bearer {token.get_secret_value()}"} if token else {}
        # A proxy has no part in what stays on this machine.
        self._client = httpx.AsyncClient(
            base_url=f"{address}{API}",
            headers=headers,
            timeout=_TIMEOUT,
            trust_env=False,
            transport=transport,
        )

    async def __aenter__(self) -> Self:
        """Give the daemon; nothing is asked yet."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Let go of connections."""
        await self._client.aclose()

    async def get(self, path: str, **params: str | int | bool | None) -> Any:  # noqa: ANN401 - JSON
        """Return what the API answers; parameters that are None are left out.

        Raises the error that says why there is no answer.
        """
        given = {name: value for name, value in params.items() if value is not None}
        return await self._ask("GET", path, params=given)

    async def post(self, path: str, content: Mapping[str, object]) -> Any:  # noqa: ANN401 - JSON
        """Have something done, and return what the API answers; raises as `get` does."""
        return await self._ask("POST", path, json=content)

    async def _ask(self, method: str, path: str, **what: Any) -> Any:  # noqa: ANN401 - JSON
        try:
            answer = await self._client.request(method, path, **what)
        except httpx.HTTPError as error:
            raise PlatformUnavailable(
                f"{_NAME} owns the database and does not answer at {self._address} "
                f"({type(error).__name__})",
                platform=_NAME,
                operation=path,
            ) from None
        try:
            content = answer.json()
        except ValueError:
            content = None
        if answer.is_success and content is not None:
            return content
        raise self._error(answer.status_code, content, path)

    def _error(self, status: int, content: object, path: str) -> ConnectorError:
        """Return the error that a refusal of the API means."""
        told = content if isinstance(content, dict) else {}
        message = str(told.get("error") or f"it answered {status}")
        if status in _NO_TOKEN:
            text = f"{_NAME} at {self._address} refuses us: {message}; is HEATSYNC_ADMIN_TOKEN set?"
            return AccessRefused(text, platform=_NAME, operation=path)
        if status == HTTPStatus.NOT_FOUND and told:
            return NotFound(message)
        if status == HTTPStatus.UNPROCESSABLE_ENTITY and told:
            return ConfigError(_problems(told) or [Problem(message=message)])
        if status in _LATER:
            return StateBusy(message)
        text = f"{_NAME} at {self._address}: {message}"
        return UnexpectedAnswer(text, platform=_NAME, operation=path)


def _problems(told: Mapping[str, object]) -> list[Problem]:
    given = told.get("problems")
    return [
        Problem(message=str(each["message"]), path=each.get("path"), hint=each.get("hint"))
        for each in (given if isinstance(given, list) else ())
        if isinstance(each, dict) and "message" in each
    ]
