"""Databases keep every promise: SQLite and PostgreSQL, read by a cursor column and whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import (
    Connection,
    Engine,
    Executable,
    column,
    create_engine,
    event,
    exc,
    table,
    text,
)
from sqlalchemy.pool import NullPool

from adapters.sql.adapter import CAPABILITIES, SqlPlatform, connect
from adapters.sql.config import SqlConfig
from connector.domain.changes import Addressee, AttributeChange
from connector.domain.values import FieldType, Value, read_value
from connector.ports.adapter import PlatformContext
from connector.ports.budget import Unlimited
from tests.conformance.platform_suite import PlatformConformance
from tests.conformance.world import AT, Fault, World
from tests.fakes import FakeClock

SECRET = "sesame-8412"
TABLES = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT, a_text TEXT, a_email TEXT,
    a_number DOUBLE PRECISION, a_boolean BOOLEAN, a_datetime {time}, version INTEGER);
CREATE TABLE visits (id INTEGER PRIMARY KEY, contact TEXT, type TEXT, occurred_at {time},
    crater TEXT, amount DOUBLE PRECISION)
"""
TIMES = {"sqlite": "TEXT", "postgresql": "TIMESTAMP WITH TIME ZONE"}
BY_CURSOR = {
    "contacts": {"query": "SELECT * FROM customers", "cursor": "version"},
    "events": {"visits": {"query": "SELECT * FROM visits;", "cursor": "id"}},
}
WHOLE = {
    "contacts": {"query": "SELECT * FROM customers -- all of them"},
    "events": {
        "visits": {"query": "SELECT contact, type, occurred_at, crater, amount FROM visits"}
    },
}


class Refused(Exception):
    """An error of a driver with the code of a database."""

    def __init__(self, state: str) -> None:
        super().__init__(f"connection of {SECRET} failed")
        self.sqlstate = state


