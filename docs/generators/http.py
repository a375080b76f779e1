"""The reference page of what is answered over HTTP."""

from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from adapters.brevo.webhooks.proof import MOST_BYTES as BREVO_BYTES
from connector.config.settings import Settings, variable
from connector.ports.webhook import MOST_BYTES
from connector.runtime.clock import SystemClock
from connector.web import door, intake, protocol, receiver
from connector.web.app import make_app
from connector.web.desk import Desk
from connector.web.routes.events import MOST
from docs.generators.markdown import code, page, table

INTRODUCTION = f"""
`heatsync run` answers on `{variable("host")}` and `{variable("port")}`. What is below `/api` is
for programs; `/api/docs` shows it in a browser, without anything from another server, and
`/api/openapi.json` is its OpenAPI. `/` leads to the page.

- When `{variable("admin_token")}` is set, everything but webhooks, `/healthz` and `/readyz` needs
  it, as `Authorization: Bearer <token>`. After {door.WRONG_TOKENS} wrong ones in a minute an
  address is not listened to until the minute is over, whatever it sends.
- Of `/api/docs` and `/api/openapi.json`, which tell of nobody, a browser asks for name and
  password: any name, and the token as the password. Nothing else is opened that way, so that no
  page from elsewhere can ask in your name.
- Without a token only this machine is answered, by the name localhost or its address, and nothing
  is changed for a page from elsewhere that somebody here looks at.
- Behind a proxy, whom it names in `X-Forwarded-For` counts as the caller, when the proxy is among
  `{variable("trusted_proxies")}`.
- Whatever is no success is `{{"error", "problems"}}`: a sentence, and each thing that is wrong with
  its place, such as `[3].occurred_at`. What was sent is never repeated.
- A body has at most {MOST_BYTES // 2**20} MiB, a batch of Brevo {BREVO_BYTES // 2**20}, and
  {protocol.MESSAGE_SECONDS:.0f} seconds to come.
"""
CALL = f"""
A call of a platform, proved by its secret. The answer is 200 once the call is on disk, 401 when it
proves nothing, 413 when it is too large, 404 where no such platform calls. What is not on disk
within {intake.PATIENCE:.0f} seconds is answered so that the platform sends it again. The same call
twice changes nothing.
"""
BESIDE = (
    (code("POST /webhooks/<platform>"), CALL),
    (code("GET /webhooks/<platform>"), "200: some platforms ask first whether anybody is there."),
    (code("GET /healthz"), "200 while the process lives. Nothing else is looked at."),
    (
        code("GET /readyz"),
        "200 from when the process has begun until it stops, while the database answers; else 503.",
    ),
    (code("GET /metrics"), "Figures for Prometheus; needs the admin token."),
)
WEBHOOKS = f"""
An address that sends {receiver.ALLOWED} calls without a proof in a minute is answered 429, before
its calls are read, until the minute is over; {receiver.ALLOWED_IF_PROVED} when a call of a platform
came from there within the hour, since platforms call from addresses that strangers use as well.
"""
EVENTS = f"""
`POST /api/v1/events` takes what happened elsewhere, such as at a trade show: a list of up to
{MOST:,} events. The values are read [as from files](../how-to/read-from-files.md), but here all are
taken or none: one problem is enough to store nothing, and all of them are told. Whoever an event
names (an e-mail address, our id, or `<platform>:<id>`) may be unknown: the event waits for them.
They count with the next scoring, a moment later.

```sh
curl -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\
  -d '[{{"contact": "ada@example.com", "type": "event.attended",
        "occurred_at": "2026-03-12T14:30:00+01:00", "title": "Global Industrie"}}]' \\
  http://localhost:8080/api/v1/events
```
"""


def page_of_http() -> str:
    """Return every path, what it takes and what it gives."""
    schema = make_app(_desk()).openapi()
    return page(
        "HTTP",
        INTRODUCTION,
        "## Webhooks and health",
        table(("Path", "Answers"), BESIDE),
        WEBHOOKS,
        "## The API",
        table(("Path", "Does", "Takes", "Gives"), _operations(schema)),
        "## Events that happened elsewhere",
        EVENTS,
        "## Shapes",
        *_shapes(schema["components"]["schemas"]),
    )


def _desk() -> Desk:
    def nobody(*_: object) -> NoReturn:
        raise RuntimeError("the page is made of what is declared")

    return Desk(
        workspace=nobody,
        settings=Settings.model_construct(),
        clock=SystemClock(),
        defer=nobody,
        metrics=nobody,
    )


def _operations(schema: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            given = _success(operation["responses"])["content"]
            name = code(f"{method.upper()} {path}")
            yield name, operation["description"], _taken(operation), _given(given)


def _success(responses: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(
        each for status, each in responses.items() if status.startswith("2")
    )
    return found


def _given(content: Mapping[str, Any]) -> str:
    if "application/json" in content:
        return _type(content["application/json"]["schema"])
    return ", ".join(code(kind) for kind in content)


def _taken(operation: Mapping[str, Any]) -> str:
    asked = [
        f"{code(each['name'])}{'' if each['required'] else ' (optional)'}: "
        f"{each.get('description', '').rstrip('.')}"
        for each in operation.get("parameters", ())
    ]
    if body := operation.get("requestBody"):
        asked.append(f"body: {_type(body['content']['application/json']['schema'])}")
    return ". ".join(asked)


def _shapes(schemas: Mapping[str, Any]) -> Iterator[str]:
    for name, shape in schemas.items():
        if "properties" not in shape:
            continue
        yield f"### {name}"
        yield shape.get("description", "")
        rows = (
            (code(field), _type(each), each.get("description", ""))
            for field, each in shape["properties"].items()
        )
        yield table(("Field", "Type", "Meaning"), rows)


def _type(schema: Mapping[str, Any]) -> str:
    """Return in words what a value is."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if found := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(dict.fromkeys(_type(each) for each in found))
    kind = str(schema.get("type", "any"))
    if kind == "array":
        return f"list of {_type(schema['items'])}"
    if "title" in schema and "properties" in schema:
        return str(schema["title"])
    values = schema.get("additionalProperties")
    if kind == "object" and isinstance(values, dict) and values:
        return f"object of {_type(values)}"
    return kind
