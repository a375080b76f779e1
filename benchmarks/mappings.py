"""The mappings folders that benchmarks run on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.config.settings import read_settings
from connector.runtime.bootstrap import read_configuration

if TYPE_CHECKING:
    from pathlib import Path

    from connector.config.configuration import Configuration


def configuration_of(mappings: Path) -> Configuration:
    """Return a mappings folder, read and checked as far as that goes without secrets."""
    return read_configuration(read_settings(None, mappings=mappings), offline=True)
