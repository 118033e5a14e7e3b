"""Alembic's revisions, from the first release on."""
