"""Cycles with Klaviyo: what happened there is scored, and the score is there afterwards."""

from __future__ import annotations

from datetime import timedelta

from adapters.rest.config import RestConfig
from connector.domain.contacts import Contact, Reading
from connector.domain.events import Event
from connector.domain.pages import Cursor
from connector.domain.values import FieldType
from connector.errors import EndpointGone
from tests.builders import T
from tests.integration.presets.accounts import KEY, Company
from tests.integration.presets.klaviyo.simulator import KlaviyoSimulator
from tests.integration.presets.klaviyo.simulator.account import Account

SECOND = timedelta(seconds=1)
READS = "GET"
READING = Reading(fields={"plan": FieldType.TEXT})


async def _events(company: Company) -> list[Event]:
    source = company.platforms["shop"].events
    assert source
    return [each async for page in source.events(None) for each in page.items]


async def _contacts(
    company: Company, since: Cursor | None = None
) -> tuple[list[Contact], Cursor | None]:
    source = company.platforms["shop"].contacts
    assert source
    pages = [page async for page in source.contacts(READING, since)]
    return [each for page in pages for each in page.items], pages[-1].cursor


def _writes(klaviyo: KlaviyoSimulator) -> list[str]:
    exchanges = klaviyo.trace.exchanges
    return [f"{each.method} {each.path}" for each in exchanges if each.method != READS]


async def test_who_did_something_is_scored_and_listed_there(
    company: Company, account: Account
) -> None:
    ann = account.add_profile("Ann@Example.com", plan="pro")
    bob = account.add_profile("bob@example.com")
    account.record(ann, "Clicked Email", T, URL="https://shop.example/new")
    account.record(ann, "Opened Email", T)

    await company.sync()

    assert ann.properties == {"plan": "pro", "heat_score": 35, "heat_stage": "hot"}
    assert bob.properties == {"heat_score": 0, "heat_stage": "cold"}
    assert [*account.group("Hot leads").members] == [ann.id]
    assert ann.consent == "NEVER_SUBSCRIBED"


async def test_a_second_cycle_writes_nothing(
    company: Company, account: Account, klaviyo: KlaviyoSimulator
) -> None:
    account.record(account.add_profile("ann@example.com", plan="pro"), "Opened Email", T)
    await company.sync()
    before = _writes(klaviyo)

    summary = await company.sync(SECOND)

    assert _writes(klaviyo) == before
    assert summary.exit_code == 0


async def test_who_cools_down_leaves_the_list(company: Company, account: Account) -> None:
    ann = account.add_profile("ann@example.com", plan="pro")
    account.record(ann, "Clicked Email", T)
    await company.sync()
    account.write(ann, {"plan": None})

    await company.sync()

    assert ann.properties == {"heat_score": 10, "heat_stage": "warm"}
    assert account.group("Hot leads").members == {}


async def test_who_is_known_elsewhere_is_made_without_consent(
    company: Company, account: Account, klaviyo: KlaviyoSimulator
) -> None:
    company.opens(company.crm.create("cy@example.com"), times=2)

    await company.sync()

    cy = account.by_email("cy@example.com")
    assert cy
    assert cy.properties["heat_score"] == 10
    assert cy.consent == "NEVER_SUBSCRIBED"
    assert [each for each in _writes(klaviyo) if "subscri" in each] == []


async def test_metrics_are_events_in_our_words(company: Company, account: Account) -> None:
    ann = account.add_profile("ann@example.com")
    for metric in ("Opened Email", "Marked Email as Spam", "Placed Order", "Booked a Fitting"):
        account.record(ann, metric, T)

    found = await _events(company)

    assert [each.type for each in found] == [
        *("email.opened", "email.complained", "order.placed", "custom.Booked a Fitting")
    ]


async def test_a_metric_of_ones_own_is_renamed_by_the_mapping(
    company: Company, account: Account
) -> None:
    ann = account.add_profile("ann@example.com")
    account.record(ann, "Fulfilled Order", T, **{"$value": 120})

    await company.sync()

    assert ann.properties["heat_score"] == 12


async def test_what_machines_do_is_told_apart(company: Company, account: Account) -> None:
    ann = account.add_profile("ann@example.com")
    account.record(ann, "Clicked Email", T, **{"Bot Click": True, "URL": "https://a.example"})
    account.record(ann, "Clicked Email", T, **{"Bot Click": False, "URL": "https://a.example"})
    account.record(ann, "Opened Email", T, **{"Apple Privacy Open": True})

    found = await _events(company)

    assert [each.fields.get("is_machine") for each in found] == [True, False, True]


async def test_what_events_tell_stands_in_columns(company: Company, account: Account) -> None:
    ann = account.add_profile("ann@example.com")
    told = {"$value": 49.9, "$currency_code": "EUR", "Campaign Name": "Spring", "Subject": "Hello"}
    account.record(ann, "Placed Order", T, **told)

    (event,) = await _events(company)

    assert event.subject == ann.id
    assert event.occurred_at == T
    assert event.fields == {
        "amount": 49.9,
        "currency": "EUR",
        "campaign_name": "Spring",
        "title": "Hello",
    }


async def test_who_unsubscribed_or_is_suppressed_wants_no_more(
    company: Company, account: Account
) -> None:
    ann, bob, cy = (account.add_profile(f"{name}@example.com") for name in ("ann", "bob", "cy"))
    account.unsubscribe(ann)
    bob.suppressed = ["SPAM_COMPLAINT"]

    found, _ = await _contacts(company)

    wants = {each.remote_id: each.opted_out for each in found}
    assert wants == {ann.id: True, bob.id: True, cy.id: False}


async def test_what_changes_within_the_second_of_a_reading_is_read(
    company: Company, account: Account
) -> None:
    ann = account.add_profile("ann@example.com", plan="free")
    _, cursor = await _contacts(company)
    account.write(ann, {"plan": "pro"})

    (found,), _ = await _contacts(company, cursor)

    assert found.attributes["plan"] == "pro"


async def test_who_was_deleted_is_gone_after_the_next_walk(
    company: Company, account: Account
) -> None:
    ann = account.add_profile("ann@example.com")
    account.add_profile("bob@example.com")
    await company.sync()
    account.remove(ann.id)

    await company.sync(timedelta(days=2))

    async with company.state.read() as tx:
        records = await tx.contacts.records_of(await tx.contacts.all_numbers())
    assert [each.remote_id for each in records if each.removed_at] == [ann.id]


async def test_a_retired_revision_is_told_and_takes_nobody_for_gone(
    company: Company, account: Account
) -> None:
    account.add_profile("ann@example.com")
    await company.sync()

    summary = await company.sync(timedelta(days=3 * 365))

    assert {type(each) for each in summary.errors} == {EndpointGone}
    assert "revision is not served" in str(summary.problems[0])
    assert summary.exit_code == 69
    async with company.state.read() as tx:
        records = await tx.contacts.records_of(await tx.contacts.all_numbers())
    assert [each.removed_at for each in records] == [None]


async def test_a_key_that_is_refused_is_in_no_message(company: Company, account: Account) -> None:
    account.is_closed = True

    summary = await company.sync()

    assert summary.problems
    assert KEY not in str(summary)


def test_what_klaviyo_offers_to_nobody_is_declared_absent() -> None:
    config = RestConfig.model_validate({"adapter": "rest", "preset": "klaviyo"})

    assert config.writes.tags is None
    assert config.writes.actions == {}
    assert config.removals is None
