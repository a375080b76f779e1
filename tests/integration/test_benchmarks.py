"""The benchmarks compare like with like."""

from pathlib import Path

import polars as pl
import pytest

from benchmarks.agreement import Disagreement, check_contributions, check_scores
from benchmarks.frames import contacts_of, events_of
from benchmarks.history import AT, happenings
from benchmarks.measuring import apart
from benchmarks.product import configuration
from benchmarks.warehouse import export_scores, fill
from connector.domain.frames import CONTACT, exact_column
from connector.scoring.engine import score

FEW = pl.col(CONTACT) <= 1_500


def test_twelve_rules_give_the_same_points_in_our_language_and_in_sql(tmp_path: Path) -> None:
    model = configuration().model
    contacts, events = contacts_of(0).filter(FEW), events_of(0).filter(FEW)
    contacts.write_parquet(tmp_path / "contacts-000.parquet")
    events.write_parquet(tmp_path / "events-000.parquet")
    apart(fill, str(tmp_path), str(tmp_path))
    apart(export_scores, str(tmp_path), str(tmp_path / "scored.parquet"))
    theirs = pl.read_parquet(tmp_path / "scored.parquet").rename({"contact": CONTACT})

    ours = score(model, contacts=contacts.lazy(), events=events.lazy(), at=AT, explain=True)

    assert ours.contributions is not None
    given = ours.contributions.filter(pl.col("points") != 0)["rule"].unique()
    assert set(model.rules) <= set(given)  # the comparison is about something
    check_contributions(ours.contributions, theirs, list(model.rules))
    check_scores(ours.contacts, theirs)


def test_a_number_that_differs_or_is_missing_is_told() -> None:
    ours = pl.DataFrame(
        {CONTACT: [1, 2], "engagement": [1.0, 2.0], "fit": [0.0, 0.0], exact_column("lead"): 1.0}
    )
    theirs = pl.DataFrame({CONTACT: [1, 2], "engagement": [1.0, None], "fit": 0.0, "lead": 1.0})

    with pytest.raises(Disagreement, match="engagement differs for 1 contacts"):
        check_scores(ours, theirs)


def test_histories_are_the_same_at_every_run_and_over_before_they_are_scored() -> None:
    assert events_of(3).equals(events_of(3))
    assert happenings(3).at.max() < AT.timestamp() * 1_000_000
