"""A shop's database on SQLite and on PostgreSQL, and heatsync's way into it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from adapters.sql.adapter import SqlPlatform, connect
from adapters.sql.config import SqlConfig
from connector.domain.values import FieldType
from connector.ports.adapter import PlatformContext
from connector.ports.budget import Unlimited
from tests.builders import T
from tests.fakes import FakeClock

POSTGRES = pytest.param(
    "postgres_engine", marks=[pytest.mark.postgres, pytest.mark.xdist_group("postgres")]
)


@dataclass
class Shop:
    """A database that somebody else keeps."""

    engine: Engine
    clock: FakeClock = field(default_factory=lambda: FakeClock(T))

    def do(self, *statements: str, **values: object) -> None:
        with self.engine.begin() as connection:
            for each in statements:
                connection.execute(text(each), values)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.engine.connect() as connection:
            return [tuple(each) for each in connection.execute(text(query))]

    def platform(
        self,
        *,
        page_rows: int = 3,
        properties: Mapping[str, FieldType] | None = None,
        at: datetime | None = None,
        **entry: object,
    ) -> SqlPlatform:
        """Return the shop as an entry of the configuration names it."""
        if at is not None:
            self.clock.at = at
        url = self.engine.url.render_as_string(hide_password=False)
        context = PlatformContext(
            name="shop",
            config=SqlConfig.model_validate({"adapter": "sql", **entry}),
            folder=Path("/"),
            clock=self.clock,
            budget=Unlimited(),
            secrets={"database_url": SecretStr(url)},
            properties=properties or {},
        )
        return connect(context, page_rows=page_rows)


@pytest.fixture
def sqlite_engine(tmp_path: Path) -> Engine:
    return create_engine(f"sqlite:///{tmp_path / 'shop.db'}", poolclass=NullPool)


@pytest.fixture
def postgres_engine(postgres_tables: str) -> Iterator[Engine]:
    url = postgres_tables.replace("postgresql://", "postgresql+psycopg://")
    admin = create_engine(url, poolclass=NullPool)
    with admin.begin() as connection:
        connection.execute(text("CREATE SCHEMA shop"))
    options = {"options": "-csearch_path=shop"}
    yield create_engine(admin.url.update_query_dict(options), poolclass=NullPool)
    with admin.begin() as connection:
        connection.execute(text("DROP SCHEMA shop CASCADE"))


@pytest.fixture(params=["sqlite_engine", POSTGRES], ids=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest) -> Shop:
    """Give a shop without any table."""
    return Shop(request.getfixturevalue(request.param))


@pytest.fixture
def file_shop(sqlite_engine: Engine) -> Shop:
    """Give one in a file of SQLite."""
    return Shop(sqlite_engine)


@pytest.fixture
def served_shop(postgres_engine: Engine) -> Shop:
    """Give one on a server."""
    return Shop(postgres_engine)
