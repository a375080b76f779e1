"""Brevo in this process: see QUIRKS.md for what it plays."""

from adapters.brevo.simulator.simulator import BrevoSimulator

__all__ = ["BrevoSimulator"]
