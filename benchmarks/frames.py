"""Histories as the product sees them: frames of events and of contacts, block by block."""

from __future__ import annotations

import numpy as np
import polars as pl

from benchmarks.history import AT as NOW
from benchmarks.history import BLOCK, DAYS, TYPES, URLS, happenings
from connector.domain.frames import AT, CONTACT, CREATED_AT, EVENT_ID, INSTANT, event_schema
from connector.scoring.past import ORDER

_SEED = 20_260_631
_COUNTRIES = pl.Series(["FR", "BE", "CH", "DE", "ES", "IT", "GB", "US", None])
_SHARES = (0.45, 0.1, 0.06, 0.1, 0.06, 0.05, 0.06, 0.04, 0.08)
_JOBS = pl.Series(["CEO", "Head of marketing", "Buyer", "Engineer", "Assistant", None])
_MAIL, _SHOP = "mail", "shop"
_MACHINES = 0.04
"""The share of opens that are a mail scanner's."""
_KINDS = {"important_page": "/(pricing|contact)", "article": "/blog/", "product": "/product/"}


def _address(page: int) -> str:
    named = ("", "pricing", "contact")
    if page < len(named):
        return f"https://shop.example.com/{named[page]}"
    section = ("blog/how-to", "blog/story", "product/item", "product/set", "about/us")[page % 5]
    return f"https://shop.example.com/{section}-{page}"


_ADDRESSES = pl.Series([_address(page) for page in range(URLS)])


def contacts_of(block: int) -> pl.DataFrame:
    """Return the contacts of a block: ours, `email`, `country` and `job_title`."""
    chance = np.random.default_rng([_SEED, block])
    number = pl.Series(1 + block * BLOCK + np.arange(BLOCK))
    seconds = chance.integers(0, (DAYS + 200) * 86_400, BLOCK)
    return pl.DataFrame(
        {
            CONTACT: number,
            CREATED_AT: NOW - pl.Series(seconds * 1_000_000).cast(pl.Duration("us")),
            "email": "contact-" + number.cast(pl.String) + "@example.com",
            "country": _COUNTRIES.gather(chance.choice(len(_COUNTRIES), BLOCK, p=_SHARES)),
            "job_title": _JOBS.gather(chance.integers(0, len(_JOBS), BLOCK)),
        }
    )


def events_of(block: int) -> pl.DataFrame:
    """Return the events of a block's contacts as `event_schema` says, by contact and in order."""
    chance = np.random.default_rng([_SEED, block, 1])
    found = happenings(block)
    size = found.at.size
    plain = pl.DataFrame(
        {
            CONTACT: found.contact,
            AT: pl.Series(found.at).cast(INSTANT),
            EVENT_ID: pl.Series(chance.integers(10**17, 10**18, size)).cast(pl.String),
            "type": pl.Series(TYPES).gather(found.kind),
            "campaign_id": pl.Series(found.campaign),
            "page": pl.Series(found.url),
            "amount": pl.Series(found.amount).fill_nan(None),
            "_chance": chance.random(size),
        }
    )
    filled = plain.lazy().with_columns(**_texts()).with_columns(**_dependent())
    schema = event_schema({})
    missing = (
        pl.lit(None, kind).alias(name)
        for name, kind in schema.items()
        if name not in filled.collect_schema()
    )
    return filled.with_columns(*missing).select(schema.names()).sort(CONTACT, *ORDER).collect()


def _texts() -> dict[str, pl.Expr]:
    kind = pl.col("type")
    is_mail = kind.str.starts_with("email.")
    is_page = kind.is_in(["page.viewed", "form.submitted"])
    campaign = pl.when(pl.col("campaign_id") >= 0).then(pl.col("campaign_id")).cast(pl.String)
    message = pl.concat_str(pl.lit("nl"), campaign, pl.lit("-"), pl.col(CONTACT), pl.lit("@mail"))
    address = pl.lit(_ADDRESSES).gather(pl.col("page").clip(0))
    product = pl.concat_str(pl.lit("sku-"), pl.col("page"))
    is_bought = kind.is_in(["order.placed", "order.refunded"])
    is_left = kind == "list.unsubscribed"
    return {
        "platform": pl.when(is_mail | is_left).then(pl.lit(_MAIL)).otherwise(pl.lit(_SHOP)),
        "campaign_id": campaign,
        "campaign_name": pl.concat_str(pl.lit("Newsletter of week "), campaign),
        "message_id": pl.when(is_mail).then(message),
        "message_kind": pl.when(is_mail).then(pl.lit("marketing")),
        "url": pl.when(is_page).then(address),
        "form_id": pl.when(kind == "form.submitted").then(pl.lit("contact")),
        "list_name": pl.when(is_left).then(pl.lit("Newsletter")),
        "product": pl.when(kind == "cart.item_added").then(product),
        "quantity": pl.when(kind == "cart.item_added").then(1.0 + (pl.col("_chance") * 3).floor()),
        "amount": pl.when(is_bought).then(pl.col("amount")),
        "currency": pl.when(is_bought).then(pl.lit("EUR")),
        "is_machine": pl.when(kind == "email.opened").then(pl.col("_chance") < _MACHINES),
    }


def _dependent() -> dict[str, pl.Expr]:
    kinds = (
        pl.when(pl.col("url").str.contains(part)).then(pl.lit(kind))
        for kind, part in _KINDS.items()
    )
    title = pl.concat_str(pl.lit("Page "), pl.col("page"))
    return {
        "kind": pl.coalesce(*kinds),
        "title": pl.when(pl.col("url").is_not_null()).then(title),
    }
