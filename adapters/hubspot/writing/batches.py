"""Send a batch of records, and find in the answer what became of each.

HubSpot answers 207 when some were taken and others not. A record counts as taken only when its
row is in the answer; what neither a row nor an error tells of is an unexpected answer, which the
core reads back. A batch that is refused as a whole is raised, so that the core halves it, and so is
what is wrong with the account rather than with a record.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeAlias

import httpx

from adapters.http import Call
from adapters.hubspot.asking import unexpected
from adapters.hubspot.complaints import TRACE, PropertyAmiss, complaints_of, error_of, refusal
from adapters.hubspot.limits import REQUEST
from connector.errors import Recovery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from adapters.hubspot.account import Account
    from adapters.hubspot.complaints import Complaint
    from connector.errors import PlatformError

Input: TypeAlias = "dict[str, Any]"
Row: TypeAlias = "Mapping[str, Any]"

_MULTI = httpx.codes.MULTI_STATUS
_REFUSALS = frozenset({httpx.codes.BAD_REQUEST, httpx.codes.NOT_FOUND, httpx.codes.CONFLICT})
_SILENCE = "the answer says neither that it was done nor why not"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One request for several records of one type."""

    account: Account
    operation: str
    path: str
    inputs: Sequence[Input]
    """Each has its ``properties``, and its ``id`` where it has one already."""
    names: Sequence[str]
    """What a row of the answer is recognised by, for each input."""
    name_of: Callable[[Row], object] = itemgetter("id")
    """Returns that of a row; raises KeyError where it has none."""

    async def send(self) -> Sequence[Row | PlatformError]:
        """Return for each input, in order, its row of the answer or why there is none.

        Raises RejectedByPlatform when the batch was refused and nobody knows for whose sake, and
        PropertyAmiss when the account lacks a property, or has it otherwise.
        """
        for number, each in enumerate(self.inputs):
            each[TRACE] = str(number)
        call = Call(
            operation=self.operation,
            method="POST",
            path=self.path,
            buckets=REQUEST,
            body={"inputs": self.inputs},
            reads=_REFUSALS,
        )
        answer = await self.account.session.send(call)
        if answer.status in _REFUSALS:
            raise refusal(self.account, self.operation, answer)
        found = self._rows(answer.body)
        self._add_errors(found, complaints_of(answer.body))
        silent = unexpected(self.account, self.operation, _SILENCE)
        return [found.get(number, silent) for number in range(len(self.inputs))]

    def _rows(self, body: object) -> dict[int, Row | PlatformError]:
        """Return the rows of the answer by the number of their input."""
        results = body.get("results") if isinstance(body, dict) else None
        places = {name: number for number, name in enumerate(self.names)}
        found: dict[int, Row | PlatformError] = {}
        for row in results if isinstance(results, list) else ():
            if isinstance(row, dict) and isinstance(row.get("properties"), dict):
                number = places.get(self._name(row), _number(row.get(TRACE), self.inputs))
                if number is not None:
                    found[number] = row
        return found

    def _name(self, row: Row) -> str:
        try:
            return str(self.name_of(row))
        except KeyError:
            return ""

    def _add_errors(
        self, found: dict[int, Row | PlatformError], complaints: Sequence[Complaint]
    ) -> None:
        """Add each error to the input it is about."""
        stray: list[Complaint] = []
        for each in complaints:
            numbers = list(self._numbers(each))
            error = error_of(self.account, self.operation, each, _MULTI)
            if isinstance(error, PropertyAmiss):
                raise error
            found.update(dict.fromkeys(numbers, error))
            if not numbers:
                stray.append(each)
        silent = len(self.inputs) - len(found)
        if not stray or not silent:
            return
        error = error_of(self.account, self.operation, stray[0], _MULTI)
        if silent > 1 and error.recovery is Recovery.SKIP:
            raise error
        found.update({each: error for each in range(len(self.inputs)) if each not in found})

    def _numbers(self, complaint: Complaint) -> Iterator[int]:
        """Yield the inputs that an error is about."""
        for trace in complaint.trace_ids:
            if (number := _number(trace, self.inputs)) is not None:
                yield number
        if not complaint.trace_ids:
            yield from (n for n, name in enumerate(self.names) if name in complaint.ids)


def _number(trace: object, inputs: Sequence[Input]) -> int | None:
    """Return the number of the input that carries a trace id."""
    if isinstance(trace, str) and trace.isascii() and trace.isdigit() and int(trace) < len(inputs):
        return int(trace)
    return None
