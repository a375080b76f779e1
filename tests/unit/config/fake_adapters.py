"""Adapters that only declare: what the configuration is checked against."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from connector.config.files import Source
from connector.config.folder import Folder
from connector.config.loader import Configuration, read_configuration
from connector.config.settings import Settings
from connector.domain.values import FieldType
from connector.ports.adapter import Adapter, PlatformConfig, PlatformContext
from connector.ports.platform import Capabilities, Part

if TYPE_CHECKING:
    from connector.ports.platform import Platform

FOLDER = Path("mappings")

_READS = {Part.CONTACTS, Part.EVENTS, Part.MEMBERSHIPS}
_WRITES = {Part.ATTRIBUTE_WRITER, Part.LIST_WRITER, Part.LISTS, Part.CONTACT_CREATOR}
_TYPES = frozenset({FieldType.TEXT, FieldType.NUMBER, FieldType.BOOLEAN, FieldType.DATETIME})


class BrevoConfig(PlatformConfig):
    secrets: ClassVar[tuple[str, ...]] = ("api_key",)


class HubspotConfig(PlatformConfig):
    secrets: ClassVar[tuple[str, ...]] = ("access_token", "client_secret")

    def missing_secrets(self, given: object) -> list[str]:
        return []


class MauticConfig(PlatformConfig):
    secrets: ClassVar[tuple[str, ...]] = ("username", "password")

    url: str = Field(pattern="^https?://", description="Where it is.")


class FilesConfig(PlatformConfig):
    path: str = Field(description="The folder.")


def _connect(context: PlatformContext) -> Platform:
    raise NotImplementedError(context.name)


def _adapter(
    name: str, config: type[PlatformConfig], parts: set[Part], actions: set[str]
) -> Adapter:
    return Adapter(
        name=name,
        title=name.capitalize(),
        config=config,
        capabilities=Capabilities(
            parts=frozenset(parts),
            event_types=None,
            action_kinds=frozenset(actions),
            writable_types=_TYPES,
        ),
        connect=_connect,
    )


ADAPTERS = {
    adapter.name: adapter
    for adapter in (
        _adapter("brevo", BrevoConfig, _READS | _WRITES, {"email", "push"}),
        _adapter("hubspot", HubspotConfig, _READS | _WRITES, {"push", "notify"}),
        _adapter(
            "mautic",
            MauticConfig,
            _READS | _WRITES | {Part.TAG_WRITER, Part.STAGE_WRITER},
            {"email", "campaign", "push"},
        ),
        _adapter(
            "files", FilesConfig, _READS | _WRITES | {Part.TAG_WRITER}, {"email", "notify", "task"}
        ),
        _adapter("source", FilesConfig, {Part.CONTACTS, Part.EVENTS}, set()),
    )
}

HEAD = """\
version: 1
platforms:
  past: {adapter: files, path: ./data}
"""


def read(
    text: str | bytes, *more: str, settings: Settings | None = None, offline: bool = True
) -> Configuration:
    """Return the configuration of files `a.yaml`, `b.yaml` and so on with these texts."""
    raws = [each if isinstance(each, bytes) else each.encode() for each in (text, *more)]
    sources = tuple(
        Source(name=f"mappings/{chr(ord('a') + index)}.yaml", raw=raw)
        for index, raw in enumerate(raws)
    )
    folder = Folder(path=FOLDER, sources=sources)
    return read_configuration(folder, ADAPTERS, settings or no_settings(), offline=offline)


def no_settings() -> Settings:
    """Return the settings of an empty environment."""
    return Settings.model_construct()
