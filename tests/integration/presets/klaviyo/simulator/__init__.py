"""A simulated account of Klaviyo: the calls that the preset uses, as the reference has them."""

from tests.integration.presets.klaviyo.simulator.simulator import KEY, KlaviyoSimulator

__all__ = ["KEY", "KlaviyoSimulator"]
