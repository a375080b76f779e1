"""A limit is closed for no longer than it was to be, be it that the clock is set back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("budgets", sa.Column("closed_at", sa.BigInteger(), nullable=True))
