"""Alembic's entry: the connection is given by `daiban_server.db.migrate`."""

from alembic import context

from daiban_server.db.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
