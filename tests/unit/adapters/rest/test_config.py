"""An entry is checked when it is read: what is wrong is told with its line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from adapters.registry import all_adapters
from connector.config.configuration import Configuration
from connector.config.files import Source
from connector.config.folder import Folder
from connector.config.loader import read_configuration
from connector.config.settings import Settings
from connector.domain.values import FieldType
from connector.errors import MappingError
from connector.ports.platform import Part
from tests.unit.adapters.rest.entries import able

CONTACTS = "contacts: {path: /contacts, items: data, record: {id: id}}\n"
CHANGED = "contacts: {path: /c, params: {a: '{{ since }}'}, since: {}, record: {id: id}}\n"
LOOKUP = "lookup: {path: '/contacts/{{ contact.id }}'}\n"
VALUES = (
    "writes: {attributes: {method: PATCH, path: '/c/{{ contact.id }}', body: '{{ values }}'}}\n"
)
WRITES = (
    CONTACTS
    + LOOKUP
    + """
limits:
  - {requests: 9, per: 1h}
  - {of: values, requests: 9, per: 1s}
  - {of: values, requests: 9, per: 1d}
  - {of: members, requests: 9, per: 1m}
  - {of: new_lists, requests: 9, per: 1d}
lists: {path: /l, record: {id: id, name: name}}
writes:
  attributes:
    method: PATCH
    path: "/c/{{ contact.id }}"
    limit: values
    body: "{{ values }}"
  lists:
    add:
      path: /a
      limit: members
      body: "{{ items }}"
      batch: {size: 10, item: "{{ contact.id }}"}
    remove: {path: "/r/{{ contact.id }}"}
    create: {path: /l, limit: new_lists, body: "{{ list.name }}"}
  create: {path: /c, limit: values, find: {path: "/c/{{ contact.email }}"}}
