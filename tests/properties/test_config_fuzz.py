"""Whatever stands in the files: a configuration, or problems with their places, and soon."""

from __future__ import annotations

import random
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

import pytest

from connector.errors import MappingError, Problem
from tests.unit.config.fake_adapters import read

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
TEXTS = (
    (ROOT / "tests/unit/config/whole_language.yaml").read_bytes(),
    (ROOT / "mappings/presets/simple/heatsync.yaml").read_bytes(),
)
MUTATIONS_PER_SEED = 50
SEEDS = range(20)
SOON = 1.0
"""Seconds of this process."""

SCRAPS = (
    *(b"{", b"}", b"[", b"]", b":", b"- ", b"\t", b"\n", b"'", b'"', b"|", b"&a ", b"*a", b"!!x "),
    *(b"null", b"true", b"-1", b"1e400", b".nan", b"-.inf", b"0", b"12", b"010", b"1:30", b"''"),
    *(b"9" * 5_000, b"x" * 20_000, b"[" * 3_000, b"{a: " * 3_000, b"- " * 3_000, b"(" * 3_000),
    *(b"\xff\xfe", b"\x00", b"\xc3", b"\xed\xa0\x80", b'"\\ud800"', b"\xef\xbb\xbf", b"\x85"),
    *(b"---\n", b"...\n", b"%YAML 1.1\n", b"<<: *a", b"? ", b"#", b"@", b"`", b"\\", b"\r"),
    b"&a [*a, *a]",
    b"a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b]\n",
    "😀ÿ\u2028\u202e".encode(),
)


def truncated(raw: bytes, chance: random.Random) -> bytes:
    return raw[: chance.randrange(len(raw))]


def spliced(raw: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(raw))
    return raw[:place] + chance.choice(SCRAPS) + raw[place + chance.randrange(3) :]


def without_a_line(raw: bytes, chance: random.Random) -> bytes:
    lines = raw.splitlines(keepends=True)
    del lines[chance.randrange(len(lines))]
    return b"".join(lines)


def with_a_line_twice(raw: bytes, chance: random.Random) -> bytes:
    lines = raw.splitlines(keepends=True)
    line = chance.randrange(len(lines))
    return b"".join([*lines[:line], lines[line], *lines[line:]])


def with_lines_swapped(raw: bytes, chance: random.Random) -> bytes:
    lines = raw.splitlines(keepends=True)
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def with_a_value_replaced(raw: bytes, chance: random.Random) -> bytes:
    words = raw.split(b" ")
    words[chance.randrange(len(words))] = chance.choice((*SCRAPS, *words))
    return b" ".join(words)


def with_values_swapped(raw: bytes, chance: random.Random) -> bytes:
    words = raw.split(b": ")
    one, other = chance.randrange(len(words)), chance.randrange(len(words))
    words[one], words[other] = words[other], words[one]
    return b": ".join(words)


def with_a_byte_changed(raw: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(raw))
    return raw[:place] + bytes([chance.randrange(256)]) + raw[place + 1 :]


MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    truncated,
    spliced,
    without_a_line,
    with_a_line_twice,
    with_lines_swapped,
    with_a_value_replaced,
    with_values_swapped,
    with_a_byte_changed,
)


def a_mutant(chance: random.Random) -> bytes:
    raw = chance.choice(TEXTS)
    for _ in range(chance.choice((1, 1, 2, 5))):
        raw = chance.choice(MUTATIONS)(raw, chance) or b"\n"
    return raw


def problems_in(raw: bytes) -> tuple[Problem, ...]:
    try:
        read(raw)
    except MappingError as error:
        return error.problems
    return ()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_mutant_is_a_configuration_or_problems_with_their_places(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(MUTATIONS_PER_SEED):
        raw = a_mutant(chance)
        began = process_time()
        problems = problems_in(raw)
        assert all(problem.message and problem.line for problem in problems), problems
        assert process_time() - began < SOON, raw[:200]
