"""The platforms that a single file names, without the rest of a configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.config.files import put_together
from connector.config.places import Report, in_order
from connector.config.platforms import check_secrets, known_adapters, read_platforms
from connector.config.secrets import refuse_secrets
from connector.errors import MappingError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from connector.config.configuration import PlatformEntry
    from connector.config.files import Source
    from connector.config.settings import Settings
    from connector.ports.adapter import Adapter


def read_entries(
    source: Source,
    adapters: Mapping[str, Adapter],
    settings: Settings,
    folder: Path,
    *,
    offline: bool = False,
) -> Sequence[PlatformEntry]:
    """Return the platforms that a file names; raises MappingError with all its problems.

    What else the file says is not looked at. A secret that the environment lacks is a problem too,
    except `offline`.
    """
    written = put_together([source])
    report = Report(places=written.places, problems=written.problems)
    found = known_adapters(written, adapters, report)
    refuse_secrets(written, report, {name: each.config.secrets for name, each in found.items()})
    entries = read_platforms(written, found, settings, report, folder)
    if not offline:
        check_secrets(entries, report)
    if report.problems:
        raise MappingError(in_order(report.problems))
    return entries
