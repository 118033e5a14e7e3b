"""The tables that the program works with are those that the migrations make."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import Base


def test_the_migrations_make_the_tables_of_the_models(store: Store) -> None:
    with store.write() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        differences = [
            change for change in compare_metadata(context, Base.metadata) if not _is_search(change)
        ]
    assert differences == []


def _is_search(change: tuple) -> bool:
    """FTS5's own tables, which SQLAlchemy does not know."""
    kind, what, *_rest = change
    return kind == "remove_table" and str(what.name).startswith("message_search")
