"""For every test: databases to work on, and how Hypothesis searches."""

from hypothesis import HealthCheck, settings

from tests.databases import (
    empty_file,
    postgres_server,
    postgres_tables,
    postgres_url,
    sqlite_url,
)

__all__ = ["empty_file", "postgres_server", "postgres_tables", "postgres_url", "sqlite_url"]

# How long an example takes says how busy the machine is; speed is measured in benchmarks/.
settings.register_profile(
    "heatsync", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("heatsync")
