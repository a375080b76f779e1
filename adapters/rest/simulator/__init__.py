"""A small marketing platform with a REST API, in this process: what entries are tried on."""

from adapters.rest.simulator.simulator import KEY, RestSimulator

__all__ = ["KEY", "RestSimulator"]
