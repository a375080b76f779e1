"""The tables as SQLAlchemy Core sees them."""

from __future__ import annotations

from state import tables_pictures, tables_work

METADATA = tables_work.Overrides.metadata
_ALL = METADATA.tables

CURSORS = _ALL["cursors"]
PERSONS = _ALL["persons"]
STANDINGS = _ALL["standings"]
RECORDS = _ALL["records"]
RECORD_EMAILS = _ALL["record_emails"]
RECORD_CHANGES = _ALL["record_changes"]
MEMBERSHIPS = _ALL["memberships"]
SUBJECTS = _ALL["subjects"]
EVENTS = _ALL["events"]
EVENT_CHANGES = _ALL["event_changes"]
SCORES = _ALL["scores"]
STAGE_COUNTS = _ALL[tables_pictures.StageCounts.__tablename__]
SCORE_COUNTS = _ALL["score_counts"]
STAGE_MOVES = _ALL["stage_moves"]
COHORT_SCORES = _ALL["cohort_scores"]
RULE_COUNTS = _ALL["rule_counts"]
SCORE_HISTORY = _ALL["score_history"]
OVERRIDES = _ALL["overrides"]
MODELS = _ALL["models"]
OUTBOUND = _ALL["outbound"]
TRIGGER_STATES = _ALL["trigger_states"]
FIRINGS = _ALL["firings"]
TRIGGER_COUNTS = _ALL["trigger_counts"]
INBOUND = _ALL["inbound"]
CALL_COUNTS = _ALL["call_counts"]
TELLINGS = _ALL["tellings"]
MOVES = _ALL["moves"]
RUNS = _ALL["runs"]
BUDGETS = _ALL["budgets"]
LANES = _ALL["lanes"]
TICKS = _ALL["ticks"]
REPLICAS = _ALL["replicas"]
FORGOTTEN = _ALL["forgotten"]
NOTES = _ALL["notes"]
COUNTERS = _ALL["counters"]
