"""The questions asked all the time are answered from indexes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator

import pytest
from sqlalchemy import Connection, event, text

from connector.domain.forgetting import Traces
from connector.domain.leads import LeadQuery
from connector.domain.ledger import Firing, FiringState
from connector.domain.outbound import DeliveryState
from connector.domain.records import Person
from connector.ports.store import Transaction
from state.database import Database
from state.location import locate
from state.opening import DatabaseState
from tests.conformance.store_world import T, a_score, decide, people


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    database = Database(locate(sqlite_url))
    yield database
    database.close()


@pytest.fixture
def plans(database: Database) -> list[str]:
    """Collect how SQLite goes about every question."""
    found: list[str] = []

    def explain(connection: Connection, _cursor: object, statement: str, *rest: object) -> None:
        parameters, _, is_many = rest
        assert isinstance(parameters, (tuple, list))
        if statement.startswith(("SELECT", "UPDATE", "DELETE")) and "sqlite_" not in statement:
            raw = connection.connection.driver_connection
            assert raw is not None
            chosen = parameters[0] if is_many else parameters
            rows = raw.execute(f"EXPLAIN QUERY PLAN {statement}", chosen).fetchall()
            found.extend(row[3] for row in rows)

    event.listen(database.engine, "before_cursor_execute", explain)
    return found


A_FIRING = Firing(
    key="k",
    contact=1,
    trigger="t",
    kind="notify",
    destination="S",
    at=T,
    state=FiringState.IN_FLIGHT,
)
HARMLESS = (
    "VIRTUAL TABLE",  # the values that were asked for
    "ix_inbound_open",  # an index of nothing but what is open
    "ix_outbound_leased",  # and one of what is being written
    "ix_firings_leased",  # or done
    "forgotten",  # one row, that of anybody
    "CONSTANT ROW",  # numbers that are added up
)


def _scans(plans: list[str]) -> list[str]:
    return [
        plan
        for plan in plans
        if plan.startswith("SCAN") and not any(each in plan for each in HARMLESS)
    ]


SOMEBODY = Traces(
    contacts=frozenset({1}), records=frozenset({("crm", "1")}), emails=frozenset({"a@x.fr"})
)
QUESTIONS: dict[str, Callable[[Transaction], Awaitable[object]]] = {
    "waiting": lambda tx: tx.contacts.waiting(T, "m"),
    "waiting of those known": lambda tx: tx.contacts.waiting(T, "m", unread=["crm"]),
    "records": lambda tx: tx.contacts.records("crm", ["1", "2"]),
    "records of persons": lambda tx: tx.contacts.records_of([1, 2]),
    "records by address": lambda tx: tx.contacts.records_by_email(["a@x.fr"]),
    "addressees": lambda tx: tx.contacts.addressees("crm", [1, 2]),
    "find": lambda tx: tx.contacts.find("crm:a@x.fr"),
    "subjects": lambda tx: tx.contacts.subjects_named([("crm", "1")], ["a@x.fr"], [1]),
    "events of persons": lambda tx: tx.events.frame([1, 2], {}),
    "scores of persons": lambda tx: tx.scores.current([1, 2]),
    "unmerged": lambda tx: tx.contacts.unmerged([1, 2]),
    "members of a list": lambda tx: tx.contacts.members("crm", "L", ["1", "2"]),
    "lists of a platform": lambda tx: tx.contacts.lists("crm", limit=9),
    "platforms of persons": lambda tx: tx.contacts.platforms_of([1, 2]),
    "touch": lambda tx: tx.contacts.touch([1, 2]),
    "lease": lambda tx: tx.outbox.lease("crm", owner="a", now=T, until=T, limit=9),
    "lease on": lambda tx: tx.outbox.lease("crm", owner="a", now=T, until=T, limit=9, after=1),
    "lease urgent": lambda tx: tx.outbox.lease(
        "crm", owner="a", now=T, until=T, limit=9, urgent=True
    ),
    "urgent": lambda tx: tx.outbox.list(platform="crm", urgent=True),
    "dead": lambda tx: tx.outbox.list(states=[DeliveryState.DEAD], limit=9),
    "dead of a platform": lambda tx: tx.outbox.list(platform="crm", states=[DeliveryState.DEAD]),
    "number that waits": lambda tx: tx.tallies.waiting(T, "m"),
    "urgent in hand": lambda tx: tx.outbox.is_urgent_in_hand("crm", T),
    "newcomers": lambda tx: tx.outbox.count_newcomers("crm"),
    "reclaim": lambda tx: tx.outbox.reclaim("gone"),
    "members": lambda tx: tx.outbox.members("crm"),
    "missing from a list": lambda tx: tx.outbox.missing_from("crm", "L", after=1, limit=9),
    "unconfirmed in a list": lambda tx: tx.outbox.unconfirmed_in("crm", "L", after="1", limit=9),
    "inbound": lambda tx: tx.inbound.lease("crm", owner="a", now=T, until=T, limit=9),
    "calls processed": lambda tx: tx.inbound.prune(T, limit=9),
    "firings": lambda tx: tx.triggers.lease("S", owner="a", now=T, until=T, limit=9),
    "reclaim firings": lambda tx: tx.triggers.reclaim(),
    "unfinished firings": lambda tx: tx.triggers.unfinished([1, 2]),
    "held firings": lambda tx: tx.triggers.held([A_FIRING]),
    "what was done for a person": lambda tx: tx.triggers.of(1, 9),
    "waiting firings": lambda tx: tx.triggers.release("t", limit=9, at=T),
    "times fired": lambda tx: tx.triggers.fired("t", T),
    "models of persons": lambda tx: tx.scores.scored_under([1, 2]),
    "models of others": lambda tx: tx.scores.decided_otherwise("m"),
    "scores as they spread": lambda tx: tx.pictures.distribution("lead"),
    "moves between stages": lambda tx: tx.pictures.stage_moves(T),
    "who moved today": lambda tx: tx.pictures.movers("lead", T, limit=9),
    "calls of the last hour": lambda tx: tx.pulse.since(T),
    "the last call": lambda tx: tx.pulse.last("crm"),
    "cohorts": lambda tx: tx.pictures.cohorts("lead"),
    "what rules give": lambda tx: tx.pictures.rules("m"),
    "earlier runs": lambda tx: tx.runs.last(9, before=99),
    "top": lambda tx: tx.scores.top("lead"),
    "known as forgotten": lambda tx: tx.forgotten.known([("crm", "1")]),
    "traces of a person": lambda tx: tx.forgotten.traces([1]),
    "erasing": lambda tx: tx.forgotten.erase(SOMEBODY, T),
    "old events": lambda tx: tx.retention.events(T, start=0, limit=9),
    "names of nobody": lambda tx: tx.retention.subjects(start=0, limit=9),
    "old scores": lambda tx: tx.retention.score_history(T, start=0, limit=9),
    "old values": lambda tx: tx.retention.record_history(T, start=0, limit=9),
    "actions that are over": lambda tx: tx.retention.firings(T, limit=9),
}


@pytest.mark.parametrize("question", QUESTIONS)
async def test_no_table_is_read_from_end_to_end(
    database: Database, plans: list[str], question: str
) -> None:
    state = DatabaseState(database)
    async with state.write() as tx:
        await decide(tx, *(a_score(person, 1.0) for person in await people(tx, 3)))
    plans.clear()

    async with state.write() as tx:
        await QUESTIONS[question](tx)

    assert plans
    assert _scans(plans) == []


@pytest.mark.parametrize("question", ["lease urgent", "urgent"])
async def test_what_is_urgent_is_found_among_nothing_else(
    database: Database, plans: list[str], question: str
) -> None:
    async with DatabaseState(database).write() as tx:
        await QUESTIONS[question](tx)

    assert any("ix_outbound_urgent" in plan for plan in plans), plans


@pytest.mark.parametrize("question", ["dead", "dead of a platform"])
async def test_what_was_given_up_is_found_in_its_order_among_nothing_that_is_done(
    database: Database, plans: list[str], question: str
) -> None:
    async with DatabaseState(database).write() as tx:
        await QUESTIONS[question](tx)

    assert any("ix_outbound_unfinished" in plan for plan in plans), plans
    assert not any("ORDER BY" in plan for plan in plans), plans


async def test_the_few_whom_words_find_are_looked_up_and_nobody_else(
    database: Database, plans: list[str]
) -> None:
    async with DatabaseState(database).write() as tx:
        (ann,) = await tx.contacts.create([Person(contact=0, key="p", email="ann@x.fr")])
        await decide(tx, a_score(ann, 1.0))
        plans.clear()
        found = await tx.scores.leads(LeadQuery(score="lead", words=("ann",), limit=9))

    assert [each.contact for each in found.leads] == [ann]
    assert "SEARCH scores USING PRIMARY KEY (contact=?)" in plans


async def test_who_waits_is_counted_in_indexes_alone(database: Database, plans: list[str]) -> None:
    async with DatabaseState(database).write() as tx:
        await tx.tallies.waiting(T, "m")

    found = sorted(plan for plan in plans if "standings" in plan)
    assert [plan.split(" (")[0] for plan in found] == [
        "SEARCH standings USING COVERING INDEX ix_standings_model",
        "SEARCH standings USING COVERING INDEX ix_standings_model",
        "SEARCH standings USING COVERING INDEX ix_standings_stale",
        "SEARCH standings USING INDEX ix_standings_next_change_at",
    ]


async def test_events_of_a_person_lie_together(database: Database) -> None:
    with database.engine.connect() as connection:
        sql = connection.scalar(text("SELECT sql FROM sqlite_schema WHERE name = 'events'"))

    assert "PRIMARY KEY (subject, occurred_at, id, recorded_at)" in sql
    assert sql.rstrip().endswith("WITHOUT ROWID")
