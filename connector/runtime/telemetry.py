"""Logs: events with fields, one per thing that happened, without secrets or personal data."""

from __future__ import annotations

import logging
import sys
import threading
from functools import partial
from typing import TYPE_CHECKING

import structlog

from connector.runtime.redaction import Redaction

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from typing import TextIO

    from structlog.typing import EventDict, Processor, WrappedLogger

    from connector.config.settings import Settings
    from connector.ports.control import Job
    from connector.sync.turns import Turn

_CHATTY = (
    "alembic",
    "apprise",
    "apscheduler",
    "asyncio",
    "httpcore",
    "httpx",
    "procrastinate",
    "psycopg",
    "sqlalchemy",
    "uvicorn",
    "watchfiles",
)
"""Libraries that tell of every step; of them only what is amiss is written."""
_TOLD_BY_US = ("psycopg.pool",)
"""Libraries that warn of each attempt at what we tell once: a database that does not answer."""
_OURS = ("adapters", "connector", "heatsync", "state")
_FIRST = ("timestamp", "level", "event")


def setup_logging(
    settings: Settings, stream: TextIO | None = None, *, before: Settings | None = None
) -> None:
    """Write what is logged, here and in libraries, to `stream` (standard error when None).

    One line for an event, as `settings` say: for people or as JSON, from which level on. Whatever
    ends the process or a thread unforeseen is logged as well. Of settings that were in force
    `before`, the secrets are hidden too.
    """
    target = sys.stderr if stream is None else stream
    redaction = Redaction.of(settings, *([before] if before else []))
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_told_by_everybody(),
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _named_if_a_library,
            partial(_redacted, redaction),
            _renderer(settings, is_terminal=target.isatty()),
        ],
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(formatter)
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    _take_over(handler, level)
    structlog.configure(
        processors=[*_told_by_everybody(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    sys.excepthook = _log_the_end
    threading.excepthook = _log_the_end_of_a_thread


def tell_turn(job: Job, turn: Turn, seconds: float, *, is_news: bool = True) -> None:
    """Log what a job did, in one line; one that found nothing to do is told to nobody.

    Problems alone, and writes that failed since nothing may be sent yet, are something only where
    the problems are news.
    """
    did = _counts(turn, is_news=is_news)
    written = sum(each["calls"] for each in turn.summary.deliveries.values())
    calls = written + (turn.taken.calls if turn.taken else 0)
    logger = structlog.get_logger("heatsync")
    fields = {"action": job.task, "platform": job.lane or None, "job": str(job)}
    told = {name: value for name, value in fields.items() if value}
    tell = logger.info if did else logger.debug
    tell(
        "turn ended", **told, **did, **({"calls": calls} if calls else {}), seconds=_short(seconds)
    )


def _counts(turn: Turn, *, is_news: bool) -> Mapping[str, int]:
    """Return what a turn did, without what it did to nobody."""
    summary, taken = turn.summary, turn.taken
    deliveries, pulled = summary.deliveries.values(), summary.pulled.values()
    counts = {
        "contacts": sum(each["contacts"] for each in pulled),
        "events": sum(each["events"] for each in pulled) + (taken.events if taken else 0),
        "erased": summary.erased.total(),
        "scored": summary.scored,
        "delivered": sum(each["delivered"] for each in deliveries),
        "failed": sum(each["failed"] for each in deliveries if each["calls"] or is_news),
        "dead": sum(each["dead"] for each in deliveries) + (taken.dead if taken else 0),
        "fired": sum(summary.triggers.values()),
        "problems": len(summary.problems) if is_news else 0,
    }
    return {name: count for name, count in counts.items() if count}


def _short(seconds: float) -> float:
    return round(seconds, 3)


def _told_by_everybody() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _named_if_a_library(_logger: WrappedLogger, _method: str, fields: EventDict) -> EventDict:
    """Leave out our own name, which would stand in every line and tell nothing."""
    if str(fields.get("logger")).partition(".")[0] in _OURS:
        del fields["logger"]
    return fields


def _redacted(
    redaction: Redaction, _logger: WrappedLogger, _method: str, fields: EventDict
) -> EventDict:
    ordered = {name: fields[name] for name in _FIRST if name in fields}
    return redaction.event({**ordered, **fields})


def _renderer(settings: Settings, *, is_terminal: bool) -> Processor:
    if settings.log_format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(
        colors=is_terminal, exception_formatter=structlog.dev.plain_traceback
    )


def _take_over(handler: logging.Handler, level: int) -> None:
    """Make `handler` the only one: whatever libraries log goes through it."""
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in _OURS:
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(capture=True)
    for name in list(logging.root.manager.loggerDict):
        library = logging.getLogger(name)
        if name.partition(".")[0] in _CHATTY:
            library.handlers.clear()
            library.propagate = True
            library.setLevel(logging.NOTSET)
    for name in _CHATTY:
        library = logging.getLogger(name)
        # Who uses one may have silenced it further.
        library.setLevel(max(library.level, logging.WARNING, level))
    for name in _TOLD_BY_US:
        logging.getLogger(name).setLevel(max(logging.ERROR, level))


def _log_the_end(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logger = structlog.get_logger("heatsync")
    logger.critical("the process ended unforeseen", exc_info=(kind, error, trace))


def _log_the_end_of_a_thread(given: threading.ExceptHookArgs) -> None:
    if given.exc_value is None or issubclass(given.exc_type, SystemExit):
        return
    logger = structlog.get_logger("heatsync")
    trace = (given.exc_type, given.exc_value, given.exc_traceback)
    logger.error("a thread ended unforeseen", exc_info=trace)
