"""Alembic's revisions of the relay's database."""
