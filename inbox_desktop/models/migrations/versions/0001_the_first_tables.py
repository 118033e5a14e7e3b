"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "agents",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agents"),
    )
    op.create_index("ix_agents_seq", "agents", ["seq"], unique=False)

    op.create_table(
        "channels",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_channels"),
    )
    op.create_index("ix_channels_seq", "channels", ["seq"], unique=False)

    op.create_table(
        "customers",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_customers"),
    )
    op.create_index("ix_customers_seq", "customers", ["seq"], unique=False)

    op.create_table(
        "drafts",
        sa.Column("ticket_id", sa.String(36), nullable=False),
        sa.Column("is_note", sa.Boolean(), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("seen_message_id", sa.String(), nullable=True),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", "is_note", name="pk_drafts"),
    )
    op.create_table(
        "head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("ticket_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_head"),
    )
    op.create_table(
        "journal",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("actor_kind", sa.String(10), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_journal"),
        sa.UniqueConstraint("id", name="uq_journal_id"),
    )
    op.create_table(
        "settings",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_settings"),
    )
    op.create_index("ix_settings_seq", "settings", ["seq"], unique=False)

    op.create_table(
        "ticket_counts",
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("assignee_id", sa.String(36), nullable=False),
        sa.Column("channel_id", sa.String(36), nullable=False),
        sa.Column("unread", sa.Boolean(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("status", "assignee_id", "channel_id", "unread", name="pk_ticket_counts"),
    )
    op.create_table(
        "identities",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("customer_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_identities_customer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_identities"),
        sa.UniqueConstraint("kind", "value", name="uq_identities_kind_value"),
    )
    op.create_index("ix_identities_customer_id", "identities", ["customer_id"], unique=False)
    op.create_index("ix_identities_seq", "identities", ["seq"], unique=False)

    op.create_table(
        "mailboxes",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("channel_id", sa.String(36), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("uidvalidity", sa.Integer(), nullable=False),
        sa.Column("initial_done", sa.Boolean(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_mailboxes_channel_id"),
        sa.PrimaryKeyConstraint("id", name="pk_mailboxes"),
        sa.UniqueConstraint(
            "channel_id", "folder", "uidvalidity", name="uq_mailboxes_channel_id_folder_uidvalidity"
        ),
    )
    op.create_table(
        "raw_mails",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("channel_id", sa.String(36), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_raw_mails_channel_id"),
        sa.PrimaryKeyConstraint("id", name="pk_raw_mails"),
    )
    op.create_table(
        "tickets",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.String(36), nullable=False),
        sa.Column("channel_kind", sa.String(10), nullable=False),
        sa.Column("customer_id", sa.String(36), nullable=False),
        sa.Column("customer_address", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("snippet", sa.String(), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("assignee_id", sa.String(36), nullable=True),
        sa.Column("unread", sa.Boolean(), nullable=False),
        sa.Column("snoozed_until", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_message_at", sa.BigInteger(), nullable=False),
        sa.Column("last_message_id", sa.String(), nullable=True),
        sa.Column("last_inbound_at", sa.BigInteger(), nullable=True),
        sa.Column("last_inbound_id", sa.String(), nullable=True),
        sa.Column("waiting_since", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_seen_id", sa.String(), nullable=True),
        sa.Column("message_count", sa.Integer(), nullable=False),
        sa.Column("has_attachments", sa.Boolean(), nullable=False),
        sa.Column("possibly_ticket_id", sa.String(), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["assignee_id"], ["agents.id"], name="fk_tickets_assignee_id"),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_tickets_channel_id"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_tickets_customer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_tickets"),
        sa.UniqueConstraint("number", name="uq_tickets_number"),
    )
    op.create_index(
        "ix_tickets_assignee_created", "tickets", ["status", "assignee_id", "created_at", "id"], unique=False
    )
    op.create_index(
        "ix_tickets_assignee_last",
        "tickets",
        ["status", "assignee_id", "last_message_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_tickets_assignee_waiting",
        "tickets",
        ["status", "assignee_id", "waiting_since", "last_message_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_tickets_channel_created", "tickets", ["status", "channel_id", "created_at", "id"], unique=False
    )
    op.create_index(
        "ix_tickets_channel_last", "tickets", ["status", "channel_id", "last_message_at", "id"], unique=False
    )
    op.create_index(
        "ix_tickets_channel_waiting",
        "tickets",
        ["status", "channel_id", "waiting_since", "last_message_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_tickets_customer_last", "tickets", ["customer_id", "last_message_at", "id"], unique=False
    )
    op.create_index("ix_tickets_last", "tickets", ["last_message_at", "id"], unique=False)
    op.create_index("ix_tickets_seq", "tickets", ["seq"], unique=False)
    op.create_index("ix_tickets_snoozed_until", "tickets", ["snoozed_until"], unique=False)
    op.create_index("ix_tickets_status_created", "tickets", ["status", "created_at", "id"], unique=False)
    op.create_index("ix_tickets_status_last", "tickets", ["status", "last_message_at", "id"], unique=False)
    op.create_index(
        "ix_tickets_status_waiting",
        "tickets",
        ["status", "waiting_since", "last_message_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_tickets_unread",
        "tickets",
        ["status", "last_message_at", "id"],
        unique=False,
        sqlite_where=sa.text("unread = 1"),
        postgresql_where=sa.text("unread"),
    )

    op.create_table(
        "messages",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("ticket_id", sa.String(36), nullable=True),
        sa.Column("channel_id", sa.String(36), nullable=False),
        sa.Column("customer_id", sa.String(36), nullable=True),
        sa.Column("direction", sa.String(10), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("agent_id", sa.String(36), nullable=True),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("author_address", sa.String(), nullable=False),
        sa.Column("author_verified", sa.Boolean(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("order_at", sa.BigInteger(), nullable=False),
        sa.Column("stored_at", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("reply_to", sa.JSON(), nullable=False),
        sa.Column("to_addresses", sa.JSON(), nullable=False),
        sa.Column("cc_addresses", sa.JSON(), nullable=False),
        sa.Column("bcc_addresses", sa.JSON(), nullable=False),
        sa.Column("channel_address", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("visible_text", sa.String(), nullable=False),
        sa.Column("html", sa.String(), nullable=True),
        sa.Column("visible_html", sa.String(), nullable=True),
        sa.Column("blocked", sa.JSON(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("in_reply_to", sa.String(), nullable=True),
        sa.Column("reference_ids", sa.JSON(), nullable=False),
        sa.Column("raw_id", sa.String(), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name="fk_messages_agent_id"),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_messages_channel_id"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_messages_customer_id"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_messages_ticket_id"),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("channel_id", "external_id", name="uq_messages_channel_id_external_id"),
    )
    op.create_index("ix_messages_seq", "messages", ["seq"], unique=False)
    op.create_index("ix_messages_ticket", "messages", ["ticket_id", "order_at", "id"], unique=False)

    op.create_table(
        "participants",
        sa.Column("ticket_id", sa.String(36), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_participants_ticket_id"),
        sa.PrimaryKeyConstraint("ticket_id", "address", name="pk_participants"),
    )
    op.create_table(
        "thread_keys",
        sa.Column("channel_id", sa.String(36), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.String(36), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_thread_keys_ticket_id"),
        sa.PrimaryKeyConstraint("channel_id", "external_id", "ticket_id", name="pk_thread_keys"),
    )
    op.create_table(
        "ticket_events",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("ticket_id", sa.String(36), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("actor_kind", sa.String(10), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_ticket_events_ticket_id"),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_events"),
    )
    op.create_index("ix_ticket_events_seq", "ticket_events", ["seq"], unique=False)
    op.create_index("ix_ticket_events_ticket", "ticket_events", ["ticket_id", "at"], unique=False)

    op.create_table(
        "ticket_tags",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("ticket_id", sa.String(36), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_ticket_tags_ticket_id"),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_tags"),
    )
    op.create_index("ix_ticket_tags_seq", "ticket_tags", ["seq"], unique=False)
    op.create_index("ix_ticket_tags_ticket", "ticket_tags", ["ticket_id", "tag"], unique=False)

    op.create_table(
        "uid_ledger",
        sa.Column("mailbox_id", sa.String(36), nullable=False),
        sa.Column("uid", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("raw_id", sa.String(36), nullable=True),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("history", sa.Boolean(), nullable=False),
        sa.Column("seen_flag", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailboxes.id"], name="fk_uid_ledger_mailbox_id"),
        sa.ForeignKeyConstraint(["raw_id"], ["raw_mails.id"], name="fk_uid_ledger_raw_id"),
        sa.PrimaryKeyConstraint("mailbox_id", "uid", name="pk_uid_ledger"),
    )
    op.create_index("ix_uid_ledger_state", "uid_ledger", ["state", "mailbox_id"], unique=False)
    op.create_index(
        "ix_uid_ledger_set_aside",
        "uid_ledger",
        ["message_id"],
        unique=False,
        sqlite_where=sa.text("state = 'set_aside'"),
    )

    op.create_table(
        "attachments",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("message_id", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("inline", sa.Boolean(), nullable=False),
        sa.Column("content_id", sa.String(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_attachments_message_id"),
        sa.PrimaryKeyConstraint("id", name="pk_attachments"),
    )
    op.create_index("ix_attachments_message_id", "attachments", ["message_id"], unique=False)
    op.create_index("ix_attachments_seq", "attachments", ["seq"], unique=False)
    op.create_index("ix_attachments_sha256", "attachments", ["sha256"], unique=False)

    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("message_id", sa.String(36), nullable=False),
        sa.Column("channel_id", sa.String(36), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=True),
        sa.Column("queued_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("sent_copy", sa.String(10), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_deliveries_channel_id"),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_deliveries_message_id"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("message_id", name="uq_deliveries_message_id"),
    )
    op.create_index("ix_deliveries_seq", "deliveries", ["seq"], unique=False)
    op.create_index("ix_deliveries_state", "deliveries", ["state", "not_before"], unique=False)

    op.create_table(
        "search_documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(36), nullable=False),
        sa.Column("ticket_id", sa.String(36), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_search_documents_message_id"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_search_documents_ticket_id"),
        sa.PrimaryKeyConstraint("id", name="pk_search_documents"),
        sa.UniqueConstraint("message_id", name="uq_search_documents_message_id"),
    )
    op.create_index("ix_search_documents_ticket_id", "search_documents", ["ticket_id"], unique=False)

    op.create_table(
        "set_aside",
        sa.Column("message_id", sa.String(36), nullable=False),
        sa.Column("author_kind", sa.String(10), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("bounced", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_set_aside_message_id"),
        sa.PrimaryKeyConstraint("message_id", name="pk_set_aside"),
    )

    op.create_table(
        "set_aside_keys",
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("channel_id", sa.String(36), nullable=False),
        sa.Column("message_id", sa.String(36), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["set_aside.message_id"], name="fk_set_aside_keys_message_id"
        ),
        sa.PrimaryKeyConstraint("external_id", "channel_id", "message_id", name="pk_set_aside_keys"),
    )
    op.create_index("ix_set_aside_keys_message_id", "set_aside_keys", ["message_id"], unique=False)

    op.create_table(
        "recipients",
        sa.Column("delivery_id", sa.String(36), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name="fk_recipients_delivery_id"),
        sa.PrimaryKeyConstraint("delivery_id", "address", name="pk_recipients"),
    )
    op.create_index("ix_recipients_seq", "recipients", ["seq"], unique=False)
    # Contentless: the index alone. As models.fulltext expects it.
    op.execute(
        "CREATE VIRTUAL TABLE message_search USING fts5("
        "subject, people, body, content='', tokenize='unicode61 remove_diacritics 2')"
    )
    op.execute("INSERT INTO head (id, seq, ticket_number) VALUES (1, 0, 0)")
