"""Wrong readings of which events exist, what they are tagged with, and of traits."""

from tests.mutations.mutation import Mutation

_EVENTS = "events.py"
_TRAITS = "traits.py"

_TAGGED = "_tagged(_renamed(events, model.rename), model.content)"

OF_SURROUNDINGS = (
    Mutation(
        name="an event of the very instant of scoring does not exist",
        file=_EVENTS,
        changes=(("pl.col(AT) <= now", "pl.col(AT) < now"),),
    ),
    Mutation(
        name="an event still exists at the age at which it is forgotten",
        file=_EVENTS,
        changes=(("pl.col(AT) > now -", "pl.col(AT) >= now -"),),
    ),
    Mutation(
        name="events are ignored before they are tagged",
        file=_EVENTS,
        changes=(
            (f"events = {_TAGGED}", "events = _renamed(events, model.rename)"),
            ("    return Past(", "    events = _tagged(events, model.content)\n    return Past("),
        ),
    ),
    Mutation(
        name="events are tagged before they are renamed",
        file=_EVENTS,
        changes=((_TAGGED, "_renamed(_tagged(events, model.content), model.rename)"),),
    ),
    Mutation(
        name="each tag is set by the first entry that matches and names it",
        file=_EVENTS,
        changes=(
            (
                '_named(phases, "phase"), _named(kinds, "kind")',
                (
                    "*(pl.coalesce(*(pl.when(holds(each.match)).then(pl.lit(tag, pl.String))"
                    " for each, tag in zip(content, tags.values())), pl.col(name)).alias(name)"
                    ' for name, tags in (("phase", phases), ("kind", kinds)))'
                ),
            ),
        ),
    ),
    Mutation(
        name="an entry that matches sets only tags that did not come with the event",
        file=_EVENTS,
        changes=(("pl.coalesce(named, pl.col(column))", "pl.coalesce(column, named)"),),
    ),
    Mutation(
        name="it is unknown whether an event is a machine's",
        file=_EVENTS,
        changes=(('pl.col("is_machine").fill_null(False)', 'pl.col("is_machine")'),),
    ),
    Mutation(
        name="in the order of events an id comes before its platform",
        file="past.py",
        changes=(('ORDER = (AT, "platform", EVENT_ID)', 'ORDER = (AT, EVENT_ID, "platform")'),),
    ),
    Mutation(
        name="a condition that is NULL holds",
        file="matching.py",
        changes=(("fill_null(False)", "fill_null(True)"),),
    ),
    Mutation(
        name="the window of a trait has its edge",
        file=_TRAITS,
        changes=(("past.age < micros(trait.within)", "past.age <= micros(trait.within)"),),
    ),
    Mutation(
        name="days of a trait are days in UTC",
        file=_TRAITS,
        changes=(("local_day(pl.col(AT), past.timezone)", 'local_day(pl.col(AT), "UTC")'),),
    ),
    Mutation(
        name="ties of mode go to the value seen last the longest ago",
        file=_TRAITS,
        changes=(
            (
                "values.group_by(CONTACT).agg(pl.col(column).max())",
                (
                    "values.group_by(CONTACT).agg(pl.col(column).max() if column != AT"
                    " else pl.col(column).min())"
                ),
            ),
        ),
    ),
    Mutation(
        name="the last value may be NULL",
        file=_TRAITS,
        changes=(
            (
                "    if trait.column is not None:\n        counts",
                '    if trait.column is not None and trait.measure != "last":\n        counts',
            ),
        ),
    ),
    Mutation(
        name="a mean is over NULLs, too",
        file=_TRAITS,
        changes=(
            (
                "    if trait.column is not None:\n        counts",
                '    if trait.column is not None and trait.measure != "avg":\n        counts',
            ),
        ),
    ),
    Mutation(
        name="a sum of nothing is NULL",
        file=_TRAITS,
        changes=(("to_float(measured.fill_null(0))", "to_float(measured)"),),
    ),
    Mutation(
        name="days_since are whole days",
        file=_TRAITS,
        changes=(
            ("ratio(past.since(measured), _DAY)", "ratio(past.since(measured), _DAY).floor()"),
        ),
    ),
)
