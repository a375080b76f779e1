"""The platforms that files name, without the rest of a configuration."""

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


def platforms_in(sources: Sequence[Source]) -> Sequence[str]:
    """Return the names of the platforms in files, whether what is said of them is right or not.

    Raises MappingError where a file cannot be read, since it may have named another.
    """
    written = put_together(sources)
    if written.problems:
        raise MappingError(in_order(written.problems))
    return written.names("platforms")


def read_entries(
    sources: Sequence[Source],
    adapters: Mapping[str, Adapter],
    settings: Settings,
    folder: Path,
    *,
    of: str,
    offline: bool = False,
) -> Sequence[PlatformEntry]:
    """Return the platforms of the adapter `of` in files; raises MappingError with all problems.

    What else the files say is not looked at. A secret that the environment lacks is a problem too,
    except `offline`.
    """
    written = put_together(sources)
    report = Report(places=written.places, problems=written.problems)
    known = known_adapters(written, adapters, report)
    found = {name: each for name, each in known.items() if each.name == of}
    refuse_secrets(written, report, {name: each.config.secrets for name, each in found.items()})
    entries = read_platforms(written, found, settings, report, folder)
    if not offline:
        check_secrets(entries, report)
    if report.problems:
        raise MappingError(in_order(report.problems))
    return entries
