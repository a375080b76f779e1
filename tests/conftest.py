"""For every test: databases to work on, how Hypothesis searches, and what is never sent."""

import gc
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from adapters.http import HttpSession
from tests.consent import watched
from tests.databases import (
    empty_file,
    postgres_server,
    postgres_tables,
    postgres_url,
    replicas,
    sqlite_url,
)
from tests.workers import Deaths, is_worker, longest_first, with_their_group

__all__ = [
    "empty_file",
    "postgres_server",
    "postgres_tables",
    "postgres_url",
    "replicas",
    "sqlite_url",
]

# How long an example takes says how busy the machine is; speed is measured in benchmarks/.
settings.register_profile(
    "heatsync", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("heatsync")


_DEATHS = pytest.StashKey[Deaths]()


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Be told of it when the interpreter of a worker dies."""
    config.stash[_DEATHS] = deaths = Deaths(config.rootpath)
    if is_worker():
        deaths.trace()


@pytest.hookimpl(optionalhook=True)
def pytest_handlecrashitem(report: pytest.TestReport) -> None:
    """Judge a test amid which a worker died."""
    node = report.node
    is_run_again = node.config.option.dist == "loadgroup"
    node.config.stash[_DEATHS].judge(report, node.gateway.id, is_run_again=is_run_again)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell of workers that died."""
    deaths = terminalreporter.config.stash[_DEATHS]
    if deaths.told:
        terminalreporter.section("workers that died", red=True)
    for line in deaths.lines():
        terminalreporter.write_line(line)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Collect without the collector of cycles: all is kept, which it would walk again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Prepare them for several workers, where there are."""
    if getattr(config.option, "loadgroup", False):
        longest_first(items)
        with_their_group(items)


@pytest.fixture(autouse=True, scope="session")
def _nobody_touches_consent() -> Iterator[None]:
    """Hold every request to a platform, of whatever test, against what may not be sent."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HttpSession, "send", watched(HttpSession.send))
        yield
