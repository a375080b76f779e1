"""HubSpot in this process: see QUIRKS.md for what it plays."""

from adapters.hubspot.simulator.quirks import PLAIN, Quirks
from adapters.hubspot.simulator.simulator import TOKEN, HubspotSimulator
from adapters.hubspot.simulator.tricks import Trick

__all__ = ["PLAIN", "TOKEN", "HubspotSimulator", "Quirks", "Trick"]
