"""Alembic's entry: runs the chain on the connection that `migrate()` hands over."""

from __future__ import annotations

from alembic import context

from services.database.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table_schema="finance",
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
