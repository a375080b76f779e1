"""Fixtures for every test: databases to work on."""

from tests.databases import (
    empty_file,
    postgres_server,
    postgres_tables,
    postgres_url,
    sqlite_url,
)

__all__ = ["empty_file", "postgres_server", "postgres_tables", "postgres_url", "sqlite_url"]
