"""Alembic runs this for each upgrade, with the connection that `migrate` opened. It is never imported."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
