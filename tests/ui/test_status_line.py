"""The status line says of every channel what its state is, and why; and what waits in the outbox."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from inbox_desktop.models.clock import now
from inbox_desktop.models.health import Health, Progress
from inbox_desktop.models.kinds import ChannelKind, ChannelState, DeliveryState, MessageKind
from inbox_desktop.models.queries.rows import OutboxRow
from inbox_desktop.ui.channel_words import channel_tone, detail_words, state_words
from inbox_desktop.ui.kit import ElidedLabel, Tone
from inbox_desktop.ui.outbox_panel import OutboxPanel, choices
from inbox_desktop.ui.outbox_panel import state_words as delivery_words
from inbox_desktop.ui.status_line import StatusLine, summary_of
from inbox_desktop.ui.thread.text_strips import ASK
from tests.ui.fingers import press

# The offscreen platform cannot raise windows, and says so.
pytestmark = pytest.mark.qt_log_ignore("does not support")

NOW = datetime(2026, 11, 18, 10, 42, tzinfo=UTC)
ENGLISH = QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom)


def health(state: ChannelState, **values: Any) -> Health:
    return Health("c1", ChannelKind.EMAIL, "Support", state, **values)


@pytest.mark.parametrize(
    ("said", "words", "tone"),
    [
        (health(ChannelState.STARTING), "connecting", Tone.NEUTRAL),
        (
            health(ChannelState.CONNECTED, synced_at=NOW - timedelta(seconds=12)),
            "synced 12 s ago",
            Tone.GOOD,
        ),
        (
            health(ChannelState.OFFLINE, reason="No network.", retry_at=NOW + timedelta(seconds=30)),
            "offline, retry in 30 s",
            Tone.WARN,
        ),
        (health(ChannelState.OFFLINE, retry_at=NOW), "offline, trying again", Tone.WARN),
        (
            health(ChannelState.SYNCING, progress=Progress(3200, 10000)),
            "first synchronisation, 3,200 of 10,000",
            Tone.ACCENT,
        ),
        (
            health(ChannelState.SYNCING, progress=Progress(1, 3), synced_at=NOW),
            "synchronising, 1 of 3",
            Tone.ACCENT,
        ),
        (health(ChannelState.SYNCING), "synchronising", Tone.ACCENT),
        (health(ChannelState.FAILED), "failed", Tone.BAD),
        (
            health(ChannelState.OFFLINE, reason="Wrong password.", needs_person=True),
            "needs your attention",
            Tone.BAD,
        ),
        (health(ChannelState.STOPPED), "stopped", Tone.NEUTRAL),
    ],
)
def test_every_state_has_words_and_a_colour(said: Health, words: str, tone: Tone) -> None:
    assert state_words(said, NOW, ENGLISH) == words
    assert channel_tone(said) is tone


def test_the_tool_tip_gives_the_reason() -> None:
    said = health(ChannelState.OFFLINE, reason="The server imap.shop.example does not answer.")
    assert detail_words(said, NOW, ENGLISH) == (
        "Support: offline. The server imap.shop.example does not answer."
    )


@pytest.fixture
def line(qtbot: QtBot) -> StatusLine:
    made = StatusLine()
    qtbot.addWidget(made)
    made.resize(1000, 28)
    made.show()
    return made


def test_one_channel_is_called_by_its_kind_several_by_name(line: StatusLine) -> None:
    line.set_health(health(ChannelState.CONNECTED))
    assert line.words() == ["E-mail connected"]
    line.set_health(Health("c2", ChannelKind.EMAIL, "Sales", ChannelState.OFFLINE))
    assert line.words() == ["Support connected", "Sales offline"]
    line.keep_only({"c2"})
    assert line.words() == ["E-mail offline"]


def test_the_panel_gives_the_whole_reason_and_tries_now(line: StatusLine, qtbot: QtBot) -> None:
    reason = "The server did not accept the password. Nothing was lost. Enter the new one in the settings."
    line.set_health(health(ChannelState.FAILED, reason=reason, needs_person=True))
    panel = line.open_panel("c1")
    assert reason in [label.text() for label in panel.findChildren(QLabel)]
    with qtbot.waitSignal(line.try_wanted) as told:
        panel.try_button.click()
    assert told.args == ["c1"]
    assert not panel.isVisible()


def test_the_panel_opens_by_keyboard(line: StatusLine, qtbot: QtBot) -> None:
    line.set_health(health(ChannelState.OFFLINE))
    opened: list[str] = []
    button = line._buttons["c1"]
    button.pressed.connect(lambda: opened.append("c1"))
    press(button, Qt.Key.Key_Return)
    assert opened == ["c1"]
    for panel in line.findChildren(type(line.open_panel("c1"))):
        panel.hide()


def letter(state: DeliveryState, **values: object) -> OutboxRow:
    given: dict = {
        "delivery_id": "d1",
        "message_id": "m1",
        "ticket_id": "t1",
        "ticket_number": 7,
        "subject": "Re: My order",
        "customer_name": "Ana Souza",
        "recipients": ("ana@mail.example",),
        "state": state,
        "detail": "",
        "not_before": None,
        "queued_at": NOW,
        **values,
    }
    return OutboxRow(**given)


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ((DeliveryState.QUEUED, DeliveryState.ATTEMPTING), "Outbox: 2 waiting"),
        ((DeliveryState.FAILED,), "Outbox: 1 needs you"),
        (
            (DeliveryState.QUEUED, DeliveryState.UNKNOWN, DeliveryState.FAILED),
            "Outbox: 1 waiting, 2 need you",
        ),
    ],
)
def test_the_outbox_is_summed_up(states: tuple[DeliveryState, ...], words: str) -> None:
    summary = summary_of(tuple(letter(state) for state in states))
    assert summary is not None
    assert summary.text == words


def test_an_empty_outbox_is_not_mentioned(line: StatusLine) -> None:
    line.set_outbox((letter(DeliveryState.QUEUED),))
    assert line.outbox.isVisible()
    line.set_outbox(())
    assert not line.outbox.isVisible()


@pytest.mark.parametrize(
    ("row", "words", "offered"),
    [
        (letter(DeliveryState.QUEUED), "Waits for the connection.", ["Send now", "Cancel"]),
        (letter(DeliveryState.ATTEMPTING), "Being sent now.", []),
        (
            letter(DeliveryState.QUEUED, not_before=NOW + timedelta(seconds=8), detail="No network."),
            "Leaves in 8 s. No network.",
            ["Send now", "Cancel"],
        ),
        (
            letter(DeliveryState.FAILED, detail="The server refused it: mailbox full."),
            "Not sent. The server refused it: mailbox full.",
            ["Try again", "Back to draft"],
        ),
        (
            letter(DeliveryState.UNKNOWN),
            "It is not known whether it was sent. Look into the Sent folder of the mailbox.",
            ["It was sent", "Send again"],
        ),
    ],
)
def test_a_message_says_what_is_the_matter_and_what_can_be_done(
    row: OutboxRow, words: str, offered: list[str]
) -> None:
    assert delivery_words(row, NOW, ENGLISH) == words
    assert [title for title, _make in choices(row)] == offered


def test_a_text_of_unknown_end_is_not_looked_for_in_a_sent_folder() -> None:
    detail = "Perhaps sent, perhaps not. Twilio did not answer."
    row = letter(DeliveryState.UNKNOWN, detail=detail, channel_kind=ChannelKind.SMS)
    words = delivery_words(row, NOW, ENGLISH)
    assert words == f"It is not known whether it was sent. Twilio did not answer. {ASK}"


def test_a_text_that_failed_says_why_once() -> None:
    row = letter(DeliveryState.FAILED, detail="Not sent. It is a landline.", channel_kind=ChannelKind.SMS)
    assert delivery_words(row, NOW, ENGLISH) == "It did not arrive. It is a landline."


def test_the_outbox_names_what_is_sent_by_itself_and_to_whom(line: StatusLine) -> None:
    notice = letter(
        DeliveryState.FAILED,
        kind=MessageKind.NOTIFICATION,
        recipients=("julia@shop.example",),
        subject="New text from (415) 555-0132",
    )
    text = letter(
        DeliveryState.QUEUED,
        subject="",
        snippet="It is on its way",
        channel_kind=ChannelKind.SMS,
        customer_name="Bo",
    )
    panel = OutboxPanel("me", line)
    panel.set_rows((notice, text))
    said = [label.text() for label in panel.findChildren(ElidedLabel)]
    assert said == ["To julia@shop.example", "New text from (415) 555-0132", "To Bo", "It is on its way"]
    assert [title for title, _make in choices(notice)] == ["Try again", "Do not send"]
    assert choices(notice)[1][1]("me", notice).said == "The notification will not be sent"


def test_the_outbox_panel_hands_on_what_was_chosen(line: StatusLine, qtbot: QtBot) -> None:
    panel = OutboxPanel("me", line)
    panel.set_rows((letter(DeliveryState.FAILED, queued_at=now()),))
    make = choices(letter(DeliveryState.FAILED))[0][1]
    with qtbot.waitSignal(panel.chosen) as told:
        panel._choose(make, letter(DeliveryState.FAILED))
    assert told.args[0].actions[0].delivery_id == "d1"
    with qtbot.waitSignal(panel.ticket_wanted) as wanted:
        panel._show("t1")
    assert wanted.args == ["t1"]
