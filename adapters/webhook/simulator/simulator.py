"""A tool that takes signed webhooks, spoken to over HTTP at any path."""

from __future__ import annotations

import hmac
from collections import deque
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from standardwebhooks import Webhook

from adapters.simulation.front import Front
from adapters.simulation.messages import Reply
from adapters.webhook.simulator.records import Records

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from adapters.simulation.messages import Request
    from adapters.simulation.windows import Standing

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - the example of the standard
_WINDOW = timedelta(minutes=5)


class ReceiverSimulator:
    """One tool.

    `app` is the ASGI application, `records` what it knows, `trace` every request it saw, `faults`
    the trouble it makes.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        secret: str = SECRET,
        latency: timedelta | None = None,
    ) -> None:
        self._receiver = _Receiver(now, secret)
        self.records = self._receiver.records
        self.app = Front(self._receiver, now=now, latency=latency)
        self.trace = self.app.trace
        self.faults = self.app.faults

    def trust(self, secret: str) -> None:
        """From now on believe calls that are signed with this one alone."""
        self._receiver.secret = secret

    def answer(self, *replies: int | Reply) -> None:
        """Answer the next calls like this, and take nothing in."""
        self._receiver.replies.extend(
            each if isinstance(each, Reply) else Reply(status=each) for each in replies
        )


class _Receiver:
    """What is behind the door."""

    def __init__(self, now: Callable[[], datetime], secret: str) -> None:
        self.records = Records()
        self.replies: deque[Reply] = deque()
        self.secret = secret
        self._now = now

    def refuse(self, request: Request) -> Reply | None:
        """Return 401 for a call that is not signed, or was so at another time."""
        return None if self._is_proved(request) else Reply(status=401)

    def buckets(self, request: Request) -> tuple[str, ...]:  # noqa: ARG002 - there are none
        """Return no limit."""
        return ()

    def answer(self, request: Request) -> Reply:
        """Take the call in."""
        if self.replies:
            return self.replies.popleft()
        self.records.take(request.headers["webhook-id"], request.json)
        return Reply(status=204)

    def feign(self, request: Request) -> Reply | None:  # noqa: ARG002 - all are alike
        """Return what is answered to every call."""
        return Reply(status=204)

    def failure(self, status: int, standings: Sequence[Standing]) -> Reply:  # noqa: ARG002 - as above
        """Return a refusal."""
        return Reply(status=status)

    def limit_headers(self, standings: Sequence[Standing]) -> Mapping[str, str]:  # noqa: ARG002
        """Return nothing."""
        return {}

    def _is_proved(self, request: Request) -> bool:
        names = ("webhook-id", "webhook-timestamp", "webhook-signature")
        message_id, timestamp, given = (request.headers.get(name, "") for name in names)
        if not message_id or not timestamp.isdigit():
            return False
        at = datetime.fromtimestamp(int(timestamp), tz=UTC)
        # The library's own check of the time reads the clock of the machine.
        expected = Webhook(self.secret).sign(message_id, at, request.body.decode())
        is_signed = any(hmac.compare_digest(each, expected) for each in given.split(" "))
        return is_signed and abs(self._now() - at) <= _WINDOW
