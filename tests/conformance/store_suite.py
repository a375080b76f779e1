"""The promises of `connector.ports.store`, kept by whatever keeps the state."""

from __future__ import annotations

from tests.conformance.store_contacts import (
    ContactFramePromises,
    PersonPromises,
    RecordPromises,
)
from tests.conformance.store_events import EventPromises
from tests.conformance.store_firings import FiringPromises
from tests.conformance.store_forgetting import ForgettingPromises
from tests.conformance.store_inbound import InboundPromises
from tests.conformance.store_leads import LeadPromises
from tests.conformance.store_memberships import MembershipPromises
from tests.conformance.store_occasions import OccasionPromises
from tests.conformance.store_outbox import OutboxPromises
from tests.conformance.store_pictures import PicturePromises
from tests.conformance.store_pulse import PulsePromises
from tests.conformance.store_readdressing import ReaddressingPromises
from tests.conformance.store_removals import RemovalPromises
from tests.conformance.store_retention import RetentionPromises
from tests.conformance.store_scores import ScorePromises
from tests.conformance.store_subjects import SubjectPromises
from tests.conformance.store_tallies import TallyPromises
from tests.conformance.store_tellings import TellingPromises
from tests.conformance.store_transactions import TransactionPromises
from tests.conformance.store_triggers import TriggerPromises
from tests.conformance.store_unread import UnreadPromises
from tests.conformance.store_urgency import UrgencyPromises


class StoreConformance(
    TransactionPromises,
    RecordPromises,
    RemovalPromises,
    PersonPromises,
    ContactFramePromises,
    MembershipPromises,
    SubjectPromises,
    EventPromises,
    OccasionPromises,
    ScorePromises,
    OutboxPromises,
    ReaddressingPromises,
    UrgencyPromises,
    UnreadPromises,
    TriggerPromises,
    FiringPromises,
    ForgettingPromises,
    RetentionPromises,
    InboundPromises,
    TellingPromises,
    TallyPromises,
    PicturePromises,
    PulsePromises,
    LeadPromises,
):
    """Join with a fixture `state`, and `twin` for the same state opened a second time."""
