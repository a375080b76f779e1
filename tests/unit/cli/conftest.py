"""Fixtures for tests of what is printed."""

from tests.terminals import no_terminal

__all__ = ["no_terminal"]
