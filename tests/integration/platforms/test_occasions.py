"""An order of several contacts counts once for each person, whoever turns out to be one."""

from __future__ import annotations

from connector.sync.looking.explaining import explain
from tests.integration.platforms.company import HOUR, Company

ANN, BOB, ZOE = "ann@example.com", "bob@example.com", "zoé@example.com"
ALSO_ZOE = "zoe\u0301@example.com"
"""The same address in other code points: HubSpot takes it for another's."""


def order(company: Company, *contacts: str) -> str:
    return company.crm.account.add(
        "orders",
        *contacts,
        hs_total_price="80",
        hs_external_created_date=(company.clock.now() - HOUR).isoformat(),
    )


async def settle(company: Company) -> None:
    """Sync until all is read and decided."""
    for _ in range(4):
        company.clock.advance(6 * HOUR)
        await company.sync()


async def counted(company: Company, *emails: str) -> list[tuple[object, list[int]]]:
    """Return of each person how many orders count, as a trait and as what gave points.

    What was decided last is what is explained.
    """
    found: list[tuple[object, list[int]]] = []
    for email in emails:
        told = await explain(company.workspace, email, company.clock.now())
        gave = [each.events for each in told.contributions if each.rule == "bought"]
        async with company.state.read() as tx:
            decided = await tx.scores.current([told.person.contact])
        assert decided.rows_by_key("name", named=True)["lead"][0]["rounded"] == told.rounded["lead"]
        found.append((told.traits["orders"], gave))
    return found


async def test_each_of_two_persons_has_the_order(company: Company) -> None:
    account = company.crm.account
    order(company, account.add(email=ANN), account.add(email=BOB))

    await settle(company)

    assert await counted(company, ANN, BOB) == [(1, [1]), (1, [1])]


async def test_who_is_merged_has_the_order_once(company: Company) -> None:
    account = company.crm.account
    ann, bob = account.add(email=ANN), account.add(email=BOB)
    shared = order(company, ann, bob)
    await settle(company)

    account.merge(bob, ann)
    await settle(company)
    merged = await counted(company, ANN, BOB)
    account.set(shared, "orders", hs_total_price="90")
    await settle(company)

    assert merged == [(1, [1]), (1, [1])]
    assert await counted(company, ANN, BOB) == merged


async def test_who_is_left_when_the_first_is_deleted_has_the_order_once(company: Company) -> None:
    account = company.crm.account
    ann, bob = account.add(email=ANN), account.add(email=BOB)
    shared = order(company, ann, bob)
    await settle(company)

    account.archive(ann)
    account.set(shared, "orders", hs_total_price="90")
    await settle(company)

    assert await counted(company, BOB) == [(1, [1])]


async def test_who_are_one_by_address_have_the_order_once_and_parted_each_their_own(
    company: Company,
) -> None:
    account = company.crm.account
    zoe, other = account.add(email=ZOE), account.add(email=ALSO_ZOE)
    order(company, zoe, other)
    await settle(company)
    together = await counted(company, ZOE)

    account.set(other, email=BOB)
    await settle(company)

    assert together == [(1, [1])]
    assert await counted(company, ZOE, BOB) == [(1, [1]), (1, [1])]
