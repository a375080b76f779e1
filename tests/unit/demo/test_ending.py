"""Processes that end together."""

from __future__ import annotations

import os
import threading

from connector.demo.ending import wait_for_end
from connector.runtime.process import when_closed


def test_it_acts_when_the_other_end_is_closed_and_not_before() -> None:
    ours, theirs = os.pipe()
    acted = threading.Event()

    with os.fdopen(ours, "rb") as pipe:
        when_closed(pipe, acted.set)
        os.write(theirs, b"still here")
        assert not acted.wait(0.1)

        os.close(theirs)

        assert acted.wait(60)


def test_it_waits_until_nobody_holds_the_pipe() -> None:
    ours, theirs = os.pipe()
    ended = threading.Event()

    def wait() -> None:
        wait_for_end(ours)
        ended.set()

    waiting = threading.Thread(target=wait)
    waiting.start()

    assert not ended.wait(0.1)
    os.close(theirs)

    waiting.join(60)
    assert ended.is_set()
