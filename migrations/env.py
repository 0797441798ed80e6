"""Alembic's environment: runs on the connection that the `migrate` command hands over."""

from __future__ import annotations

from alembic import context

from app.kernel.db import Base

with_connection = context.config.attributes["connection"]
context.configure(
    connection=with_connection,
    target_metadata=Base.metadata,
    render_as_batch=with_connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
with_connection.commit()
