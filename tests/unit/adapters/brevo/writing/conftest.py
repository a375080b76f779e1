"""Fixtures of what is written to Brevo."""

from __future__ import annotations

import pytest

from tests.unit.adapters.brevo.writing.mail import Mail


@pytest.fixture
def mail() -> Mail:
    return Mail()


@pytest.fixture
def bulk() -> Mail:
    """Return an account where five changes are many."""
    return Mail(bulk_from=5)
