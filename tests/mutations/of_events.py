"""Wrong readings of `event` rules, of decay and of guards."""

from tests.mutations.mutation import Mutation

_RULE = "rules/event.py"
_UNLESS = "rules/unless.py"
_DECAY = "decay.py"

OF_EVENTS = (
    Mutation(
        name="once_per keeps the last event of each value",
        file=_RULE,
        changes=(
            ("agg(pl.col(AT).min(), pl.col(_RAW).first())", "agg(pl.col(AT).max(), pl.last(_RAW))"),
            ('keep="first"', 'keep="last"'),
        ),
    ),
    Mutation(
        name="the NULLs of once_per are one value",
        file=_RULE,
        changes=(
            ("valued = rows.filter(value.is_not_null())", "valued = rows"),
            (
                (
                    "pl.concat([first, rows.filter(value.is_null())"
                    ".select(first.collect_schema().names())])"
                ),
                "first",
            ),
        ),
    ),
    Mutation(
        name="once_per keeps the first event that unless leaves",
        file=_RULE,
        changes=(
            ("rows if rule.once_per is None else", "rows if not rule.once_per or rule.unless else"),
            (
                "    if rule.cap is None:",
                (
                    "    if rule.once_per and rule.unless:\n"
                    "        rows = _first_of_each(rows, order)\n"
                    "    if rule.cap is None:"
                ),
            ),
        ),
    ),
    Mutation(
        name="a cap runs over the events that unless takes back, too",
        file=_RULE,
        changes=(
            (
                "        rows = standing(rows, rule, rule.unless, past)\n",
                (
                    "        rows = rows.with_columns(pl.col(_RAW).alias(_POINTS))\n"
                    "        if rule.cap is not None:\n"
                    "            cap, zone = rule.cap, past.timezone\n"
                    "            rows = capped(rows, _POINTS, cap, zone, order=order)\n"
                    "        rows = standing(rows, rule, rule.unless, past)\n"
                    "        waits = pl.col(COUNTS_FROM) > past.now\n"
                    "        given = pl.when(waits).then(0.0).otherwise(pl.col(_POINTS))\n"
                    "        raw = pl.when(waits).then(0.0).otherwise(pl.col(_RAW))\n"
                    "        return rows.with_columns(given.alias(_POINTS), raw.alias(_RAW))\n"
                ),
            ),
        ),
    ),
    Mutation(
        name="a cap holds what decay leaves",
        file=_RULE,
        changes=(
            ("left = cool(pl.col(_POINTS), rule.decay, age)", "left = pl.col(_POINTS)"),
            (
                "pl.col(_RAW).alias(_POINTS)",
                "cool(pl.col(_RAW), rule.decay, past.since(pl.col(COUNTS_FROM))).alias(_POINTS)",
            ),
        ),
    ),
    Mutation(
        name="points that are infinite are the most there is",
        file=_RULE,
        changes=(("number.is_finite()", "number.is_not_nan()"),),
    ),
    Mutation(
        name="an earlier counterpart takes points back",
        file=_UNLESS,
        changes=(("other.is_null() | (other < pl.col(AT))", "other.is_null()"),),
    ),
    Mutation(
        name="a counterpart at the same instant takes nothing back",
        file=_UNLESS,
        changes=(("(other < pl.col(AT))", "(other <= pl.col(AT))"),),
    ),
    Mutation(
        name="an event takes its own points back",
        file=_UNLESS,
        changes=(("    if may_be_both:", "    if False:"),),
    ),
    Mutation(
        name="NULL is a value that a counterpart shares",
        file=_UNLESS,
        changes=(
            ('on=keys, how="left"', 'on=keys, how="left", nulls_equal=True'),
            ("rows.filter(pl.col(unless.same).is_not_null())", "rows"),
        ),
    ),
    Mutation(
        name="the age of what waited counts from the event",
        file=_RULE,
        changes=(("age = past.since(since)", "age = past.age"),),
    ),
    Mutation(
        name="an event counts only after the instant its wait ends",
        file=_RULE,
        changes=(
            ("is_waiting = since > past.now", "is_waiting = since >= past.now"),
            ("waits = pl.col(COUNTS_FROM) > past.now", "waits = pl.col(COUNTS_FROM) >= past.now"),
        ),
    ),
    Mutation(
        name="an event counts while it waits",
        file=_RULE,
        changes=(
            ("is_waiting = since > past.now", "is_waiting = pl.lit(value=False)"),
            ("waits = pl.col(COUNTS_FROM) > past.now", "waits = pl.lit(value=False)"),
        ),
    ),
    Mutation(
        name="a half-life is the time to an e-th",
        file=_DECAY,
        changes=(("pl.lit(2.0).pow(", "pl.lit(2.718281828459045).pow("),),
    ),
    Mutation(
        name="linear decay goes on below zero",
        file=_DECAY,
        changes=(
            (
                "return points * left.otherwise(0.0)",
                "return points * left.otherwise(1.0 - ratio(age, micros(span)))",
            ),
        ),
    ),
    Mutation(
        name="points stand at the very age at which they expire",
        file=_DECAY,
        changes=(("age < micros(span)).then(points)", "age <= micros(span)).then(points)"),),
    ),
    Mutation(
        name="steps of decay have no floor",
        file=_DECAY,
        changes=(("(age // micros(every)).cast(pl.Float64)", "ratio(age, micros(every))"),),
    ),
    Mutation(
        name="a guard keeps nothing back",
        file="rules/registry.py",
        changes=(("if rule.guard is None else", "if True else"),),
    ),
    Mutation(
        name="a guard that is NULL is open",
        file="rules/registry.py",
        changes=(
            (
                "from connector.scoring.matching import holds",
                "from connector.conditions.compiler import compile_expression",
            ),
            ("holds(rule.guard)", "compile_expression(rule.guard).fill_null(value=True)"),
        ),
    ),
)
