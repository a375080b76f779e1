"""How everything stands, as an operator reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.cli.console import grid, out, plain, show, tell
from connector.cli.rendering.words import ago, counted, moment, span
from connector.domain.instants import parse_instant
from connector.errors import Problem
from connector.sync.looking.runs import not_over, problems_of, times_of
from connector.sync.troubles import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from connector.domain.event_copy import EventCopy
    from connector.domain.ledger import Run
    from connector.sync.looking.lags import Lag
    from connector.sync.looking.standing import Standing
    from connector.sync.troubles import Trouble

SHOWN_PROBLEMS = 5
MOST_LIMITS = 5
"""So many limits of one platform are shown one by one."""
TIGHTEST = 2
"""How many are shown where there are more: those that bind first."""
_BACKLOG = {
    "clean": "up to date",
    "pending": "to be written",
    "in_flight": "being written",
    "dead": "refused for good",
}
_DEEDS = {
    "waiting": "waiting for room in the limit",
    "pending": "to be done",
    "in_flight": "being done",
    "done": "done",
    "dropped": "called off",
    "dead": "refused for good",
}
TROUBLES = {
    Kind.REFUSED: ("refuses us", "nothing is read or written there until it is mended"),
    Kind.STOPPED: ("had to be left", "the next run asks again, and stops there again if it lasts"),
    Kind.LACKS_A_RIGHT: ("does not allow everything", "what needs it waits, all else goes on"),
    Kind.FAILING: ("is not reached, or fails", "nothing to do: it is asked again by itself"),
    Kind.USED_UP: ("lets no more be asked", "nothing to do: a later run goes on from there"),
}
"""What each sort of trouble is, and what comes of it."""
_UNWRITTEN = "it waits until that is mended, all else is written"
_TOLD_BY_CHECK = frozenset({Kind.REFUSED, Kind.STOPPED, Kind.LACKS_A_RIGHT})


def show_standing(now: Standing) -> None:
    """Print what is stored, how far each stream is, what waits, and the last runs."""
    out.print(f"[bold]{counted(now.contacts, 'contact')}, {counted(now.events, 'event')}[/]")
    tell(_scoring(now), indent=0)
    show_service(now)
    show_troubles(now)
    _show_streams(now)
    if now.backlog:
        _show_counts("Written to platforms", now.backlog, _BACKLOG)
    for name, found in now.drift.items():
        tell(f"Changed on {name} by somebody else: {_drift(found)}.", indent=0)
    show_triggers(now)
    _show_calls(now)
    show_left_out(now)
    _show_dead(now)
    for name, count in now.orphans.items():
        tell(f"Kept aside from {name}: {counted(count, 'event')} of unknown contacts.", indent=0)
    if now.copy:
        tell(_copy(now.copy), indent=0)
    show_budgets(now)
    show_last_runs(now)


def show_triggers(now: Standing) -> None:
    """Print what triggers want done, and how far that is."""
    if now.triggers:
        _show_counts("Triggers", now.triggers, _DEEDS)


def show_left_out(now: Standing) -> None:
    """Print what of webhook calls was left out lately, and why."""
    for left in now.left_out:
        times = counted(left.count, "time")
        text = f"Left out of what {left.platform} told: {left.reason}; {times}"
        tell(f"{text}, the last {ago(left.last_at, now.at)}.", indent=0, style="yellow")


def _scoring(now: Standing) -> str:
    if now.decided_at is None:
        return "Never scored."
    waiting = f"{now.waiting:,} to be scored" if now.waiting else "nobody waits to be scored"
    return f"Scored as of {moment(now.decided_at)}; {waiting}."


def show_service(now: Standing) -> None:
    """Print who works on the installation."""
    service = now.service
    for owner in service.owners:
        where = f", at {service.address}" if service.address else ""
        tell(f"Under way: {owner}{where}.", indent=0)
    if not service.owners and not service.replicas:
        tell("No daemon runs; `heatsync run` starts one.", indent=0, style="dim")
    if service.replicas:
        out.print("\n[bold]Processes that share the work[/]")
        table = grid("lll", "", "since", "talks to")
        for each in service.replicas:
            lanes = [lane.lane for lane in service.lanes if lane.owner == each.owner]
            talks_to = ", ".join(lanes) or "nobody"
            table.add_row(f"  {plain(each.owner)}", moment(each.since), plain(talks_to))
        show(table)


def _show_streams(now: Standing) -> None:
    if not now.lags:
        return
    out.print()
    table = grid("llll", "platform", "stream", "read to its end", "")
    for each in now.lags:
        table.add_row(
            plain(each.platform), each.stream, read_words(each, now.at), _pace(each, now.at)
        )
    show(table)


def read_words(lag: Lag, at: datetime) -> str:
    """Return how long ago a stream was read to its end."""
    if lag.completed_at is not None:
        return ago(lag.completed_at, at)
    return f"not yet; some {ago(lag.moved_at, at)}" if lag.moved_at else "not yet"


def _pace(lag: Lag, at: datetime) -> str:
    every = f"every {span(lag.every)}"
    return f"[yellow]lags: should be {every}[/]" if lag.is_late(at) else f"[dim]{every}[/]"


def _show_calls(now: Standing) -> None:
    for name, each in now.inbound.items():
        if each.waiting and each.oldest:
            calls = counted(each.waiting, "webhook call")
            tell(
                f"From {name}: {calls} to be processed, the first {ago(each.oldest, now.at)}.",
                indent=0,
            )


def _show_dead(now: Standing) -> None:
    if not now.dead:
        return
    told = ", ".join(f"{count:,} of {name}" for name, count in now.dead.items())
    hint = "`heatsync deliveries list` shows them"
    tell(f"Given up until somebody looks at them: {told}; {hint}.", indent=0, style="yellow")


def show_troubles(now: Standing) -> None:
    """Print what keeps platforms from being asked, since when, and what comes of it."""
    if not now.troubles and not now.problems:
        return
    out.print("\n[bold yellow]Trouble[/]")
    for each in now.troubles:
        what, then = TROUBLES[each.kind]
        again = "" if each.seen_at == each.since else f", and still {moment(each.seen_at)}"
        tell(f"{each.platform} {what} since {moment(each.since)}{again}: {each.message}")
        tell(f"{then}{_more(each, now.room.opens.get(each.platform, {}))}", indent=4, style="dim")
    for name, told in now.problems.items():
        for message in told:
            tell(f"{name} cannot be told everything: {message}")
        tell(_UNWRITTEN, indent=4, style="dim")


def _more(trouble: Trouble, opens: Mapping[str, datetime]) -> str:
    """Return what else there is to say of what comes of a trouble."""
    if trouble.kind is Kind.USED_UP and opens:
        return f", after {moment(max(opens.values()))}"
    return "; `heatsync check` says what to do" if trouble.kind in _TOLD_BY_CHECK else ""


def _copy(copy: EventCopy) -> str:
    changed = f", {counted(copy.changed, 'contact')} changed since" if copy.changed else ""
    return f"Copy for scoring: {counted(copy.events, 'event')}, {copy.size / 1e6:,.1f} MB{changed}."


def _drift(found: Mapping[str, object]) -> str:
    words = {"repaired": "written again", "kept": "left as they are"}
    parts = [f"{found[kind]} {said}" for kind, said in words.items() if found[kind]]
    return f"{' and '.join(parts)}, the last {moment(parse_instant(found['last_at']))}"


def _show_counts(
    head: str, by_name: Mapping[str, Mapping[str, int]], words_for: Mapping[str, str]
) -> None:
    out.print(f"\n[bold]{head}[/]")
    table = grid("lll")
    for name, counts in by_name.items():
        words = [f"{count:,} {words_for.get(state, state)}" for state, count in counts.items()]
        table.add_row("", plain(name), ", ".join(words))
    show(table)


def show_budgets(now: Standing) -> None:
    """Print what may still be asked of each platform."""
    if not now.room.left:
        return
    whom = " by a process that starts now" if now.is_room_of_others else ""
    out.print(f"\n[bold]May be asked at once{whom}[/]")
    table = grid("lll")
    for platform, left in now.room.left.items():
        opens = now.room.opens.get(platform, {})
        shown = _tightest(left, opens, now.shares.get(platform, {}))
        words = [f"{name} {_left(left[name], opens.get(name))}" for name in shown]
        if len(shown) < len(left):
            words.append(f"{len(left) - len(shown)} others have more room (--json shows all)")
        table.add_row("", plain(platform), plain(", ".join(words)))
    show(table)


def _tightest(
    left: Mapping[str, int | None], opens: Mapping[str, datetime], shares: Mapping[str, int]
) -> Sequence[str]:
    """Return the limits that are shown: all where they are few, else those that bind first."""
    if len(left) <= MOST_LIMITS:
        return list(left)

    def room(name: str) -> tuple[bool, float]:
        count, share = left[name], shares.get(name)
        return name not in opens, 1.0 if count is None or not share else count / share

    return sorted(left, key=room)[:TIGHTEST]


def _left(count: int | None, opens: datetime | None) -> str:
    if count is None:
        return "unknown"
    return f"none until {moment(opens)}" if opens else f"{count:,}"


def show_last_runs(now: Standing) -> None:
    """Print what the last runs came to, and which of their problems are not over."""
    if not now.runs:
        return
    out.print("\n[bold]Last runs[/]")
    table = grid("llll")
    for run in now.runs:
        table.add_row("", moment(run.started_at), plain(run.command), plain(_ending(run)))
    show(table)
    for run in not_over(now.runs):
        problems = problems_of(run)
        out.print(f"\n[bold]What the last {plain(run.command)} told[/]")
        for problem in problems[:SHOWN_PROBLEMS]:
            tell(str(Problem(**problem)))
        if len(problems) > SHOWN_PROBLEMS:
            tell(f"... and {len(problems) - SHOWN_PROBLEMS:,} more (--json shows all)")


def _ending(run: Run) -> str:
    if run.error:
        return run.error
    if run.finished_at is None:
        return "has not ended"
    count = len(problems_of(run))
    ending = f"ended with {counted(count, 'problem')}" if count else "ended well"
    times = times_of(run)
    again = f", {times:,} times in a row, the last {moment(run.finished_at)}"
    return ending + again if times > 1 else ending
