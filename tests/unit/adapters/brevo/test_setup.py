"""Attributes, lists and webhooks of an account: what there is, and making what is missing."""

from __future__ import annotations

import pytest

from adapters.brevo.lists import FOLDER, BrevoLists
from adapters.brevo.registration import BrevoRegistration
from connector.domain.values import FieldType
from connector.errors import ConfigError, RejectedByPlatform
from connector.ports.platform import RemoteField
from tests.unit.adapters.brevo.canned import Canned
from tests.unit.adapters.brevo.writing.mail import TOKEN, Mail

URL = "https://heat.example.com/webhooks/mail"


@pytest.fixture
def mail() -> Mail:
    return Mail()


async def test_attributes_are_told_in_our_words(mail: Mail) -> None:
    known = {each.name: each for each in await mail.fields.fields()}

    assert known["SCORE"] == RemoteField(name="SCORE", type=FieldType.NUMBER)
    assert known["SEEN"].type is FieldType.DATETIME
    assert known["VIP"].type is FieldType.BOOLEAN
    assert known["LEVEL"].options == ("cold", "hot")
    assert known["LIKES"].options == ("tea", "coffee", "milk")
    shut = {name for name, each in known.items() if not each.is_writable}
    assert {"EMAIL", "SMS", "EXT_ID", "DOUBLE_OPT-IN", "ORDERS"} <= shut
    assert not shut & {"SCORE", "SEEN", "VIP", "LEVEL", "LIKES", "FIRSTNAME"}


@pytest.mark.parametrize(
    ("kind", "made"),
    [
        (FieldType.TEXT, "text"),
        (FieldType.EMAIL, "text"),
        (FieldType.NUMBER, "float"),
        (FieldType.BOOLEAN, "boolean"),
        (FieldType.DATETIME, "date"),
    ],
)
async def test_an_attribute_is_made_with_its_type(mail: Mail, kind: FieldType, made: str) -> None:
    await mail.fields.create_field(RemoteField(name="NEW", type=kind))

    assert mail.account.attributes["NEW"].type == made


async def test_an_attribute_of_another_type_is_not_made_anew(mail: Mail) -> None:
    with pytest.raises(RejectedByPlatform, match="SCORE is there already, as a float"):
        await mail.fields.create_field(RemoteField(name="SCORE", type=FieldType.TEXT))


async def test_the_name_of_an_attribute_is_in_capitals(mail: Mail) -> None:
    with pytest.raises(RejectedByPlatform, match="HEAT_SCORE"):
        await mail.fields.create_field(RemoteField(name="heat_score", type=FieldType.NUMBER))


@pytest.mark.parametrize(
    ("name", "other"),
    [("Été chaud", "`ETE_CHAUD`"), ("heat-score", "`HEAT_SCORE`"), ("热", "`LEAD")],
)
async def test_a_name_that_no_attribute_has_is_told_with_one_that_would_do(
    mail: Mail, name: str, other: str
) -> None:
    why = await mail.fields.cannot_make(name)

    assert why is not None
    assert other in (why.hint or "")
    assert await mail.fields.cannot_make("HEAT-SCORE") is None


async def test_lists_are_made_in_a_folder_of_their_own(mail: Mail) -> None:
    await mail.lists.create_list("Hot")
    await mail.lists.create_list("Cold")

    lists = mail.account.lists
    assert list(lists.folders.values()).count(FOLDER) == 1
    assert {lists.folders[each.folder_id] for each in lists.by_id.values()} == {FOLDER}


async def test_all_lists_are_seen_though_a_page_has_fifty(mail: Mail) -> None:
    for number in range(120):
        mail.account.lists.add(f"List {number}")

    assert len(await mail.lists.lists()) == 120


async def test_a_size_that_brevo_does_not_count_any_more_is_not_told(mail: Mail) -> None:
    mail.account.lists.add("Hot")

    (hot,) = await mail.lists.lists()

    assert hot.size is None


async def test_a_size_that_it_counts_is() -> None:
    row = {"id": 7, "name": "Hot", "folderId": 1, "totalSubscribers": 0, "uniqueSubscribers": 12}
    account = Canned(lambda _: (200, {"count": 1, "lists": [row]}))

    (hot,) = await BrevoLists(account.account()).lists()

    assert hot.size == 12


async def test_webhooks_tell_in_batches_and_prove_themselves(mail: Mail) -> None:
    await mail.webhooks.register(URL)

    hooks = list(mail.account.outbox.hooks.values())
    assert {each.type for each in hooks} == {"transactional", "marketing"}
    assert {(each.url, each.is_batched) for each in hooks} == {(URL, True)}
    assert {str(each.auth) for each in hooks} == {
        str({"type": "bearer", "token": TOKEN.get_secret_value()})
    }


async def test_what_we_cannot_use_is_not_asked_for(mail: Mail) -> None:
    await mail.webhooks.register(URL)

    told = {name for each in mail.account.outbox.hooks.values() for name in each.events}
    assert {"opened", "click", "unsubscribed", "listAddition", "contactDeleted"} <= told
    assert not told & {"uniqueOpened", "inboundEmailProcessed"}


async def test_the_token_is_told_anew_each_time(mail: Mail) -> None:
    await mail.webhooks.register(URL)
    for each in mail.account.outbox.hooks.values():
        each.auth = {"type": "bearer", "token": "old"}

    await mail.webhooks.register(URL)

    hooks = list(mail.account.outbox.hooks.values())
    assert len(hooks) == 2
    assert {str((each.auth or {})["token"]) for each in hooks} == {TOKEN.get_secret_value()}


async def test_webhooks_of_others_are_left_alone(mail: Mail) -> None:
    other = await mail.webhooks.register("https://crm.example.com/brevo")
    ours = await mail.webhooks.register(URL)

    for each in ours:
        await mail.webhooks.remove(each.remote_id)

    assert [each.remote_id for each in await mail.webhooks.webhooks()] == [
        each.remote_id for each in other
    ]


async def test_an_account_that_has_too_many_webhooks_says_so(mail: Mail) -> None:
    for number in range(20):
        await mail.webhooks.register(f"https://crm.example.com/{number}")

    with pytest.raises(RejectedByPlatform, match="out_of_range: at most … webhooks"):
        await mail.webhooks.register(URL)


async def test_without_a_token_no_webhook_is_registered() -> None:
    account = Canned(lambda _: (500, None))
    part = BrevoRegistration(account=account.account(), token=None)

    with pytest.raises(ConfigError) as caught:
        await part.register(URL)

    assert "HEATSYNC_PLATFORMS__MAIL__WEBHOOK_TOKEN" in str(caught.value)
    assert account.asked == []
