"""Conversations by text in the thread: small bubbles in runs, pictures, and what became of each text."""

from datetime import timedelta

import pytest
from PySide6.QtCore import QLocale
from pytestqt.qtbot import QtBot

from inbox_desktop.models.actions import SYSTEM, Outcome, agent
from inbox_desktop.models.actions.consent import ChangeConsent
from inbox_desktop.models.actions.deliveries import BeginAttempt, FinishAttempt
from inbox_desktop.models.actions.inbound import InboundFile
from inbox_desktop.models.actions.messages import AddNote, Reply
from inbox_desktop.models.actions.texts import ReportDelivery
from inbox_desktop.models.clock import now
from inbox_desktop.models.kinds import (
    ConsentKind,
    ConsentSource,
    ConsentState,
    DeliveryState,
    MessageKind,
)
from inbox_desktop.models.queries.outbox import outbox
from inbox_desktop.models.sms_settings import AutoResponder
from inbox_desktop.ui.thread.bubble import TextBubble, bubble_head
from inbox_desktop.ui.thread.card import MessageCard
from inbox_desktop.ui.thread.card_head import Part, _give_way
from inbox_desktop.ui.thread.pane import ThreadPane
from inbox_desktop.ui.thread.strip import StripLink
from inbox_desktop.ui.thread.text_strips import ASK, KEPT
from inbox_desktop.ui.thread.thumbnail import Thumbnail
from inbox_desktop.ui.thread.words import reason_words
from tests.models.texting import ANA, Phones
from tests.ui.fingers import click
from tests.ui.thread.rows import AT, message
from tests.ui.thread.test_pictures import encoded
from tests.ui.worlds import World, reply


@pytest.fixture
def phones(world: World) -> Phones:
    made = Phones(world.store, world.julia, auto_responder=AutoResponder.OFF)
    made.at = now() - timedelta(minutes=30)
    return made


def consent(world: World) -> None:
    world.do(
        ChangeConsent(
            actor=agent(world.julia),
            phone=ANA,
            kinds=(ConsentKind.MARKETING,),
            state=ConsentState.GRANTED,
            source=ConsentSource.AGENT,
        )
    )


def answer(world: World, ticket_id: str, state: DeliveryState, detail: str = "") -> Reply:
    """An answer of Julia's that was tried and ended in this state."""
    action = reply(world, ticket_id, "It is on its way.")
    assert isinstance(world.do(action), Outcome)
    with world.store.read() as reader:
        (row,) = (one for one in outbox(reader) if one.message_id == action.message_id)
    world.do(BeginAttempt(actor=SYSTEM, delivery_id=row.delivery_id, external_id=None))
    taken = "SM1" if state is DeliveryState.SENT else None
    world.do(
        FinishAttempt(
            actor=SYSTEM, delivery_id=row.delivery_id, state=state, detail=detail, external_id=taken
        )
    )
    return action


def show(qtbot: QtBot, pane: ThreadPane, ticket_id: str | None) -> list[MessageCard]:
    pane.show_ticket(ticket_id)
    qtbot.waitUntil(lambda: pane.thread is not None and pane.thread.ticket.id == ticket_id)
    qtbot.waitUntil(lambda: pane._column.is_complete)
    return pane._column.cards


def heads(card: MessageCard) -> list[str]:
    return [part.text for part in bubble_head(card.message, "me", AT, QLocale.c())]


def test_texts_are_bubbles_in_runs_and_notes_are_cards(
    qtbot: QtBot, pane: ThreadPane, world: World, phones: Phones
) -> None:
    ticket_id = phones.text("Where is my order?").ticket_id
    assert ticket_id is not None
    phones.text("It was promised for Friday")
    world.do(AddNote(actor=agent(world.julia), ticket_id=ticket_id, text="Stuck in Oakland"))
    first, second, note = show(qtbot, pane, ticket_id)
    assert isinstance(first, TextBubble)
    assert isinstance(second, TextBubble)
    assert not isinstance(note, TextBubble)
    assert (first.joins_above, first.joins_below) == (False, True)
    assert (second.joins_above, second.joins_below) == (True, False)
    assert second.height() < first.height()  # the author is named once
    assert second.y() - first.geometry().bottom() < note.y() - second.geometry().bottom()


def test_a_nameless_person_is_called_by_the_phone_as_it_is_dialled(
    qtbot: QtBot, pane: ThreadPane, phones: Phones
) -> None:
    (card,) = show(qtbot, pane, phones.text("Hello").ticket_id)
    assert card.message.author_name == "(415) 555-0132"
    assert "(415) 555-0132 wrote" in card.accessibleName()


def test_a_further_text_joins_the_run(qtbot: QtBot, pane: ThreadPane, phones: Phones) -> None:
    ticket_id = phones.text("Hello").ticket_id
    (first,) = show(qtbot, pane, ticket_id)
    assert not first.joins_below
    phones.text("Are you there?")
    qtbot.waitUntil(lambda: len(pane._column.cards) == 2)
    assert first.joins_below
    assert pane._column.cards[1].joins_above


