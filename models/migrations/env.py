"""Alembic's entry: runs the revisions on the connection that ``models.store.migrate`` hands over."""

from __future__ import annotations

from alembic import context

from models.tables import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
