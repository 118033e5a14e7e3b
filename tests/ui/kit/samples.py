"""Twelve tickets as they come: languages, channels, long and short, every state of a row."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from inbox_desktop.models.kinds import ChannelKind, TicketStatus
from inbox_desktop.models.queries.rows import PageKey, TicketRow
from inbox_desktop.ui.kit import NOT_DELIVERED, NOT_SUBSCRIBED, PillSpec, StateRole, TicketRole

NOW = datetime(2026, 11, 18, 10, 42, tzinfo=UTC)
_Index = QModelIndex | QPersistentModelIndex

PLAIN = TicketRow(
    id="t1",
    number=1042,
    subject="Where is my order? It should have come on Friday",
    snippet="Yes please! Wednesday would be perfect. Thank you, Julia.",
    status=TicketStatus.OPEN,
    unread=False,
    channel_id="c1",
    channel_kind=ChannelKind.EMAIL,
    channel_name="support@harbor.example",
    customer_id="p1",
    customer_name="Ana Souza",
    customer_address="ana.souza@mail.example",
    customer_blocked=False,
    assignee_id=None,
    assignee_name=None,
    tags=(),
    created_at=NOW - timedelta(hours=2),
    last_message_at=NOW,
    last_inbound_at=NOW,
    waiting_since=NOW - timedelta(minutes=18),
    snoozed_until=None,
    message_count=4,
    has_attachments=False,
    page_key=PageKey(None, "t1"),
)


def make_row(**changes: Any) -> TicketRow:
    """The first sample, changed."""
    return replace(PLAIN, **changes)


def _minutes(count: float) -> datetime:
    return NOW - timedelta(minutes=count)


def sample_rows() -> list[tuple[TicketRow, PillSpec | None]]:
    """Tickets with the label that the list adds to them, if any."""
    sms, chat = ChannelKind.SMS, ChannelKind.CHAT
    return [
        (make_row(tags=("Shipping", "VIP"), assignee_name="Julia Mendes"), None),
        (
            make_row(
                customer_name="Bo Lindqvist",
                channel_kind=sms,
                unread=True,
                subject="",
                snippet="Is the blue one back in stock? Saw your text this morning and wanted two",
                tags=("Product",),
                last_message_at=_minutes(2),
            ),
            None,
        ),
        (
            make_row(
                customer_name="Visitor · checkout page",
                channel_kind=chat,
                unread=True,
                subject="",
                snippet="My discount code WELCOME10 says it is\nnot valid any more 😕",
                tags=("Pricing",),
                last_message_at=_minutes(4),
            ),
            None,
        ),
        (
            make_row(
                customer_name="Marta Kowalska",
                unread=True,
                subject="Re: Return label for HB-19882",
                snippet="The label prints with half of the barcode missing",
                tags=("Urgent", "Returns", "Order tracking", "Shipping"),
                has_attachments=True,
                last_message_at=_minutes(21),
                assignee_name="Tom Kern",
            ),
            None,
        ),
        (
            make_row(
                customer_name="Chidi Okafor",
                subject="Invoice with our VAT number",
                snippet="Thank you, that is all we needed.",
                last_message_at=_minutes(45),
            ),
            NOT_DELIVERED,
        ),
        (
            make_row(
                customer_name="",
                customer_address="+1 415 555 0188",
                channel_kind=sms,
                subject="",
                snippet="STOP sending the 8 am ones please, noon is fine",
                last_message_at=_minutes(62),
            ),
            NOT_SUBSCRIBED,
        ),
        (
            make_row(
                customer_name="Yuki Tanaka",
                subject="サイズ交換について / size exchange",
                snippet="ありがとうございます。届きましたらまたご連絡いたします。よろしくお願いします。",
                tags=("Returns",),
                last_message_at=NOW - timedelta(days=1),
            ),
            None,
        ),
        (
            make_row(
                customer_name="Priya Nair",
                channel_kind=chat,
                subject="",
                snippet="Perfect, that solved it!",
                status=TicketStatus.CLOSED,
                tags=("Loyalty",),
                last_message_at=NOW - timedelta(days=1),
            ),
            None,
        ),
        (
            make_row(
                customer_name="Luca Bianchi",
                subject="Wholesale prices for 40 pieces",
                snippet="We would like to stock your spring collection in our two shops",
                status=TicketStatus.SNOOZED,
                snoozed_until=NOW + timedelta(days=2),
                last_message_at=NOW - timedelta(days=3),
                assignee_name="Julia Mendes",
            ),
            None,
        ),
        (
            make_row(
                customer_name="محمد الأحمد",
                subject="متى يصل طلبي رقم 20417؟",
                snippet="شكرا جزيلا على المساعدة",
                unread=True,
                last_message_at=NOW - timedelta(days=20),
            ),
            None,
        ),
        (
            make_row(
                customer_name="田中 由紀",
                subject="返品の手続きについて教えてください。よろしくお願いいたします",
                snippet="写真を添付しました",
                has_attachments=True,
                customer_blocked=True,
                last_message_at=NOW - timedelta(days=400),
            ),
            None,
        ),
        (
            make_row(
                customer_name="Maximiliane-Friederike von Hohenzollern-Sigmaringen",
                subject="<b>Donaudampfschifffahrtsgesellschaftskapitän</b> sucht Jacke in Übergröße",
                snippet="Sehr geehrte Damen und Herren,\r\n\r\nich hätte da eine Frage",
                tags=("A tag with a name that does not end so soon",),
                last_message_at=NOW - timedelta(days=300),
            ),
            None,
        ),
    ]


class SampleModel(QAbstractListModel):
    """A list of tickets for the delegate."""

    def __init__(self, rows: list[tuple[TicketRow, PillSpec | None]]) -> None:
        super().__init__()
        self.rows = rows

    def rowCount(self, parent: _Index | None = None) -> int:  # noqa: N802
        return len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, state = self.rows[index.row()]
        return row if role == TicketRole else state if role == StateRole else None
