"""What pages and the API are asked, and how long the answers take."""

from __future__ import annotations

import http.client
import json
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

from connector.web.dashboard.paths import PAGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_API = "/api/v1"
_DEEP = 40
"""Pages of 500 before the deep one."""
_LONGEST = 120.0
"""Seconds until an answer is not waited for any more."""
_LEADS: Mapping[str, Mapping[str, str]] = {
    "first page": {},
    "lowest first": {"lowest_first": "true"},
    "other score": {"score": "customer"},
    "other score, lowest first": {"score": "customer", "lowest_first": "true"},
    "stage hot": {"stage": "hot"},
    "stage cold": {"stage": "cold"},
    "stage warm, lowest first": {"stage": "warm", "lowest_first": "true"},
    "on mail": {"platform": "mail"},
    "on shop": {"platform": "shop"},
    "list of 60 %": {"list": "mail:Newsletter"},
    "list of 15 %": {"list": "mail:Customers"},
    "list of 0.1 %": {"list": "mail:VIP"},
    "list that nobody is in": {"list": "mail:Nobody"},
    "stage, platform and list": {"stage": "hot", "platform": "shop", "list": "mail:VIP"},
    "stage, platform and large list": {
        "stage": "cold",
        "platform": "shop",
        "list": "mail:Newsletter",
    },
    "search address": {"search": "contact-4711@example.com"},
    "search one": {"search": "contact 4711"},
    "search nobody": {"search": "xylophone"},
    "search name": {"search": "martin17"},
    "search beginning of a tenth": {"search": "chl"},
    "search beginning of everybody": {"search": "c"},
    "search two beginnings of many": {"search": "ex mar"},
    "search many who are nowhere": {"search": "ada bruno"},
    "search in a stage and a list": {
        "search": "chl",
        "stage": "hot",
        "list": "mail:Newsletter",
    },
}
_OF_ALL: Mapping[str, str] = {
    "status": "/status",
    "model": "/model",
    "distribution": "/distribution",
    "stages": "/stages",
    "movers": "/movers",
    "filters of leads": "/leads/filters",
    "webhook calls": "/webhook-calls",
    "cohorts": "/cohorts",
    "cohorts of ten years": "/cohorts?months=120",
    "deliveries": "/deliveries",
    "deliveries, 1000": "/deliveries?limit=1000",
    "deliveries to mail": "/deliveries?to=mail",
    "deliveries pending": "/deliveries?state=pending",
    "deliveries dead": "/deliveries?state=dead",
    "runs": "/runs",
    "runs, earlier": "/runs?before=500",
}
_OF_ONE = ("explain", "steps", "trend", "timeline", "told", "contacts")
_SOMEBODY = "contact-4711@example.com"


@contextmanager
def served(url: str, cache: str, load: str) -> Iterator[Asker]:
    """Give somebody who asks a web of its own process; `load` is ``busy`` or ``quiet``."""
    command = [sys.executable, "-m", "benchmarks.dashboard_serving", url, cache, load]
    with subprocess.Popen(  # noqa: S603 - our own
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        if process.stdout is None or process.stdin is None:
            raise RuntimeError("a process without pipes")
        address = process.stdout.readline().strip()
        try:
            yield Asker(address, process.pid)
        finally:
            process.stdin.close()
            process.wait()


class Asker:
    """Asks one question after the other, over one connection."""

    def __init__(self, address: str, process: int) -> None:
        self.host = urlsplit(address).netloc
        self._process = process
        self._line = http.client.HTTPConnection(self.host, timeout=_LONGEST)

    def ask(self, path: str) -> bytes:
        """Return the answer; raises RuntimeError when it is not what was asked for."""
        self._line.request("GET", path, headers={"accept": "text/html, application/json"})
        answer = self._line.getresponse()
        body = answer.read()
        if answer.status != http.client.OK:
            msg = f"{path} was answered {answer.status}: {body[:200]!r}"
            raise RuntimeError(msg)
        return body

    def milliseconds(self, path: str) -> float:
        """Return how long an answer takes."""
        began = time.perf_counter()
        self.ask(path)
        return round(1000 * (time.perf_counter() - began), 1)

    def held_mb(self) -> int:
        """Return how much memory the process that answers holds."""
        for line in Path(f"/proc/{self._process}/status").read_text("ascii").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) // 1024
        return 0


def questions(asker: Asker) -> Mapping[str, str]:
    """Return what is asked, by what it is about; every path of it is answered."""
    found = {f"leads: {name}": _leads(**asked) for name, asked in _LEADS.items()}
    found["leads: page 400"] = _leads(cursor=_deep(asker, {}))
    found["leads: stage cold, page 400"] = _leads(
        stage="cold", cursor=_deep(asker, {"stage": "cold"})
    )
    found |= {name: f"{_API}{path}" for name, path in _OF_ALL.items()}
    hottest = json.loads(asker.ask(_leads(limit="1")))["leads"][0]["id"]
    for name in _OF_ONE:
        found[name] = f"{_API}/{name}/{_SOMEBODY}"
        found[f"{name} of the hottest"] = f"{_API}/{name}/{quote(hottest)}"
    found |= {f"page {path}": path for path in PAGES}
    return found | {
        "page /lead": f"/lead?contact={_SOMEBODY}",
        "page /lead of the hottest": f"/lead?contact={quote(hottest)}",
    }


def taken(asker: Asker, asked: Mapping[str, str], times: int) -> Mapping[str, dict[str, float]]:
    """Return milliseconds that each question takes: at first, and then half and 95 of 100."""
    found: dict[str, dict[str, float]] = {}
    for name, path in asked.items():
        first, *again = (asker.milliseconds(path) for _ in range(1 + times))
        cuts = statistics.quantiles(again, n=20, method="inclusive")
        found[name] = {"first_ms": first, "p50_ms": round(cuts[9], 1), "p95_ms": round(cuts[18], 1)}
    return found


def _leads(**asked: str) -> str:
    return f"{_API}/leads?{urlencode(asked)}"


def _deep(asker: Asker, asked: Mapping[str, str]) -> str:
    page: dict[str, Any] = {"cursor": None}
    for _ in range(_DEEP):
        more = {} if page["cursor"] is None else {"cursor": page["cursor"]}
        told = json.loads(asker.ask(_leads(limit="500", **asked, **more)))
        if told["cursor"] is None:
            break
        page = told
    return str(page["cursor"])