"""
)


def read(entry: str, url: str = "https://a.example") -> Configuration:
    lines = "".join(f"    {line}\n" for line in entry.splitlines())
    text = f"version: 1\nplatforms:\n  acme:\n    adapter: rest\n    url: {url}\n{lines}"
    source = Source(name="mappings/a.yaml", raw=text.encode())
    folder = Folder(path=Path("mappings"), sources=(source,))
    return read_configuration(folder, all_adapters(), Settings.model_construct(), offline=True)


def problem_of(entry: str) -> str:
    with pytest.raises(MappingError) as caught:
        read(entry)
    (problem,) = caught.value.problems
    return str(problem)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (
            "contacts:\n  path: /c\n  params:\n    from: '{{ sinse }}'\n  record: {id: id}",
            "a.yaml:8: platforms.acme.contacts.params: `{{ sinse }}` names `sinse`",
        ),
        (
            "contacts:\n  path: /c\n  items: 'data['\n  record: {id: id}",
            "a.yaml:8: platforms.acme.contacts.items: is no JMESPath expression: it ends too soon",
        ),
        (
            "contacts:\n  path: /c\n  pager: {type: cursr}\n  record: {id: id}",
            "a.yaml:8: platforms.acme.contacts.pager.type: `cursr` is not known here (did you mean",
        ),
        (
            "contacts:\n  path: /c\n  recrd: {id: id}",
            "unknown key `recrd` (did you mean `record`?)",
        ),
        (
            "contacts: {path: /c, pager: {type: cursor, param: p}, record: {id: id}}",
            "`next` is missing: a pager of type `cursor` needs it",
        ),
        (
            "contacts: {path: /c, pager: {type: page, param: p, total: t}, record: {id: id}}",
            "a pager of type `page` has no `total`",
        ),
        (
            "contacts: {path: /c, since: {}, record: {id: id}}",
            "nothing takes in `{{ since }}`",
        ),
        (
            "contacts: {path: /c, params: {a: '{{ since }}'}, record: {id: id}}",
            "`since` is missing",
        ),
        (
            CHANGED.replace("since: {}", "since: {format: unix}"),
            "is no way to write an instant: `iso`, `date`, `seconds`, `milliseconds`",
        ),
        (
            CHANGED.replace("since: {}", "since: {history: 1d}"),
            "`history` is for events",
        ),
        (
            "events: {path: /e, record: {type: a, contact: b}}",
            "`record.occurred_at` is missing",
        ),
        (
            CONTACTS + "lookup: {path: /c, params: {a: '{{ ids }}'}}",
            "it takes in `{{ contact.id }}`",
        ),
        (CONTACTS + "members: {path: '/l/{{ list.id }}', contact: id}", "`members` needs `lists`"),
        (LOOKUP, "need `contacts`"),
        (CONTACTS + VALUES, "`writes.attributes` needs `echo` or `lookup`"),
        (
            CONTACTS + "writes: {actions: {note: {path: /n, body: {to: '{{ contact.id }}'}}}}",
            "it takes in `{{ action.key }}`",
        ),
        (
            CONTACTS + "writes: {actions: {dance: {path: /n, body: {k: '{{ action.key }}'}}}}",
            "`dance` is not known here",
        ),
        ("auth: {type: header}", "`name` is missing with `type: header`"),
        ("auth: {type: bearer, name: x}", "`name` does not belong here with `type: bearer`"),
        ("auth: {type: bearer, prefix: x}", "`prefix` belongs to `type: header`"),
        ("limits: [{requests: 1, per: 1s}, {requests: 9, per: 1s}]", "two limits for the same"),
        ("limits: [{requests: 1, per: 1x}]", "write a duration as a whole number"),
        ("headers: {X-A: '{{ contact.id }}'}", "names `contact`, which is not known here"),
        ("headers: {X-A: '{{ settings.b }}'}", "names `settings.b`, which is not known here"),
        (
            "settings: {tenant: a}\nheaders: {X-A: '{{ settings.tennant }}'}",
            "did you mean `tenant`?",
        ),
        (
            "settings: {tenant: a, tenent: b}\nheaders: {X-A: '{{ settings.tenant }}'}",
            "`settings.tenent` is taken in by nothing: did you mean `tenant`?",
        ),
        ("settings: {tenant: a}", "`settings.tenant` is taken in by nothing: no text names it"),
        ("preset: plezi\nsettings: {frm: a}", "`settings.frm` is taken in by nothing: did you"),
        ("preset: no_such", "there is no preset `no_such`"),
        ("headers: {X A: b}", "is no name of a header: letters, digits"),
        ("limits: [{requests: 1, per: 1s, of: A b}]", "is no name: a small letter"),
        ("auth: {type: oauth2, path: token}", "begins with no `/`"),
        ("auth: {type: header, name: 'a b'}", "is no name of a header, a parameter or a key"),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(entry: str, said: str) -> None:
    assert said in problem_of(entry)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("bulk", "contacts.path: begins with no `/`: it stands behind `url`, as `/contacts`"),
        ("https://a.example/c", "is a whole address: write what stands behind `url`"),
        ("//b.example/c", "begins with more than one `/`"),
        ("/c?a=b", "has a `?`: what stands behind it belongs to `params`"),
        ("/c#a", "has a `#`"),
        ("/c d", "has a blank"),
        ("/c/../d", "leads elsewhere by `.` or `..`"),
        ("{{ settings.path }}", "begins with no `/`"),
    ],
)
def test_a_path_is_what_stands_behind_the_address(path: str, said: str) -> None:
    assert said in problem_of(f"contacts: {{path: '{path}', record: {{id: id}}}}")


def test_an_expression_in_a_path_may_hold_what_a_path_may_not() -> None:
    read(CONTACTS + "lookup: {path: \"/c/{{ [contact.id][?@ != '#'] | [0] }}\"}")


@pytest.mark.parametrize(
    ("batch", "said"),
    [
        ("{size: 9, item: '{{ contact.id }}'}, body: '{{ contact.id }}'", "`contact` is known in"),
        ("{size: 9, item: '{{ contact.id }}'}, body: {a: 1}", "takes in `{{ items }}`"),
        ("{size: 9, item: '{{ contct.id }}'}, body: '{{ items }}'", "did you mean `contact`"),
    ],
)
def test_a_batch_is_told_apart_from_its_items(batch: str, said: str) -> None:
    add = f"add: {{path: /a, batch: {batch}}}"
    remove = "remove: {path: '/r/{{ contact.id }}'}"
    lists = "lists: {path: /l, record: {id: id, name: name}}\n"

    assert said in problem_of(f"{CONTACTS}{lists}writes: {{lists: {{{add}, {remove}}}}}")


def test_settings_may_be_taken_in_as_a_whole_and_by_items() -> None:
    item = "{size: 9, item: '{{ settings.a }}'}"
    write = f"{{path: /a, body: {{all: '{{{{ items }}}}'}}, batch: {item}}}"
    able(f"settings: {{a: null}}\nwrites: {{attributes: {write}}}")
    able("settings: {a: 1}\nwrites: {attributes: {path: /a, body: '{{ settings }}'}}")


def test_an_api_that_knows_no_key_needs_none() -> None:
    note = "note: {path: /n, body: {to: '{{ contact.id }}'}, knows_key: false}"

    assert able(f"writes: {{actions: {{{note}}}}}").action_kinds == {"note"}


def test_a_key_in_the_file_is_refused() -> None:
    assert "HEATSYNC_PLATFORMS__ACME__API_KEY" in problem_of("settings: {api_key: abc}")
    assert "a secret has no place" in problem_of("headers: {Authorization: Bearer x}")


def test_an_address_is_https() -> None:
    with pytest.raises(MappingError, match="begins with https"):
        read(CONTACTS, url="http://a.example")


@pytest.mark.parametrize(
    ("auth", "missing"),
    [
        ("{type: none}", []),
        ("{type: body, name: api_key}", ["api_key"]),
        ("{type: basic}", ["username", "password"]),
        ("{type: oauth2, path: /token}", ["client_id", "client_secret"]),
    ],
)
def test_secrets_are_needed_as_requests_are_proved(auth: str, missing: list[str]) -> None:
    (entry,) = read(f"auth: {auth}\n{CONTACTS}").platforms

    assert entry.config.missing_secrets([]) == missing


def test_what_an_entry_does_not_say_is_absent() -> None:
    capabilities = able(CONTACTS)

    assert capabilities.parts == {Part.CONTACTS, Part.IDS}
    assert capabilities.event_types == frozenset()
    assert not capabilities.writable_types
    assert not capabilities.is_sink


def test_an_entry_that_writes_says_how_many_at_once() -> None:
    batch = "batch: {size: 40, item: {id: '{{ contact.id }}', v: '{{ values }}'}}"
    capabilities = able(
        f"{CONTACTS}{LOOKUP}"
        f"writes: {{attributes: {{method: POST, path: /b, body: '{{{{ items }}}}', {batch}}}}}"
    )

    assert Part.ATTRIBUTE_WRITER in capabilities.parts
    assert capabilities.attribute_batch == 40
    assert capabilities.writable_types == frozenset(FieldType)
    assert capabilities.is_fixed("email")
    assert not capabilities.is_fixed("heat")


def test_who_reads_nobody_is_told_of_everybody() -> None:
    capabilities = able(VALUES)

    assert capabilities.is_sink
    assert capabilities.is_ours
    assert capabilities.parts == {Part.ATTRIBUTE_WRITER}


@pytest.mark.parametrize(
    ("pager", "lookup", "is_walked"),
    [
        ("{type: page, param: page}", "", False),
        ("{type: page, param: page}", LOOKUP, True),
        ("{type: offset, param: offset}", "", True),
    ],
)
def test_who_may_have_been_passed_over_is_not_taken_for_gone(
    pager: str, lookup: str, is_walked: bool
) -> None:
    contacts = f"contacts: {{path: /c, pager: {pager}, record: {{id: id}}}}\n"

    assert (Part.IDS in able(contacts + lookup).parts) is is_walked


@pytest.mark.parametrize(
    ("kind", "count", "calls"),
    [
        ("attribute", 100, 100 + 100),
        ("list", 100, 10),
        ("list_removal", 100, 100),
        ("contact", 5, 10),
    ],
)
def test_an_entry_says_how_many_requests_its_writes_take(kind: str, count: int, calls: int) -> None:
    capabilities = able(WRITES)

    assert capabilities.calls_of is not None
    assert capabilities.calls_of(kind, count) == calls
    assert capabilities.list_batch == 10
    assert capabilities.in_flight == 2


@pytest.mark.parametrize(
    ("kind", "calls"),
    [
        ("attribute", {"requests_per_1h": 40, "values_per_1s": 20, "values_per_1d": 20}),
        ("list", {"requests_per_1h": 2, "members_per_1m": 2}),
        ("list_removal", {"requests_per_1h": 20}),
        ("contact", {"requests_per_1h": 40, "values_per_1s": 20, "values_per_1d": 20}),
    ],
)
def test_each_limit_counts_the_requests_that_name_it(kind: str, calls: Mapping[str, int]) -> None:
    names = [
        *("requests_per_1h", "values_per_1s", "values_per_1d"),
        *("members_per_1m", "new_lists_per_1d"),
    ]

    calls_in = able(WRITES).calls_in

    assert calls_in is not None
    assert {name: count for name in names if (count := calls_in(kind, 20, name))} == calls


def test_what_tells_consent_is_never_written() -> None:
    record = (
        "{id: id, email: mail.address, opted_out: \"status.mail == 'out'\", "
        "attributes: {at: mail.address}}"
    )
    is_fixed = able(f"contacts: {{path: /c, record: {record}}}\nfixed: [phone]").is_fixed

    names = ("mail", "address", "at", "status", "phone", "heat", "email")
    assert [name for name in names if is_fixed(name)] == ["mail", "address", "at", "phone"]
