"""Mautic in this process: see QUIRKS.md for what it plays."""

from adapters.mautic.simulator.quirks import PLAIN, Quirks
from adapters.mautic.simulator.simulator import (
    CLIENT_ID,
    CLIENT_SECRET,
    PASSWORD,
    URL,
    USERNAME,
    MauticSimulator,
)

__all__ = [
    "CLIENT_ID",
    "CLIENT_SECRET",
    "PASSWORD",
    "PLAIN",
    "URL",
    "USERNAME",
    "MauticSimulator",
    "Quirks",
]
