"""Whatever our OpenAPI allows or forbids is answered, and as it says; never by a 500."""

from __future__ import annotations

import asyncio
from functools import cache
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from schemathesis import GenerationMode, checks
from schemathesis.core.result import Ok

from tests.unit.web.house import House

ADA = "ada@example.com"
AS_ADMIN = {"authorization": "Bearer token"}
EXAMPLES = 40
"""Of each operation and kind; two dozen operations are asked within seconds."""
CHECKS = [
    *(checks.not_a_server_error, checks.status_code_conformance),
    *(checks.content_type_conformance, checks.response_headers_conformance),
    checks.response_schema_conformance,
]
"""Not those about what is accepted: a text may be no instant, whatever its schema says."""


@cache
def _house() -> House:
    house = House(admin_token=SecretStr("token"))

    async def fill() -> None:
        ada = house.world.crm.create(ADA, job="boss")
        house.world.happens(house.world.crm, ada)
        await house.world.sync()

    asyncio.run(fill())
    return house


@cache
def _operations() -> dict[str, Any]:
    app = _house().app
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app, headers=AS_ADMIN)
    found = [each.ok() for each in schema.get_all_operations() if isinstance(each, Ok)]
    return {f"{each.method.upper()} {each.path}": each for each in found}


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.name.lower())
@pytest.mark.parametrize("name", _operations())
def test_every_operation_answers_as_its_schema_says(name: str, mode: GenerationMode) -> None:
    operation = _operations()[name]

    @given(case=operation.as_strategy(generation_mode=mode), is_known=st.booleans())
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def asked(case: Any, is_known: bool) -> None:  # noqa: ANN401 - a case of schemathesis
        if is_known and "contact" in (case.path_parameters or {}):
            case.path_parameters["contact"] = ADA
        case.validate_response(case.call(headers=AS_ADMIN), checks=CHECKS)

    asked()


@given(
    at=st.one_of(
        st.datetimes().map(lambda each: each.isoformat()),
        st.floats().map(str),
        st.integers().map(str),
        st.sampled_from(["0001-01-01", "9999-12-31T23:59:59.999999Z", "1e999", "-1e11", "0" * 99]),
    )
)
@settings(max_examples=60, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
def test_any_instant_is_explained_or_refused(at: str) -> None:
    operation = _operations()["GET /api/v1/explain/{contact}"]
    case = operation.Case(path_parameters={"contact": ADA}, query={"at": at})

    answer = case.call(headers=AS_ADMIN)

    assert answer.status_code in {200, 422}, at
