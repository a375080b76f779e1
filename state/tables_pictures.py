"""The tables of pictures of everybody, which are kept with the scores themselves."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from state.columns import Instant, Number, Words
from state.tables import Table


class StageCounts(Table, table=True):
    """How many persons stand in each stage of each score, kept with the scores themselves."""

    __tablename__ = "stage_counts"
    __table_args__ = ({"sqlite_with_rowid": False},)
    name: str = Field(primary_key=True, sa_type=Words, description="Name of score or grade.")
    stage: str = Field(primary_key=True, sa_type=Words, description="Stage, or label of a grade.")
    persons: int = Field(sa_type=Number, description="How many; rows of none may stay.")


class ScoreCounts(Table, table=True):
    """How many persons have how many points, kept with the scores themselves."""

    __tablename__ = "score_counts"
    __table_args__ = ({"sqlite_with_rowid": False},)
    name: str = Field(primary_key=True, sa_type=Words, description="Name of the score.")
    points: int = Field(
        primary_key=True,
        sa_type=Number,
        description="Whole points of the rounded score, cut downwards.",
        sa_column_kwargs={"autoincrement": False},
    )
    persons: int = Field(sa_type=Number, description="How many.")


class StageMoves(Table, table=True):
    """Who went from one stage to another, by quarters of an hour; kept for 40 days."""

    __tablename__ = "stage_moves"
    __table_args__ = ({"sqlite_with_rowid": False},)
    at: datetime = Field(primary_key=True, sa_type=Instant, description="When the quarter began.")
    name: str = Field(primary_key=True, sa_type=Words, description="Name of score or grade.")
    before: str = Field(primary_key=True, sa_type=Words, description="Stage; empty: none.")
    after: str = Field(primary_key=True, sa_type=Words, description="Stage; empty: none.")
    persons: int = Field(sa_type=Number, description="How many.")


class CohortScores(Table, table=True):
    """What scores come to per month of arrival; a month in which nothing moved has no row."""

    __tablename__ = "cohort_scores"
    __table_args__ = ({"sqlite_with_rowid": False},)
    name: str = Field(primary_key=True, sa_type=Words, description="Name of the score.")
    cohort: str = Field(primary_key=True, sa_type=Words, description="Month of arrival: 2026-03.")
    month: str = Field(primary_key=True, sa_type=Words, description="As of the end of this month.")
    persons: int = Field(sa_type=Number, description="How many have the score.")
    total: int = Field(sa_type=Number, description="Sum of rounded scores, millionths of a point.")


class RuleCounts(Table, table=True):
    """What each rule gives to everybody, kept with the scores themselves."""

    __tablename__ = "rule_counts"
    __table_args__ = ({"sqlite_with_rowid": False},)
    model: str = Field(primary_key=True, sa_type=Words, description="Digest of the model.")
    rule: int = Field(
        primary_key=True,
        sa_type=Number,
        description="Place of the rule among the sorted names of the model's.",
        sa_column_kwargs={"autoincrement": False},
    )
    persons: int = Field(sa_type=Number, description="To whom it gives, or from whom it takes.")
    points: int = Field(sa_type=Number, description="Sum of it, in millionths of a point.")
