"""The promises of `connector.ports.control`, kept by whatever begins jobs."""

from __future__ import annotations

from tests.conformance.plane_jobs import JobPromises
from tests.conformance.plane_stops import StopPromises
from tests.conformance.plane_ticks import TickPromises


class PlaneConformance(TickPromises, JobPromises, StopPromises):
    """Join with a fixture `world`."""
