"""Run migrations on the connection that `state.versions` hands over, in its transaction."""

from __future__ import annotations

from alembic import context

from state.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