class SqlWorld(World):
    """A database, written and read without the adapter."""

    page_items = 3
    secrets = (SECRET,)
    faults = frozenset(
        {
            *(Fault.UNAVAILABLE, Fault.ACCESS_REFUSED, Fault.CUT_ANSWER),
            *(Fault.LOST_ANSWER, Fault.DID_NOTHING),
        }
    )

    def __init__(self, engine: Engine, reads: Mapping[str, object]) -> None:
        self.fields = {kind: f"a_{kind.value}" for kind in FieldType}
        entry = {"adapter": "sql", **reads, "writes": {"table": "heat_scores"}}
        self._config = SqlConfig.model_validate(entry)
        self.capabilities = self._config.able(CAPABILITIES)
        self._engine = engine
        self._numbers = count(1)
        self._faults: list[Fault] = []
        for each in TABLES.format(time=TIMES[engine.dialect.name]).split(";"):
            self._do(text(each))

    def connect(self) -> SqlPlatform:
        url = self._engine.url.render_as_string(hide_password=False)
        secrets = {"database_url": SecretStr(url)}
        if self._engine.dialect.name != "sqlite":
            secrets["password"] = SecretStr(SECRET)
        context = PlatformContext(
            name="shop",
            config=self._config,
            folder=Path("/"),
            clock=FakeClock(AT),
            budget=Unlimited(),
            secrets=secrets,
        )
        platform = connect(context, page_rows=self.page_items)
        engine = platform._database._made("connect")
        event.listen(engine, "before_cursor_execute", self._fail)
        event.listen(engine, "commit", self._lose)
        return platform

    def play(self, fault: Fault) -> None:
        if fault is Fault.DID_NOTHING:
            made = "CREATE TABLE heat_scores (contact_id INTEGER PRIMARY KEY, updated_at TEXT)"
            self._do(text(made))
            ignore = {
                "sqlite": "CREATE TRIGGER ignoring BEFORE INSERT ON heat_scores "
                "BEGIN SELECT RAISE(IGNORE); END",
                "postgresql": "CREATE RULE ignoring AS ON INSERT TO heat_scores DO INSTEAD NOTHING",
            }
            self._do(text(ignore[self._engine.dialect.name]))
        else:
            self._faults.append(fault)

    def add_contact(self, email: str, values: Mapping[str, Value] | None = None) -> str:
        number = next(self._numbers)
        row = {"id": number, "email": email, "version": next(self._numbers), **(values or {})}
        self._insert("customers", row)
        return str(number)

    def change_contact(self, remote_id: str, values: Mapping[str, Value]) -> None:
        moved = {**values, "version": next(self._numbers)}
        customers = table("customers", column("id"), *map(column, moved))
        self._do(customers.update().where(customers.c.id == int(remote_id)), moved)

    def remove_contact(self, remote_id: str) -> None:
        self._do(text("DELETE FROM customers WHERE id = :who"), {"who": int(remote_id)})

    def add_event(
        self,
        remote_id: str,
        kind: str,
        at: datetime = AT,
        values: Mapping[str, Value] | None = None,
    ) -> None:
        row = {"contact": remote_id, "type": kind, "occurred_at": at, **(values or {})}
        self._insert("visits", {"id": next(self._numbers), **row})

    def value(self, remote_id: str, name: str, kind: FieldType) -> Value | None:
        with self._engine.connect() as connection:
            if not connection.dialect.has_table(connection, "heat_scores"):
                return None
            query = text("SELECT * FROM heat_scores WHERE contact_id = :who")
            row = connection.execute(query, {"who": int(remote_id)}).mappings().first()
            return read_value(row.get(name) if row else None, kind)

    def refused_change(self) -> AttributeChange:
        return AttributeChange(to=Addressee(remote_id="1"), values={"contact_id": "another"})

    def _insert(self, name: str, row: Mapping[str, Value]) -> None:
        self._do(table(name, *map(column, row)).insert(), row)

    def _do(self, statement: Executable, row: Mapping[str, object] | None = None) -> None:
        values = dict(row or {})
        if self._engine.dialect.name == "sqlite":
            for name, each in values.items():
                values[name] = each.isoformat() if isinstance(each, datetime) else each
        with self._engine.begin() as connection:
            connection.execute(statement, values)

    def _fail(self, _: Connection, __: object, statement: str, *___: object) -> None:
        states = {
            Fault.UNAVAILABLE: "57P01",
            Fault.ACCESS_REFUSED: "28P01",
            Fault.CUT_ANSWER: "XX001",
        }
        if self._faults and (state := states.get(self._faults[0])):
            del self._faults[0]
            raise exc.OperationalError(statement, None, Refused(state))

    def _lose(self, connection: Connection) -> None:
        if Fault.LOST_ANSWER in self._faults:
            self._faults.remove(Fault.LOST_ANSWER)
            made: Any = connection.connection.dbapi_connection
            made.commit()
            raise exc.OperationalError("COMMIT", None, Refused("08006"))


@pytest.fixture
def sqlite_shop(tmp_path: Path) -> Engine:
    return create_engine(f"sqlite:///{tmp_path / 'shop.db'}", poolclass=NullPool)


@pytest.fixture
def postgres_shop(postgres_tables: str) -> Iterator[Engine]:
    url = postgres_tables.replace("postgresql://", "postgresql+psycopg://")
    admin = create_engine(url, poolclass=NullPool)
    with admin.begin() as connection:
        connection.execute(text("CREATE SCHEMA a_shop"))
    options = {"options": "-csearch_path=a_shop"}
    yield create_engine(admin.url.update_query_dict(options), poolclass=NullPool)
    with admin.begin() as connection:
        connection.execute(text("DROP SCHEMA a_shop CASCADE"))


@pytest.mark.parametrize(
    ("shop", "reads"),
    [
        pytest.param("sqlite_shop", BY_CURSOR, id="sqlite by cursor"),
        pytest.param("sqlite_shop", WHOLE, id="sqlite whole"),
        pytest.param(
            "postgres_shop",
            BY_CURSOR,
            id="postgresql by cursor",
            marks=[pytest.mark.postgres, pytest.mark.xdist_group("postgres")],
        ),
    ],
)
class TestSql(PlatformConformance):
    @pytest.fixture
    def world(
        self, request: pytest.FixtureRequest, shop: str, reads: Mapping[str, object]
    ) -> World:
        return SqlWorld(request.getfixturevalue(shop), reads)
