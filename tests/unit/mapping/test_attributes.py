"""Their names become ours, and of many values one wins."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from connector.domain.attributes import Attribute
from connector.domain.contacts import Contact
from connector.domain.instants import to_micros
from connector.domain.records import Record
from connector.domain.values import FieldType
from connector.mapping.attributes import identity_of, reader_of, reading_for, winners

if TYPE_CHECKING:
    from connector.domain.values import Stored

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
ORDER = ("mail", "crm")


def an_attribute(
    name: str, kind: FieldType = FieldType.TEXT, prefer: str | None = None, **sources: str
) -> Attribute:
    return Attribute(name=name, type=kind, sources=sources, prefer=prefer)


def named(*attributes: Attribute) -> dict[str, Attribute]:
    return {each.name: each for each in attributes}


def a_record(
    platform: str, value: Stored | None, *, hours: int = 0, remote_id: str = "1"
) -> Record:
    return Record(
        platform=platform,
        remote_id=remote_id,
        contact=1,
        attributes={} if value is None else {"job": value},
        changed_at=NOON + timedelta(hours=hours),
        recorded_at=NOON,
    )


JOB = an_attribute("job", mail="POSTE", crm="jobtitle")
EMAIL = an_attribute("email", FieldType.EMAIL, mail="EMAIL", crm="email")
OTHER_EMAIL = an_attribute("billing", FieldType.EMAIL, mail="BILLING")


def test_of_each_contact_only_mapped_fields_are_read() -> None:
    age = an_attribute("age", FieldType.NUMBER, crm="age")
    reading = reading_for("mail", named(JOB, EMAIL, age), [("mail", "News"), ("crm", "VIP")])
    assert reading.fields == {"POSTE": FieldType.TEXT, "EMAIL": FieldType.EMAIL}
    assert reading.email == "EMAIL"
    assert reading.lists == {"News"}


def test_further_fields_are_read_beside_the_attributes() -> None:
    reading = reading_for("mail", named(JOB), extra_fields={"HEAT": FieldType.NUMBER})
    assert reading.fields == {"POSTE": FieldType.TEXT, "HEAT": FieldType.NUMBER}
    assert reading.email is None


def test_the_address_is_the_attribute_called_email_else_the_first_of_its_type() -> None:
    assert identity_of("mail", named(OTHER_EMAIL, EMAIL)) is EMAIL
    assert identity_of("mail", named(JOB, OTHER_EMAIL)) is OTHER_EMAIL
    assert identity_of("shop", named(EMAIL)) is None


def test_values_come_under_our_names_without_nulls() -> None:
    contact = Contact(remote_id="1", attributes={"POSTE": "CEO", "EMAIL": None})
    assert reader_of("mail", named(JOB, EMAIL))(contact) == {"job": "CEO"}


def test_an_address_kept_apart_is_a_value_too() -> None:
    contact = Contact(remote_id="1", emails=("a@x.test", "b@x.test"))
    assert reader_of("mail", named(JOB, EMAIL))(contact) == {"email": "a@x.test"}


def test_an_instant_is_stored_as_microseconds() -> None:
    born = an_attribute("born", FieldType.DATETIME, mail="BORN")
    contact = Contact(remote_id="1", attributes={"BORN": NOON})
    assert reader_of("mail", named(born))(contact) == {"born": to_micros(NOON)}


def test_the_newest_value_wins() -> None:
    records = [a_record("mail", "old"), a_record("crm", "new", hours=1)]
    assert winners(records, named(JOB), ORDER) == {"job": "new"}


def test_a_value_is_as_old_as_its_own_last_change() -> None:
    touched = a_record("mail", "old", hours=9)
    stamped = Record(
        platform="mail",
        remote_id="1",
        contact=1,
        attributes=touched.attributes,
        changed_at=touched.changed_at,
        stamps={"job": to_micros(NOON)},
        recorded_at=NOON,
    )
    records = [stamped, a_record("crm", "new", hours=1)]
    assert winners(records, named(JOB), ORDER) == {"job": "new"}


def test_a_preferred_platform_wins_however_old() -> None:
    prefers_mail = an_attribute("job", prefer="mail", mail="POSTE", crm="jobtitle")
    records = [a_record("mail", "old"), a_record("crm", "new", hours=1)]
    assert winners(records, named(prefers_mail), ORDER) == {"job": "old"}


def test_a_preferred_platform_without_a_value_does_not_win() -> None:
    prefers_mail = an_attribute("job", prefer="mail", mail="POSTE", crm="jobtitle")
    records = [a_record("mail", None, hours=5), a_record("crm", "kept")]
    assert winners(records, named(prefers_mail), ORDER) == {"job": "kept"}


def test_nothing_never_wins_over_a_value() -> None:
    records = [a_record("mail", "kept"), a_record("crm", None, hours=5)]
    assert winners(records, named(JOB), ORDER) == {"job": "kept"}
    assert winners([a_record("crm", None)], named(JOB), ORDER) == {}


def a_cleared_record(platform: str, *, hours: int) -> Record:
    at = to_micros(NOON + timedelta(hours=hours))
    return replace(a_record(platform, None), stamps={"job": at})


def test_a_cleared_value_wins_over_older_ones_where_the_attribute_is_copied() -> None:
    copied = replace(JOB, sync=("crm",))
    records = [a_record("crm", "cook"), a_cleared_record("mail", hours=1)]

    assert winners(records, named(copied), ORDER) == {}
    assert winners(records, named(JOB), ORDER) == {"job": "cook"}


def test_a_cleared_value_gives_way_to_newer_ones() -> None:
    copied = replace(JOB, sync=("crm",), prefer="mail")
    records = [a_record("crm", "cook", hours=2), a_cleared_record("mail", hours=1)]

    assert winners(records, named(copied), ORDER) == {"job": "cook"}


def test_a_value_of_the_preferred_platform_wins_over_what_was_cleared_elsewhere() -> None:
    copied = replace(JOB, sync=("crm",), prefer="crm")
    records = [a_record("crm", "cook"), a_cleared_record("mail", hours=1)]

    assert winners(records, named(copied), ORDER) == {"job": "cook"}


def test_false_and_zero_are_values() -> None:
    records = [a_record("mail", 1.0), a_record("crm", 0.0, hours=1)]
    assert winners(records, named(JOB), ORDER) == {"job": 0.0}


def test_of_equals_the_first_platform_and_then_the_lowest_id_wins() -> None:
    crm, second, first = (
        a_record("crm", "c"),
        a_record("mail", "b", remote_id="2"),
        a_record("mail", "a", remote_id="1"),
    )
    assert winners([crm, second, first], named(JOB), ORDER) == {"job": "a"}
    assert winners([first, second, crm], named(JOB), ("crm", "mail")) == {"job": "c"}
