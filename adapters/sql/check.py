"""What keeps an entry from working: a refused query, a column it lacks, a table of others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.sql.asking import MOST_COUNTED
from adapters.sql.config import ContactsQuery
from connector.errors import (
    PlatformError,
    PlatformUnavailable,
    Problem,
    UnexpectedAnswer,
    is_locked_out,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from adapters.sql.asking import Question
    from adapters.sql.database import Database
    from adapters.sql.writing import ScoreTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Looks at one database."""

    database: Database
    questions: Sequence[Question]
    table: ScoreTable | None

    async def problems(self) -> Sequence[Problem]:
        """Return what is wrong; raises PlatformError when the database lets nobody in."""
        found = [problem for each in self.questions for problem in await self._of(each)]
        amiss = await self.table.amiss() if self.table else None
        if amiss:
            path = f"platforms.{self.database.name}.writes.table"
            found.append(Problem(message=amiss, path=path))
        return found

    async def _of(self, question: Question) -> Sequence[Problem]:
        def look(connection: Connection) -> Sequence[Problem]:
            columns = question.columns(connection)
            if found := [*question.problems(columns)]:
                return found
            lead = question.lead(connection)
            if lead is not None and (problem := question.lead_problem(lead)):
                return [problem]
            return []

        operation = f"check {question.path}"
        try:
            return await self.database.read(operation, look) or await self._unplaced(question)
        except PlatformError as error:
            if isinstance(error, PlatformUnavailable) or is_locked_out(error):
                raise
            message = str(error).removeprefix(f"{operation}: ")
            return [Problem(message=message, path=f"{question.path}.query")]

    async def _unplaced(self, question: Question) -> Sequence[Problem]:
        try:
            counts = await self.database.read("count rows without a place", question.unplaced)
        except UnexpectedAnswer as error:
            return [Problem(message=str(error), path=f"{question.path}.query", is_advice=True)]
        return [*_advice(question, counts)]


def _advice(question: Question, counts: Mapping[str, int]) -> Iterator[Problem]:
    """Yield advice about rows that have no place in the order by which they are read."""
    for column, count in counts.items():
        number = f"more than {MOST_COUNTED:,}" if count > MOST_COUNTED else f"{count:,}"
        has = f"{number} row has" if count == 1 else f"{number} rows have"
        key, meaning = "query", "read once a day, and known by what is in them"
        hint = None
        if column == question.config.cursor:
            key, meaning = "cursor", "read once a day, not when they change"
            hint = f"let the query fill it, as COALESCE({column}, created_at) AS {column}"
        elif isinstance(question.config, ContactsQuery):
            meaning = "left out, as nothing says who they are"
        text = f"{has} no value in `{column}`: {meaning}"
        yield Problem(message=text, path=f"{question.path}.{key}", hint=hint, is_advice=True)
