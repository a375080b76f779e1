"""All mutations, by the share of the drawn cases among which they are looked for first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.mutations.mutation import Mutation
from tests.mutations.of_calendars import OF_CALENDARS
from tests.mutations.of_counts import OF_COUNTS
from tests.mutations.of_events import OF_EVENTS
from tests.mutations.of_results import OF_RESULTS
from tests.mutations.of_sequences import OF_SEQUENCES
from tests.mutations.of_surroundings import OF_SURROUNDINGS

PLANTED: Mapping[str, Sequence[Mutation]] = {
    "events": OF_EVENTS,
    "sequences": (*OF_SEQUENCES, *OF_SURROUNDINGS),
    "counts": OF_COUNTS,
    "calendar": (*OF_CALENDARS, *OF_RESULTS),
}

NOTHING = "nothing"
"""The name of the engine as it is."""
