"""Whether the database answers, as told to people: once when it stops, once when it is back."""

from __future__ import annotations

import structlog

_log = structlog.get_logger()


class Outage:
    """What several loops that ask one database have met between them."""

    def __init__(self) -> None:
        """Begin with a database that answers."""
        self.lasts = False
        self._troubles = 0

    def mark(self) -> int:
        """Return what `answered` shall be told of something that is asked now."""
        return self._troubles

    def met(self, error: BaseException) -> None:
        """Take note that the database did not answer."""
        self._troubles += 1
        if not self.lasts:
            self.lasts = True
            _log.warning("database does not answer", cause=type(error).__name__)

    def answered(self, mark: int) -> None:
        """Take note that what was asked at `mark` has been answered.

        It ends no outage that others have met since: it may have been under way before that.
        """
        if self.lasts and mark == self._troubles:
            self.lasts = False
            _log.info("database answers again")
