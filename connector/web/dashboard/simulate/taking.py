"""What the page of drafts needs beside itself: where its form goes, and its script."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, RedirectResponse, Response

from connector.config.folder import MAX_FILES
from connector.errors import ConfigError
from connector.ports.webhook import MOST_BYTES
from connector.sync.simulating.draft import drafted, files_in_force
from connector.sync.simulating.question import Question
from connector.sync.simulating.trials import TooManyWait
from connector.web.answers import refusal
from connector.web.dashboard import paths
from connector.web.dashboard.frame import Visit, at, failed
from connector.web.dashboard.language import marked
from connector.web.dashboard.looks import Looks
from connector.web.door import header

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI
    from starlette.datastructures import FormData
    from starlette.requests import Request

    from connector.web.desk import Desk

WEEKS = (0, 1, 4, 12, 26, 52)
"""Over how many weeks a draft can be replayed."""
USUAL_WEEKS = 4
_TOO_MANY = marked("Too many simulations wait already. Cancel one, or try again later.")
FIELD = "file:"
"""Begins the name of the field that holds a file."""
_SCRIPT = (Path(__file__).parent.parent / "script" / "simulate.js").read_bytes()


def offer(app: FastAPI) -> None:
    """Add the routes."""
    app.add_route(paths.SIMULATE, _take, methods=["POST"], include_in_schema=False)
    app.add_route(paths.SIMULATE_SCRIPT, _script, methods=["GET"], include_in_schema=False)


async def _take(request: Request) -> Response:
    """Begin to simulate the draft of a form, and lead to where that is shown.

    The script of the page sends the form itself: whatever is refused, the draft stays in sight.
    """
    desk: Desk = request.app.state.desk
    configuration = desk.workspace().configuration
    looks = Looks.of(request.scope, configuration.model.timezone)
    is_script = header(request.scope, b"accept") == b"application/json"
    form = await request.form(max_fields=MAX_FILES + 2, max_part_size=MOST_BYTES)
    question = Question(at=desk.clock.now(), weeks=_weeks(form))
    try:
        files = drafted(files_in_force(configuration), _changed(form))
        trial = desk.trials.ask(configuration, files, question)
    except TooManyWait:
        told = looks.language.text(_TOO_MANY)
        if is_script:
            return refusal(HTTPStatus.SERVICE_UNAVAILABLE, told)
        return failed(Visit(request=request, looks=looks), told)
    except ConfigError as error:
        if is_script:
            raise
        return failed(Visit(request=request, looks=looks), str(error))
    shown = at(paths.SIMULATE, id=trial.id)
    if is_script:
        return JSONResponse({"page": shown}, HTTPStatus.ACCEPTED)
    return RedirectResponse(shown, HTTPStatus.SEE_OTHER)


def _changed(form: FormData) -> Mapping[str, str]:
    """Return the files of a form; those that were not touched are not in it."""
    return {
        # Browsers end lines of a form by the book, which is not how files end them.
        name.removeprefix(FIELD): text.replace("\r\n", "\n")
        for name, text in form.multi_items()
        if name.startswith(FIELD) and isinstance(text, str)
    }


def _weeks(form: FormData) -> int:
    asked = form.get("weeks")
    return next((each for each in WEEKS if str(each) == asked), USUAL_WEEKS)


async def _script(_request: Request) -> Response:
    return Response(_SCRIPT, media_type="text/javascript")
