"""The tables of procrastinate, which the control plane keeps its jobs in.

They have a schema of their own, so that they never meet ours. The SQL is what the installed
procrastinate ships. A comment on the schema says which version made it: where a newer one is
installed, its own migrations since then are run. A migration of ours asks for that, so that the
tables change when all of ours do, and with nobody at work on them; `NEWEST` is compared with what
is installed by a test, which fails when such a migration is missing.

Its migrations come as `pre` and `post`, to be run before and after new code begins. Ours begins
on a database that is up to date and is stopped before, so both run at once, in order.
"""

from __future__ import annotations

from importlib import metadata, resources
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

SCHEMA = "procrastinate"
NEWEST = "03.04.00"
"""The version of procrastinate's newest migration that ours have brought into databases."""

LANES_CHANNEL = "heatsync_lanes"
"""Where replicas tell each other that there is a lane to be had."""

_FREED = f"""
CREATE FUNCTION heatsync_tell_of_freed_lock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify(
        'procrastinate_queue_v1#' || OLD.queue_name,
        json_build_object('type', 'job_inserted', 'job_id', OLD.id)::text
    );
    RETURN NULL;
END;
$$;
CREATE TRIGGER heatsync_freed_lock AFTER DELETE ON {SCHEMA}.procrastinate_jobs
    FOR EACH ROW WHEN (OLD.status = 'doing')
    EXECUTE FUNCTION heatsync_tell_of_freed_lock();
"""
"""procrastinate tells its workers of new jobs, not that one that waited for another's end may
begin: without this it would wait for the next look, seconds later."""


def bring_up(connection: Connection) -> None:
    """Give a PostgreSQL database these tables, or bring them to the installed version."""
    there = connection.scalar(
        text("SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = :it"),
        {"it": SCHEMA},
    )
    if there is None:
        _run(connection, f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        scripts = [_sql("schema.sql"), _FREED]
    else:
        scripts = [script for version, script in shipped_migrations() if version > there]
    # The scripts name their tables without a schema.
    path = connection.scalar(text("SHOW search_path"))
    _run(connection, f"SET LOCAL search_path TO {SCHEMA}, public")
    for script in scripts:
        _run(connection, script)
    _run(connection, f"SET LOCAL search_path TO {path}")
    _run(connection, f"COMMENT ON SCHEMA {SCHEMA} IS '{installed_version()}'")


def installed_version() -> str:
    """Return the version of procrastinate as its migrations write versions, like ``03.04.00``."""
    parts = metadata.version("procrastinate").split(".")[:3]
    return ".".join(part.zfill(2) for part in parts)


def shipped_migrations() -> Sequence[tuple[str, str]]:
    """Return procrastinate's migrations in order: their version, and their SQL."""
    folder = resources.files("procrastinate.sql") / "migrations"
    files = [file for file in folder.iterdir() if file.name.endswith(".sql")]
    return [
        (file.name.partition("_")[0], file.read_text(encoding="utf-8"))
        for file in sorted(files, key=lambda file: file.name)
    ]


def _sql(name: str) -> str:
    return (resources.files("procrastinate.sql") / name).read_text(encoding="utf-8")


def _run(connection: Connection, script: str) -> None:
    # As it is: neither its colons nor its percent signs are places for parameters.
    connection.exec_driver_sql(script, execution_options={"no_parameters": True})
