"""How alembic runs our migrations: in the transaction that `registry.database.migrate` hands over."""

from __future__ import annotations

from alembic import context

from registry.database import Database
from registry.schema import metadata
from registry.settings import load_settings


def run() -> None:
    """Migrate over the connection that was handed over, else over the database of the settings."""
    connection = context.config.attributes.get("connection")
    if connection is not None:
        context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
        context.run_migrations()
        return
    database = Database(load_settings().database_address())
    with database.write() as own:
        context.configure(connection=own, target_metadata=metadata, render_as_batch=True)
        context.run_migrations()


run()
