"""What the preview of the widget says and how readable it is, open and away, in each language."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from inbox_desktop.models.chat_settings import Faq, Position
from inbox_desktop.models.errors import InboxError
from inbox_desktop.models.rules.business_hours import BusinessHours
from inbox_desktop.ui.connect.chat.preview import WidgetPreview, contrast, ink_on, laid_out
from inbox_desktop.ui.connect.chat.preview_words import Line, preview_of
from inbox_desktop.ui.kit import theme
from tests.ui.relays import SITE

MONDAY_NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 22, 12, tzinfo=UTC)


def said(*, away: bool, at: datetime = MONDAY_NOON, locale: str = "en", **site: object) -> list[Line]:
    return list(preview_of(replace(SITE, **site), locale, at, away=away).lines)  # type: ignore[arg-type]


@pytest.mark.parametrize("at", [MONDAY_NOON, SUNDAY])
def test_both_states_are_shown_whenever_one_looks(at: datetime) -> None:
    open_now, away = said(away=False, at=at), said(away=True, at=at)
    assert open_now[0] == away[0] == Line(False, "Hi Ana! How can we help?")
    assert open_now[1].is_visitor
    assert open_now[2].text == "Thanks for your message. We'll be with you in a few minutes."
    assert away[2].text.startswith("We're away at the moment and back")


def test_the_state_says_when_somebody_is_back() -> None:
    assert preview_of(SITE, "en", MONDAY_NOON, away=False).state == "Online now"
    assert preview_of(SITE, "en", SUNDAY, away=True).state == "Back tomorrow at 09:00"
    assert preview_of(SITE, "pt", SUNDAY, away=True).state == "De volta amanhã às 09:00"


@pytest.mark.parametrize("hours", [BusinessHours(week={}), BusinessHours(always=True)])
def test_hours_that_never_change_show_both_states_too(hours: BusinessHours) -> None:
    assert said(away=False, hours=hours)[2].text.startswith("Thanks")
    assert said(away=True, hours=hours)[2].text.startswith("We're away at the moment and back soon")
    assert preview_of(replace(SITE, hours=hours), "en", MONDAY_NOON, away=True).state == "Away right now"


def test_empty_texts_are_not_shown_and_missing_ones_are_english() -> None:
    lines = said(away=False, welcome={}, in_hours_reply={"en": "Hello"}, locale="es")
    assert [line.text for line in lines[1:]] == ["Hello"]
    assert lines[0].is_visitor


def test_three_questions_are_offered() -> None:
    faq = tuple(Faq(str(number), "x") for number in range(5))
    assert preview_of(replace(SITE, faq=faq), "en", SUNDAY, away=True).questions == ("0", "1", "2")


def test_what_cannot_be_used_is_refused() -> None:
    with pytest.raises(InboxError, match="no variable"):
        said(away=False, welcome={"en": "{{ nobody }}"})
    with pytest.raises(InboxError, match="no time zone"):
        said(away=False, hours=BusinessHours("Atlantis"))


@pytest.mark.parametrize("colour", ["#1f6feb", "#ffd43b", "#ffffff", "#000000", "#808080", "#20242e"])
def test_words_on_every_colour_can_be_read(colour: str) -> None:
    ground = QColor(colour)
    assert contrast(ground, ink_on(ground)) >= 4.4


def test_long_words_break_and_lines_stay_within_their_width(qtbot: QtBot) -> None:
    theme().install("light")
    _, size = laid_out("Donaudampfschifffahrtsgesellschaft\nja", theme().font("text"), 100)
    assert size.width() <= 100
    assert size.height() >= 4 * 14


def test_the_preview_is_painted_in_every_state(qtbot: QtBot) -> None:
    theme().install("light")
    widget = WidgetPreview(None)  # type: ignore[arg-type]
    qtbot.addWidget(widget)
    widget.set_look("#ffd43b", Position.LEFT)
    widget.set_look("nonsense", Position.LEFT)
    widget.show_preview(preview_of(SITE, "en", MONDAY_NOON, away=True))
    shown = widget.grab().toImage()
    ratio = shown.devicePixelRatio()
    assert shown.pixelColor(round(60 * ratio), round(16 * ratio)) == QColor("#ffd43b")
    assert "Back" in widget.accessibleName() or "Harbor" in widget.accessibleName()
    widget.show_trouble("No variable.")
    assert widget.accessibleName() == "No preview: No variable."
    assert widget.shown is None
