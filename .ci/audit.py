"""Asks the databases of advisories for known holes in what the lock files pin.

A hole in what heatsync runs with that has a remedy fails, unless it is accepted with a reason;
holes in the tools, and those without a remedy, are told. Where no database can be asked, that is
told, and fails nothing: a build without a network is no hole.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
ACCEPTED = ROOT / ".ci" / "accepted-advisories.toml"
RUNNING, DEVELOPING = "requirements.lock", "requirements-dev.lock"
SERVICES = ("pypi", "osv")
LONGEST = 180  # seconds for one lock and one service
_UNREACHABLE = re.compile(r"requests\.exceptions\.\w*(?:Connection|Proxy|SSL|Timeout)\w*:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """One advisory about one package."""

    package: str
    version: str
    names: tuple[str, ...]
    """The advisory's id first, then those it has elsewhere."""
    mended_in: tuple[str, ...]
    """Versions; none where there is no remedy yet."""

    def __str__(self) -> str:
        remedy = f"mended in {', '.join(self.mended_in)}" if self.mended_in else "no remedy yet"
        return f"{self.package} {self.version}: {' '.join(self.names)} ({remedy})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a database knows of a lock."""

    asked: int
    unknown: tuple[str, ...]
    """Packages that it has never heard of."""
    holes: tuple[Hole, ...]


def main() -> int:
    """Audit both locks; return the exit code."""
    today = date.today()  # noqa: DTZ011, TID251 - the day of whoever builds
    accepted = still_accepted(ACCEPTED.read_text(encoding="utf-8"), today=today)
    code = 0
    for lock in (RUNNING, DEVELOPING):
        answer = next(filter(None, (_ask(lock, service) for service in SERVICES)), None)
        sys.stdout.writelines(f"{line}\n" for line in tell(lock, answer, accepted))
        if lock == RUNNING and answer and to_mend(answer, accepted):
            code = 1
    return code


def still_accepted(text: str, *, today: date) -> Mapping[str, str]:
    """Return the reason by the id of each advisory that is accepted on that day."""
    entries = tomllib.loads(text).get("accepted", [])
    return {each["id"]: each["reason"] for each in entries if each["until"] >= today}


def read_answer(printed: str, failure: str) -> Answer | None:
    """Return what pip-audit printed; None where it could ask nobody.

    Raises RuntimeError with its `failure` when that is another one.
    """
    if not printed.strip() and _UNREACHABLE.search(failure):
        return None
    try:
        found: Sequence[Mapping[str, Any]] = json.loads(printed)["dependencies"]
    except (ValueError, KeyError):
        raise RuntimeError(failure) from None
    unknown = tuple(each["name"] for each in found if "skip_reason" in each)
    # A mirror that has no advisories answers so for every package.
    if len(unknown) == len(found):
        return None
    holes = (_hole(each, told) for each in found for told in each.get("vulns", ()))
    return Answer(asked=len(found), unknown=unknown, holes=tuple(holes))


def to_mend(answer: Answer, accepted: Mapping[str, str]) -> Sequence[Hole]:
    """Return the holes that have a remedy and are not accepted."""
    return [each for each in answer.holes if each.mended_in and not accepted.keys() & {*each.names}]


def tell(lock: str, answer: Answer | None, accepted: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines for people."""
    if answer is None:
        yield f"{lock}: NOT AUDITED: no database of advisories could be asked from here"
        return
    known = answer.asked - len(answer.unknown)
    yield f"{lock}: {known} packages audited, {len(answer.holes)} known holes"
    for hole in answer.holes:
        reason = next((accepted[name] for name in hole.names if name in accepted), None)
        yield f"  {hole}" + (f": accepted: {reason}" if reason else "")
    if answer.unknown:
        yield f"  not known to the database: {', '.join(answer.unknown)}"


def _hole(package: Mapping[str, Any], told: Mapping[str, Any]) -> Hole:
    return Hole(
        package=package["name"],
        version=package["version"],
        names=(told["id"], *told.get("aliases", ())),
        mended_in=tuple(told.get("fix_versions", ())),
    )


def _ask(lock: str, service: str) -> Answer | None:
    command = (
        *(sys.executable, "-m", "pip_audit", "--requirement", str(ROOT / lock)),
        *("--require-hashes", "--disable-pip", "--progress-spinner", "off", "--timeout", "10"),
        *("--cache-dir", str(ROOT / ".cache" / "audit")),
        *("--vulnerability-service", service, "--format", "json", "--desc", "off"),
    )
    try:
        ran = subprocess.run(  # noqa: S603 - the command is ours
            command, capture_output=True, encoding="utf-8", timeout=LONGEST, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    return read_answer(ran.stdout, ran.stderr)


if __name__ == "__main__":
    sys.exit(main())
