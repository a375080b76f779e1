"""A tool in this process that takes signed webhooks, and keeps what they tell."""

from adapters.webhook.simulator.simulator import SECRET, ReceiverSimulator

__all__ = ["SECRET", "ReceiverSimulator"]
