"""The outbox: what has not left yet or ended badly, and what a person can do about it."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from inbox_desktop.models.actions import Action, agent
from inbox_desktop.models.actions.deliveries import CancelDelivery, FinishAttempt, RetryDelivery, SendNow
from inbox_desktop.models.clock import now
from inbox_desktop.models.kinds import ChannelKind, DeliveryState, MessageKind
from inbox_desktop.models.queries.rows import OutboxRow
from inbox_desktop.ui.deeds import Deed
from inbox_desktop.ui.kit import (
    Button,
    Divider,
    ElidedLabel,
    EmptyState,
    Label,
    day_and_time,
    short_duration,
    theme,
)
from inbox_desktop.ui.popover import Popover
from inbox_desktop.ui.thread.text_strips import ASK
from inbox_desktop.ui.thread.words import reason_words

_WIDTH: Final = 440
_TALLEST: Final = 460
_S = DeliveryState
_BY_ITSELF: Final = {MessageKind.AUTO_REPLY: "automatic answer", MessageKind.NOTIFICATION: "notification"}
_LOOK: Final = {
    ChannelKind.EMAIL: "Look into the Sent folder of the mailbox.",
    ChannelKind.SMS: ASK,
    ChannelKind.CHAT: "The relay takes a message once only: it can be sent again without harm.",
}
"""What a person can do who is asked whether a message was sent."""

Choice = tuple[str, Callable[[str, OutboxRow], Deed]]


def state_words(row: OutboxRow, moment: datetime, locale: QLocale) -> str:
    """What is the matter with a message, as a sentence."""
    is_text = row.channel_kind is ChannelKind.SMS
    reason = reason_words(row.detail)
    detail = f" {reason}" if reason else ""
    match row.state:
        case _S.ATTEMPTING:
            return "Being sent now."
        case _S.FAILED:
            return f"{'It did not arrive.' if is_text else 'Not sent.'}{detail}"
        case _S.UNKNOWN:
            look = _LOOK[row.channel_kind]
            return f"It is not known whether it was sent.{detail} {look}"
        case _ if row.not_before is not None and row.not_before > moment:
            seconds = (row.not_before - moment).total_seconds()
            if seconds < 3600:
                return f"Leaves in {short_duration(seconds)}.{detail}"
            return f"Leaves {day_and_time(moment, row.not_before, locale)}.{detail}"
        case _:
            return f"Waits for the connection.{detail}"


def _cancel(me: str, row: OutboxRow) -> Deed:
    action: Action = CancelDelivery(actor=agent(me), ticket_id=row.ticket_id, message_id=row.message_id)
    if row.kind is MessageKind.REPLY:
        return Deed((action,), f"The answer in #{row.ticket_number} is a draft again")
    return Deed((action,), f"The {_BY_ITSELF.get(row.kind, 'message')} will not be sent")


def _send_now(me: str, row: OutboxRow) -> Deed:
    return Deed((SendNow(actor=agent(me), delivery_id=row.delivery_id),), "On its way")


def _retry(me: str, row: OutboxRow) -> Deed:
    return Deed((RetryDelivery(actor=agent(me), delivery_id=row.delivery_id),), "It will be tried again")


def _was_sent(me: str, row: OutboxRow) -> Deed:
    action = FinishAttempt(
        actor=agent(me), delivery_id=row.delivery_id, state=_S.SENT, detail="A person says that it was sent."
    )
    return Deed((action,), f"The answer in #{row.ticket_number} counts as sent")


def choices(row: OutboxRow) -> tuple[Choice, ...]:
    """What can be done with a message in this state; nothing while it is being sent."""
    match row.state:
        case _S.QUEUED:
            return (("Send now", _send_now), ("Cancel", _cancel))
        case _S.FAILED:
            back = "Back to draft" if row.kind is MessageKind.REPLY else "Do not send"
            return (("Try again", _retry), (back, _cancel))
        case _S.UNKNOWN:
            return (("It was sent", _was_sent), ("Send again", _retry))
        case _:
            return ()


class OutboxPanel(Popover):
    """The list of the outbox.

    Signals:
        chosen(Deed): something is to be done.
        ticket_wanted(str): the ticket of a message shall be shown.
    """

    chosen = Signal(object)
    ticket_wanted = Signal(str)

    def __init__(self, me: str, parent: QWidget) -> None:
        super().__init__("Outbox", parent)
        self._me = me
        self._locale = QLocale()
        self.body.setContentsMargins(0, 12, 0, 4)
        head = Label("Outbox", "title", weight=600, parent=self)
        head.setContentsMargins(16, 0, 16, 0)
        self.body.addWidget(head)
        self._area = QScrollArea(self)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.body.addWidget(self._area)
        self.set_rows(())

    def set_rows(self, rows: tuple[OutboxRow, ...]) -> None:
        """Show these messages."""
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for row in rows:
            column.addWidget(Divider(parent=page))
            column.addWidget(self._entry(row, page))
        if not rows:
            column.addWidget(
                EmptyState("send", "The outbox is empty", "Everything has been sent.", parent=page)
            )
        column.addStretch(1)
        width = theme().px(_WIDTH)
        page.setFixedWidth(width)
        self._area.setWidget(page)
        page.setAutoFillBackground(False)
        self._area.viewport().setAutoFillBackground(False)
        self._area.setFixedSize(width, min(theme().px(_TALLEST), page.sizeHint().height()))
        self.adjustSize()

    def _entry(self, row: OutboxRow, parent: QWidget) -> QWidget:
        box = QWidget(parent)
        column = QVBoxLayout(box)
        column.setContentsMargins(16, 10, 16, 10)
        column.setSpacing(3)
        is_notice = row.kind is MessageKind.NOTIFICATION
        to = ", ".join(row.recipients) if is_notice or not row.customer_name else row.customer_name
        first = QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(ElidedLabel(f"To {to}", weight=600, parent=box), 1)
        number = Button(f"#{row.ticket_number}", variant="link", parent=box)
        number.clicked.connect(partial(self._show, row.ticket_id))
        first.addWidget(number)
        column.addLayout(first)
        column.addWidget(ElidedLabel(row.subject or row.snippet or "No subject", parent=box))
        bad = row.state in {_S.FAILED, _S.UNKNOWN}
        words = state_words(row, now(), self._locale)
        column.addWidget(Label(words, "secondary", "red_text" if bad else "text_2", wrap=True, parent=box))
        buttons = QHBoxLayout()
        buttons.setContentsMargins(0, 5, 0, 0)
        buttons.setSpacing(8)
        for title, make in choices(row):
            button = Button(title, parent=box)
            button.set_tight(tight=True)
            button.clicked.connect(partial(self._choose, make, row))
            buttons.addWidget(button)
        buttons.addStretch(1)
        column.addLayout(buttons)
        return box

    def _choose(self, make: Callable[[str, OutboxRow], Deed], row: OutboxRow, _checked: bool = False) -> None:
        self.chosen.emit(make(self._me, row))

    def _show(self, ticket_id: str, _checked: bool = False) -> None:
        self.hide()
        self.ticket_wanted.emit(ticket_id)
