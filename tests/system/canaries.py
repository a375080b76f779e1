"""An installation every secret and every person of which can be told from all other text.

Platforms are played by a server that repeats what it is sent: the key, whoever is asked for, and
somebody whom nobody asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import cycle
from pathlib import Path
from typing import Any

_SECRET = "canary-of-{}-0123456789abcdef"
SECRETS: Mapping[str, str] = {
    name: _SECRET.format(name.replace("_", "-").lower())
    for name in (
        *("ADMIN_TOKEN", "FORGET_KEY", "ALERT"),
        *("PLATFORMS__MAIL__API_KEY", "PLATFORMS__MAIL__WEBHOOK_TOKEN"),
        *("PLATFORMS__CRM__ACCESS_TOKEN", "PLATFORMS__CRM__CLIENT_SECRET"),
        *("NOTIFY__SALES", "WEBHOOKS__HOOK__SECRET", "WEBHOOKS__HOOK__URL"),
    )
}
"""By variable, without its prefix."""
PERSON = "jane.canary@people.example"
PEOPLE = (PERSON, PERSON.replace("@", "%40"), "+33612345678", "06 12 34 56 78")
"""What would tell who somebody is."""

MAPPINGS = """
version: 1
platforms:
  mail: {{adapter: brevo, url: "{url}/v3"}}
  crm: {{adapter: hubspot, url: "{url}"}}
  past: {{adapter: files, path: ../past}}
attributes:
  email: {{type: email, mail: EMAIL, crm: email, past: email}}
  job: {{type: text, mail: JOB, crm: jobtitle, past: job}}
model:
  rules: {{viewed: {{event: page.viewed, points: 20}}}}
targets:
  mail: {{attributes: {{HEAT: score}}}}
  crm: {{attributes: {{heat: score}}}}
  past: {{attributes: {{heat: score}}}}
triggers:
  call: {{when: "score > 10", do: [{{notify: SALES}}, {{webhook: HOOK}}], backfill: true}}
"""


def variables(url: str) -> Mapping[str, str]:
    """Return the environment of the installation, whose hook is at `url`."""
    whole = {
        "ALERT": "json://localhost:1/{0}",
        "NOTIFY__SALES": "json://user:{0}@localhost:1/{0}",
        "WEBHOOKS__HOOK__URL": f"{url}/{{0}}?token={{0}}",
    }
    secrets = {name: whole.get(name, "{0}").format(secret) for name, secret in SECRETS.items()}
    given = {
        "PUBLIC_URL": "https://heat.example.com",
        "LOG_LEVEL": "debug",
        "ALLOW_PRIVATE_WEBHOOKS": "true",
        **secrets,
    }
    return {f"HEATSYNC_{name}": value for name, value in given.items()}


def found_installation(folder: Path, url: str) -> None:
    """Write mappings, and a folder with somebody's record, one that cannot be read, and a visit."""
    (folder / "mappings").mkdir()
    (folder / "mappings" / "heatsync.yaml").write_text(MAPPINGS.format(url=url))
    (folder / "past").mkdir()
    (folder / "past" / "contacts.csv").write_text(
        f"id,email,job\n1,{PERSON},Chief\n2,{PERSON}@@,{PEOPLE[-1]}\n3,x@y.example,{PEOPLE[3]}\n"
    )
    (folder / "past" / "events.csv").write_text(
        "contact,type,occurred_at,url\n"
        f"1,page.viewed,2026-01-01,/?email={PERSON}\n"
        f"{PERSON},page.viewed,never,\n"
        f"nobody-{PERSON},page.viewed,2026-01-01,\n"
    )


def told(text: str) -> list[str]:
    """Return which secrets a text tells."""
    return [name for name, secret in SECRETS.items() if secret in text]


def met(text: str) -> list[str]:
    """Return whom a text tells of."""
    return [each for each in PEOPLE if each in text]


class Parrot:
    """An ASGI application that answers each request otherwise, and repeats what it was sent."""

    def __init__(self) -> None:
        """Begin with the first of its answers."""
        self._answers: Iterator[tuple[int, bytes]] = cycle(
            (
                (401, b"application/json"),
                (400, b"application/json"),
                (200, b"text/html"),
                (403, b"application/json"),
                (404, b"text/plain"),
                (302, b"text/html"),
                (200, b"application/json"),
                (409, b"application/json"),
            )
        )

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        """Answer."""
        headers = dict(scope["headers"])
        sent = (await receive()).get("body", b"").decode(errors="replace")
        key = (headers.get(b"api-key") or headers.get(b"authorization", b"")).decode()
        query = scope["query_string"].decode()
        words = f"{key} may not see {' '.join(PEOPLE)}: {scope['path']}?{query} {sent}"
        is_hook = SECRETS["WEBHOOKS__HOOK__URL"] in scope["path"]
        status, kind = (400, b"application/json") if is_hook else next(self._answers)
        body = words if kind != b"application/json" else json.dumps(_repeated(words, key))
        head = [(b"content-type", kind), (b"location", f"/login?key={key}&who={PERSON}".encode())]
        head.append((b"x-request-id", key.encode()))
        await send({"type": "http.response.start", "status": status, "headers": head})
        await send({"type": "http.response.body", "body": body.encode()})


def _repeated(words: str, key: str) -> Mapping[str, object]:
    errors = [{"message": words, "context": {"key": [key], "email": [PERSON]}}]
    return {"message": words, "code": key, "category": PERSON, "errors": errors, "results": errors}
