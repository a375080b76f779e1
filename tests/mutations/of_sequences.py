"""Wrong readings of `sequence` rules."""

from tests.mutations.mutation import Mutation

_RULE = "rules/sequence.py"
_COMPLETIONS = "rules/completions.py"
_EARLIEST = "np.maximum(self.start_of_instant[chain[-1]], floor)"

OF_SEQUENCES = (
    Mutation(
        name="a sequence may take the whole of within",
        file=_COMPLETIONS,
        changes=(("< self.within", "<= self.within"),),
    ),
    Mutation(
        name="a step comes at a later instant than the one before",
        file=_COMPLETIONS,
        changes=(
            (
                _EARLIEST,
                (
                    "np.maximum(np.searchsorted(self.start_of_instant, "
                    'self.start_of_instant[chain[-1]], side="right"), floor)'
                ),
            ),
        ),
    ),
    Mutation(
        name="a step comes later in the order of events than the one before",
        file=_COMPLETIONS,
        changes=((_EARLIEST, "np.maximum(chain[-1] + 1, floor)"),),
    ),
    Mutation(
        name="an event may be two steps of a completion",
        file=_COMPLETIONS,
        changes=(("for _ in chain:", "for _ in chain[:0]:"),),
    ),
    Mutation(
        name="award once gives the last completion",
        file=_COMPLETIONS,
        changes=(('keep="first"', 'keep="last"'),),
    ),
    Mutation(
        name="award once gives the completion that begins first",
        file=_COMPLETIONS,
        changes=((".sort(CONTACT, *ORDER, m", ".sort(CONTACT, _CHAIN, m"),),
    ),
    Mutation(
        name="completions of award each share events",
        file=_COMPLETIONS,
        changes=(("chains.max(axis=0, initial=0) + 1", "chains[0] + 1"),),
    ),
    Mutation(
        name="NULL is a value that steps share",
        file=_RULE,
        changes=(
            (
                "[pl.col(rule.same).alias(_KEY)]",
                '[pl.col(rule.same).cast(pl.String).fill_null("").alias(_KEY)]',
            ),
            ("rows.filter(pl.col(rule.same).is_not_null())", "rows"),
        ),
    ),
    Mutation(
        name="steps need not share a value",
        file=_RULE,
        changes=(("if rule.same is not None:", "if False:"),),
    ),
    Mutation(
        name="a completion ages from its first step",
        file=_RULE,
        changes=(
            (
                "left = cool(each, rule.decay, past.since(ended))",
                "left = cool(each, rule.decay, past.since(pl.col(BEGAN)))",
            ),
        ),
    ),
)
