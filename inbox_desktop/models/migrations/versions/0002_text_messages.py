"""What text messages need: consents and their history, attributions, poll cursors; merged profiles."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.add_column("customers", sa.Column("merged_into", sa.String(36), nullable=True))
    op.add_column("deliveries", sa.Column("begun_at", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_messages_ticketless",
        "messages",
        ["customer_id"],
        unique=False,
        sqlite_where=sa.text("ticket_id IS NULL"),
    )

    op.create_table(
        "consents",
        sa.Column("identity_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(14), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["identity_id"], ["identities.id"], name="fk_consents_identity_id"),
        sa.PrimaryKeyConstraint("identity_id", "kind", name="pk_consents"),
    )
    op.create_index("ix_consents_seq", "consents", ["seq"], unique=False)

    op.create_table(
        "consent_changes",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("identity_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(14), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(10), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(36), nullable=True),
        sa.Column("actor_kind", sa.String(10), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["identity_id"], ["identities.id"], name="fk_consent_changes_identity_id"),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_consent_changes_message_id"),
        sa.PrimaryKeyConstraint("id", name="pk_consent_changes"),
    )
    op.create_index(
        "ix_consent_changes_identity",
        "consent_changes",
        ["identity_id", "kind", "at", "id"],
        unique=False,
    )
    op.create_index("ix_consent_changes_seq", "consent_changes", ["seq"], unique=False)

    op.create_table(
        "attributions",
        sa.Column("message_id", sa.String(36), nullable=False),
        sa.Column("campaign_message_id", sa.String(36), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_message_id"], ["messages.id"], name="fk_attributions_campaign_message_id"
        ),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_attributions_message_id"),
        sa.PrimaryKeyConstraint("message_id", name="pk_attributions"),
        sa.UniqueConstraint("campaign_message_id", name="uq_attributions_campaign_message_id"),
    )
    op.create_index("ix_attributions_seq", "attributions", ["seq"], unique=False)

    op.create_table(
        "poll_cursors",
        sa.Column("channel_id", sa.String(36), nullable=False),
        sa.Column("direction", sa.String(10), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_poll_cursors_channel_id"),
        sa.PrimaryKeyConstraint("channel_id", "direction", name="pk_poll_cursors"),
    )
