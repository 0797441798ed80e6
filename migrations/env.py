"""Alembic's environment: runs on the connection that the `migrate` command hands over."""

from __future__ import annotations

from alembic import context

from app.kernel.db import Base

with_connection = context.config.attributes["connection"]
sqlite = with_connection.dialect.name == "sqlite"
driver = with_connection.connection.driver_connection
if sqlite:
    # A table that others point at is built anew beside itself; the rule is asked at the end. The
    # driver is told, because SQLite hears this only outside a transaction.
    driver.execute("PRAGMA foreign_keys=OFF")
context.configure(
    connection=with_connection,
    target_metadata=Base.metadata,
    render_as_batch=sqlite,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
    if sqlite and with_connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise RuntimeError("a migration left rows that point at nothing")
with_connection.commit()
if sqlite:
    driver.execute("PRAGMA foreign_keys=ON")
