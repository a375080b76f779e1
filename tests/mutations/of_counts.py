"""Wrong readings of `count` and `inactive` rules."""

from tests.mutations.mutation import Mutation

_RULE = "rules/count.py"
_REACHING = "rules/reaching.py"
_SILENCE = "rules/inactive.py"

OF_COUNTS = (
    Mutation(
        name="the window of a count has its edge",
        file=_RULE,
        changes=(("< micros(rule.within)", "<= micros(rule.within)"),),
    ),
    Mutation(
        name="the window of award once has its edge",
        file=_REACHING,
        changes=(("pl.col(AT) + within", "pl.col(AT) + within + pl.duration(microseconds=1)"),),
    ),
    Mutation(
        name="points need more than at_least",
        file=_RULE,
        changes=(
            (
                "points = pl.when(number >= rule.at_least)",
                "points = pl.when(number > rule.at_least)",
            ),
        ),
    ),
    Mutation(
        name="award once is given at the latest instant with enough",
        file=_REACHING,
        changes=(("pl.col(_WHEN).min()", "pl.col(_WHEN).max()"),),
    ),
    Mutation(
        name="distinct counts NULL",
        file=_RULE,
        changes=(
            (
                "return rows.filter(pl.col(_VALUE).is_not_null())",
                "return rows.filter(pl.col(_VALUE).is_not_null() | pl.lit(rule.same is None))",
            ),
        ),
    ),
    Mutation(
        name="same counts NULL",
        file=_RULE,
        changes=(
            (
                "return rows.filter(pl.col(_VALUE).is_not_null())",
                "return rows.filter(pl.col(_VALUE).is_not_null() | pl.lit(rule.distinct is None))",
            ),
        ),
    ),
    Mutation(
        name="a value that comes again is one more of distinct",
        file=_REACHING,
        changes=(("ends = pl.min_horizontal(ends, again)", "ends = ends.fill_null(ends)"),),
    ),
    Mutation(
        name="silence is over its span at its edge",
        file=_SILENCE,
        changes=(("is_silent = over > 0", "is_silent = over >= 0"),),
    ),
    Mutation(
        name="a repeat is given only after its span, not at its end",
        file=_SILENCE,
        changes=(("1 + over //", "1 + (over - 1) //"),),
    ),
    Mutation(
        name="the first time of a silence is its first repeat",
        file=_SILENCE,
        changes=(("return 1 + over //", "return over //"),),
    ),
    Mutation(
        name="what is sent to somebody is an interaction",
        file=_SILENCE,
        changes=(('~pl.col("type").is_in(sorted(NOT_INTERACTIONS))', 'pl.col("type") != ""'),),
    ),
    Mutation(
        name="a creation after the newest event breaks the silence",
        file=_SILENCE,
        changes=(
            ("since = pl.coalesce(heard, pl.when", "since = pl.max_horizontal(heard, pl.when"),
        ),
    ),
)
