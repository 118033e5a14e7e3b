"""What web chats need: the place in the relay's feed, conversations, e-mails that the relay wants sent."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "relay_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("history_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_relay_state"),
    )

    op.create_table(
        "chat_conversations",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("channel_id", sa.String(36), nullable=False),
        sa.Column("ticket_id", sa.String(36), nullable=True),
        sa.Column("visitor_id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("page_url", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("visitor_seen_id", sa.String(36), nullable=True),
        sa.Column("agent_seen_pushed_id", sa.String(36), nullable=True),
        sa.Column("closed_pushed_at", sa.BigInteger(), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_chat_conversations_channel_id"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_chat_conversations_ticket_id"),
        sa.PrimaryKeyConstraint("id", name="pk_chat_conversations"),
    )
    op.create_index("ix_chat_conversations_email", "chat_conversations", ["email"], unique=False)
    op.create_index("ix_chat_conversations_seq", "chat_conversations", ["seq"], unique=False)
    op.create_index("ix_chat_conversations_ticket", "chat_conversations", ["ticket_id"], unique=False)

    op.create_table(
        "mail_jobs",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("message_id", sa.String(36), nullable=True),
        sa.Column("state", sa.String(8), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_mail_jobs_message_id"),
        sa.PrimaryKeyConstraint("id", name="pk_mail_jobs"),
    )
    op.create_index("ix_mail_jobs_state", "mail_jobs", ["state"], unique=False)
