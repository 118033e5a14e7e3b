"""Alembic's environment: runs the revisions on the connection that models.migrate hands over."""

from alembic import context

from inbox_desktop.models.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
