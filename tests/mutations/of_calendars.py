"""Wrong readings of caps and of the local calendar."""

from tests.mutations.mutation import Mutation

_BUCKETS = "buckets.py"
_CAPS = "caps.py"

OF_CALENDARS = (
    Mutation(
        name="caps run over the calendar of UTC",
        file=_CAPS,
        changes=(("pl.col(AT), timezone)", 'pl.col(AT), "UTC")'),),
    ),
    Mutation(
        name="distinct days are days in UTC",
        file="rules/count.py",
        changes=(("local_day(pl.col(AT), past.timezone)", 'local_day(pl.col(AT), "UTC")'),),
    ),
    Mutation(
        name="an hour that comes again is the same hour",
        file=_BUCKETS,
        changes=(
            (
                "return _start_of_hour(instant, timezone)",
                (
                    "clock = instant.dt.convert_time_zone(timezone).dt.replace_time_zone(None)\n"
                    '            return clock.dt.truncate("1h").cast(pl.Int64)'
                ),
            ),
        ),
    ),
    Mutation(
        name="weeks begin on Sunday",
        file=_BUCKETS,
        changes=(('day.dt.truncate("1w")', 'day.dt.offset_by("1d").dt.truncate("1w")'),),
    ),
    Mutation(
        name="a month is thirty days",
        file=_BUCKETS,
        changes=(('day.dt.truncate("1mo")', 'day.dt.truncate("30d")'),),
    ),
    Mutation(
        name="a cap holds each event for itself",
        file=_CAPS,
        changes=(
            (
                "_held(pl.col(_SUM), cap) - _held(pl.col(_SUM) - pl.col(_OWN), cap)",
                "_held(pl.col(_OWN), cap)",
            ),
        ),
    ),
    Mutation(
        name="a cap holds the sum, but not the sum before it",
        file=_CAPS,
        changes=(
            (
                "_held(pl.col(_SUM) - pl.col(_OWN), cap)",
                "(pl.col(_SUM) - pl.col(_OWN))",
            ),
        ),
    ),
    Mutation(
        name="a cap holds what is given, not what is taken",
        file=_CAPS,
        changes=(
            (
                "clip(constant(-most), constant(most))",
                "clip(upper_bound=constant(most))",
            ),
        ),
    ),
)
