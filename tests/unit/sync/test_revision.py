"""A record against what was known of it."""

from __future__ import annotations

from datetime import timedelta

from connector.domain.instants import to_micros
from connector.domain.records import Record
from connector.mapping.attributes import reader_of
from connector.sync.records.revision import changes_between, gone, revised
from tests.builders import T, a_contact, a_record
from tests.unit.sync.intake import NAMING

DAY = timedelta(days=1)


def revision(before: Record | None, **fields: object) -> Record | None:
    contact = a_contact("1", **{"modified_at": T + DAY, **fields})
    known = {} if before is None else {"1": before}
    read = reader_of("crm", NAMING.attributes)
    return revised("crm", contact, known, NAMING.attributes, read, recorded_at=T + 2 * DAY)


def test_a_first_sighting_changed_when_its_platform_says() -> None:
    record = revision(None, attributes={"job": "cook"})

    assert record is not None
    assert (record.changed_at, record.recorded_at, record.stamps) == (T + DAY, T + 2 * DAY, {})
    assert (record.contact, record.attributes) == (0, {"job": "cook"})


def test_a_platform_that_keeps_no_dates_changed_it_when_it_reached_us() -> None:
    record = revision(None, modified_at=None)

    assert record is not None
    assert record.changed_at == T + 2 * DAY


def test_only_what_changed_is_stamped_anew() -> None:
    before = a_record("1", attributes={"job": "cook", "email": "a@x.org"}, created_at=T)

    record = revision(before, attributes={"job": "boss", "email": "a@x.org"})

    assert record is not None
    assert record.stamps == {"job": to_micros(T + DAY)}
    assert (record.changed_at, record.created_at) == (T, T)


def test_a_value_that_is_gone_takes_its_stamp_along() -> None:
    before = a_record("1", attributes={"job": "cook"}, stamps={"job": 1})

    record = revision(before)

    assert record is not None
    assert (record.attributes, record.stamps) == ({}, {})


def test_fields_of_other_names_are_not_looked_at() -> None:
    before = a_record("1", modified_at=T)

    assert revision(before, attributes={"heat_score": 5.0}) is None


def test_a_record_never_seen_is_known_by_its_id_alone() -> None:
    record = gone("crm", "9", None, T, merged_into="1")

    assert (record.remote_id, record.emails, record.removed_at, record.merged_into) == (
        "9",
        (),
        T,
        "1",
    )


def test_a_first_sighting_leaves_no_history() -> None:
    assert list(changes_between(None, a_record("1"), T)) == []


def test_a_move_to_another_person_is_remembered() -> None:
    (change,) = changes_between(a_record("1", contact=1), a_record("1", contact=2), T)

    assert (change.what, change.before, change.after) == ("contact", "1", "2")
