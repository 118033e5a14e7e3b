"""Drafts keep whom they are meant for."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.add_column("drafts", sa.Column("recipients", sa.JSON(), nullable=True))