def test_what_was_sent_by_itself_is_named_by_what_it_is(
    qtbot: QtBot, pane: ThreadPane, phones: Phones
) -> None:
    phones.campaign()
    phones.text("START")
    keyword = message(kind=MessageKind.KEYWORD)
    ticket_id = phones.text("How long does it run?").ticket_id
    found = {card.message.kind: heads(card) for card in show(qtbot, pane, ticket_id)}
    assert found[MessageKind.CAMPAIGN][-1] == "Campaign “Autumn sale”"
    assert found[MessageKind.AUTO_REPLY][-1] == "Automatic reply"
    assert "keyword · " in found[MessageKind.KEYWORD][1]
    assert bubble_head(keyword, "me", AT, QLocale.c())[0].weight == 600  # the person stays in sight


def test_a_picture_is_shown_in_its_own_shape_below_the_words(
    qtbot: QtBot, pane: ThreadPane, world: World, phones: Phones
) -> None:
    content = encoded(400, 200)
    sha256 = world.store.attachments.put(content)
    picture = InboundFile("picture-1.png", "image/png", len(content), sha256)
    with_words = phones.text("Like this one", files=(picture,))
    phones.text("", files=(picture,))
    cards = show(qtbot, pane, with_words.ticket_id)
    thumbnails = [card.findChildren(Thumbnail)[0] for card in cards]
    qtbot.waitUntil(lambda: all(one.has_view for one in thumbnails))
    qtbot.waitUntil(lambda: thumbnails[0].width() == 2 * thumbnails[0].height())
    assert isinstance(cards[1], TextBubble)
    assert cards[1]._bubble.isNull()  # a picture without words has no bubble around it
    opened: list[object] = []
    thumbnails[0]._actions.open = opened.append  # type: ignore[method-assign, assignment]
    click(thumbnails[0])
    assert opened == [thumbnails[0].file]


def test_the_end_of_each_text_is_told_in_words(
    qtbot: QtBot, pane: ThreadPane, world: World, phones: Phones
) -> None:
    ticket_id = phones.text("Where is my order?").ticket_id
    assert ticket_id is not None
    consent(world)
    answer(world, ticket_id, DeliveryState.SENT)
    world.do(
        ReportDelivery(
            actor=SYSTEM, channel_id=phones.channel_id, external_id="SM1", state=DeliveryState.DELIVERED
        )
    )
    card = show(qtbot, pane, ticket_id)[-1]
    assert isinstance(card, TextBubble)
    assert card._foot() == "Delivered"
    card.set_joined(above=False, below=True)
    assert card._foot() == ""


def test_a_text_that_failed_says_why_and_what_to_do(
    qtbot: QtBot, pane: ThreadPane, world: World, phones: Phones
) -> None:
    ticket_id = phones.text("Where is my order?").ticket_id
    assert ticket_id is not None
    consent(world)
    answer(world, ticket_id, DeliveryState.FAILED, "Not sent. The number is a landline. (Twilio 30006)")
    card = show(qtbot, pane, ticket_id)[-1]
    strip = card._delivery
    assert strip is not None
    assert strip.accessibleName() == f"Not sent: The number is a landline. (Twilio 30006) {KEPT}"
    assert [link.text() for link in strip.links] == ["Try again", "Back to draft"]


def test_a_text_of_unknown_end_asks_a_person_in_words_that_fit_texts(
    qtbot: QtBot, pane: ThreadPane, world: World, phones: Phones
) -> None:
    ticket_id = phones.text("Where is my order?").ticket_id
    assert ticket_id is not None
    consent(world)
    answer(world, ticket_id, DeliveryState.UNKNOWN, "Perhaps sent, perhaps not. Twilio did not answer.")
    card = show(qtbot, pane, ticket_id)[-1]
    assert card._delivery is not None
    words = card._delivery.accessibleName()
    assert words.endswith(f"Twilio did not answer. {ASK}")
    assert "Sent folder" not in words
    settled = next(link for link in card.findChildren(StripLink) if link.text() == "It was sent")
    click(settled)
    qtbot.waitUntil(lambda: pane._column.cards[-1]._delivery is None)


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ("Not sent. It is a landline. (Twilio 30006)", "It is a landline. (Twilio 30006)"),
        ("Not sent yet. Twilio is busy", "Twilio is busy."),
        ("", ""),
    ],
)
def test_a_reason_does_not_say_twice_what_became_of_the_text(detail: str, words: str) -> None:
    assert reason_words(detail) == words


def test_a_long_name_leaves_the_time_whole() -> None:
    parts = [Part("Maximiliana Wolfeschlegelsteinhausenbergerdorff", 600, "text_1"), Part("00:37")]
    widths = [420.0, 36.0]
    _give_way(parts, widths, 300)
    assert widths == [264.0, 36.0]
