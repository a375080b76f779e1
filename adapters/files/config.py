"""What the configuration says about a folder of files."""

from __future__ import annotations

from pydantic import Field

from connector.ports.adapter import PlatformConfig


class FilesConfig(PlatformConfig):
    """An entry `{adapter: files, path: ./data}` under `platforms`."""

    path: str = Field(
        min_length=1,
        pattern=r"^[^\x00]+$",
        description="The folder of `contacts.csv|jsonl|parquet` and `events.csv|jsonl|parquet`; "
        "a relative one starts at the folder of this file. heatsync writes to `out/` inside it.",
    )
