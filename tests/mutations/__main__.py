"""Plant mutations in the engine, and say which case of the reference comparison tells.

    python -m tests.mutations                                        all of them
    python -m tests.mutations counts                                 those of a share of the cases
    python -m tests.mutations "the window of a count has its edge"   those that are named

A JSON document a line; the exit code is 1 when one survives, or when nothing planted is caught.
"""

from __future__ import annotations

import json
import sys

from tests.mutations.hunting import hunt
from tests.mutations.mutation import Mutation
from tests.mutations.planted import NOTHING, PLANTED
from tests.mutations.planting import planted


def main(names: list[str]) -> int:
    """Hunt and print; return the exit code."""
    known = {*PLANTED, *(each.name for of_share in PLANTED.values() for each in of_share)}
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.stderr.write(f"There is no mutation or share {', '.join(unknown)}.\n")
        return 64
    is_right = True
    for share, mutations in PLANTED.items():
        chosen = [each for each in mutations if not names or {share, each.name} & {*names}]
        for each in (None, *chosen) if chosen else ():
            is_right &= _is_caught(each, share) == (each is not None)
    return 0 if is_right else 1


def _is_caught(mutation: Mutation | None, share: str) -> bool:
    catch = hunt(planted(mutation), share, is_short=mutation is None)
    case, difference = catch or (None, None)
    name = mutation.name if mutation else NOTHING
    line = {"share": share, "mutation": name, "caught_by": case, "difference": difference}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
    return catch is not None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
