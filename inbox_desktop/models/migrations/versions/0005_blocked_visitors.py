"""Whether the relay has been told that a conversation's visitor is blocked."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.add_column(
        "chat_conversations",
        sa.Column("blocked_pushed", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
