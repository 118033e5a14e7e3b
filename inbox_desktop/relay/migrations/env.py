"""Alembic's environment: runs the revisions on the connection that relay.migrate hands over."""

from alembic import context

from inbox_desktop.relay.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
