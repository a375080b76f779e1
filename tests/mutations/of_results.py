"""Wrong readings of groups, dimensions, scores, stages and grades."""

from tests.mutations.mutation import Mutation

_GROUPS = "groups.py"
_SCORES = "scores.py"
_STAGES = "stages.py"
_GRADES = "grades.py"

OF_RESULTS = (
    Mutation(
        name="a group has a factor for each dimension",
        file=_GROUPS,
        changes=(
            (
                "{name: _factor(model, name).alias(_factor_column(name)) for name in model.groups}",
                (
                    "{(name, of): _factor(model, name, of).alias(_factor_column(name + of))"
                    " for name in model.groups for of in model.dimensions}"
                ),
            ),
            (
                "_share(name, rule.group)",
                "_share(name, rule.group and rule.group + rule.dimension)",
            ),
            (
                "def _factor(model: Model, group: str)",
                "def _factor(model: Model, group: str, of: str)",
            ),
            ("if rule.group == group)", "if rule.group == group and rule.dimension == of)"),
        ),
    ),
    Mutation(
        name="a group holds the sum of sizes",
        file=_GROUPS,
        changes=(("total(pl.col(cooled_column(name))", "total(pl.col(cooled_column(name)).abs()"),),
    ),
    Mutation(
        name="a score sums its dimensions before floor and cap",
        file=_SCORES,
        changes=(
            ("total(to_fixed(pl.col(name))", "total(pl.col(total_column(name))"),
            ("import computed_column", "import computed_column, total_column"),
        ),
    ),
    Mutation(
        name="a formula that is infinite is held in the range",
        file=_SCORES,
        changes=(("number.is_finite() &", "number.is_not_nan() &"),),
    ),
    Mutation(
        name="who may or may not be of the population is",
        file=_SCORES,
        changes=(
            (
                "holds(score.population)",
                (
                    "(holds(None) if score.population is None"
                    " else compile_expression(score.population).fill_null(value=True))"
                ),
            ),
        ),
    ),
    Mutation(
        name="a score is held in its range once it is rounded",
        file=_SCORES,
        changes=(
            (
                "each.digits).alias(each.name)",
                "each.digits).clip(each.low, each.high).alias(each.name)",
            ),
        ),
    ),
    Mutation(
        name="a zero may have a sign",
        file=_SCORES,
        changes=(
            (
                "_never_minus_zero(number.clip(score.low, score.high))",
                "number.clip(score.low, score.high)",
            ),
        ),
    ),
    Mutation(
        name="halves go to the even number",
        file=_SCORES,
        changes=(
            (
                "round_expr(pl.col(exact_column(each.name)), each.digits)",
                "pl.col(exact_column(each.name)).round(each.digits)",
            ),
        ),
    ),
    Mutation(
        name="a stage is left below from",
        file=_STAGES,
        changes=(("value >= rung.leave_below", "value >= rung.from_"),),
    ),
    Mutation(
        name="a stage begins above from",
        file=_STAGES,
        changes=(("value >= rung.from_", "value > rung.from_"),),
    ),
    Mutation(
        name="a stage sees the score as it is before rounding",
        file=_STAGES,
        changes=(("value = pl.col(score.name)", 'value = pl.col(f"_exact:{score.name}")'),),
    ),
    Mutation(
        name="up_only goes down",
        file=_STAGES,
        changes=(("if score.is_up_only:", "if False:"),),
    ),
    Mutation(
        name="a band begins above its threshold",
        file=_GRADES,
        changes=(("value >= threshold", "value > threshold"),),
    ),
    Mutation(
        name="a grade is the column's label, then the row's",
        file=_GRADES,
        changes=(
            (
                "pl.concat_str(_band(grade.rows), _band(grade.columns))",
                "pl.concat_str(_band(grade.columns), _band(grade.rows))",
            ),
        ),
    ),
    Mutation(
        name="thresholds see what is finer than nine decimals",
        file=_GRADES,
        changes=(("round_expr(pl.col(side.of), _THRESHOLD_DIGITS)", "pl.col(side.of)"),),
    ),
)
