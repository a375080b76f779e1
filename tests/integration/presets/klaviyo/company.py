"""A shop that has Klaviyo, and heatsync connected to it."""

from __future__ import annotations

from tests.fakes import FakeClock
from tests.integration.presets.accounts import KEY
from tests.integration.presets.klaviyo.simulator import KlaviyoSimulator

MAPPINGS = """
version: 1
platforms:
  crm: {adapter: memory}
  shop: {adapter: rest, preset: klaviyo, create: true}
attributes:
  email: {type: email, crm: email, shop: email}
  first_name: {type: text, shop: first_name}
  plan: {type: text, shop: plan}
events:
  rename:
    shop: {custom.Fulfilled Order: order.placed}
model:
  decay: {half_life: 30d}
  dimensions: {engagement: {}}
  rules:
    opened: {event: email.opened, points: 5}
    clicked: {event: email.clicked, points: 10}
    bought: {event: order.placed, points: "COALESCE(amount, 0) / 10"}
    pays: {when: "plan = 'pro'", points: 20}
  scores:
    heat:
      formula: engagement
      stages: [{name: cold, from: 0}, {name: warm, from: 10}, {name: hot, from: 30}]
targets:
  shop:
    attributes: {heat_score: heat, heat_stage: heat_stage}
    lists: {Hot leads: {when: "heat_stage = 'hot'", create: true, own: true}}
"""


def a_simulator(clock: FakeClock) -> KlaviyoSimulator:
    """Return an account that takes the key that the company has."""
    return KlaviyoSimulator(now=clock.now, key=KEY)
