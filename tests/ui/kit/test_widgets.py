"""The small widgets: words, names for screen readers, keys and signals."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from inbox_desktop.ui import kit

HOSTILE = "<img src='file:///etc/passwd'><b>Bold</b> & Co"


def test_a_button_shows_ampersands_and_says_its_shortcut(look: kit.Theme, qtbot: QtBot) -> None:
    button = kit.Button("Send & close", variant="primary", hint="Ctrl ⏎")
    qtbot.addWidget(button)
    assert button.text() == "Send & close"
    assert button.accessibleName() == "Send & close, Ctrl ⏎"
    assert button.shortcut().isEmpty()
    with qtbot.waitSignal(button.clicked, timeout=1000):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_button_is_as_wide_as_its_parts(look: kit.Theme, qtbot: QtBot) -> None:
    bare, hinted = kit.Button("Send"), kit.Button("Send", hint="Ctrl ⏎", icon_name="send")
    assert hinted.sizeHint().width() > bare.sizeHint().width()
    only = kit.IconButton("more", "More actions", hint="M")
    assert only.sizeHint().width() == only.sizeHint().height() == 30
    assert only.toolTip() == only.accessibleName() == "More actions (M)"
    look.set_text_scale(1.5)
    assert only.sizeHint().height() == 45


@pytest.mark.parametrize("variant", ["primary", "secondary", "quiet", "danger", "link"])
def test_every_variant_paints_in_every_state(look: kit.Theme, qtbot: QtBot, variant: str) -> None:
    button = kit.Button("Go", variant=variant, icon_name="send", hint="G")  # type: ignore[arg-type]
    qtbot.addWidget(button)
    looks = []
    for enabled in (True, False):
        button.setEnabled(enabled)
        looks.append(button.grab().toImage())
    assert looks[0] != looks[1]


def test_the_menu_button_shows_its_value(look: kit.Theme, qtbot: QtBot) -> None:
    button = kit.MenuButton("Assign")
    qtbot.addWidget(button)
    button.set_value("Julia", "Julia Mendes")
    assert button.text() == "Julia"
    assert button.menu() is not None
    assert not button.grab().isNull()


def test_an_elided_label_tells_the_rest(look: kit.Theme, qtbot: QtBot) -> None:
    label = kit.ElidedLabel("Where is my order?\nIt should have come on Friday", weight=600)
    qtbot.addWidget(label)
    label.resize(label.sizeHint())
    assert not label.is_cut()
    label.resize(90, 18)
    assert label.is_cut()
    assert label.shown_text().endswith("…")
    assert label.accessibleName() == label.text() == "Where is my order? It should have come on Friday"


def test_text_from_outside_stays_plain(look: kit.Theme, qtbot: QtBot) -> None:
    label = kit.Label(HOSTILE)
    qtbot.addWidget(label)
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert kit.Pill(HOSTILE).spec.text == HOSTILE
    tip = kit.plain_tool_tip(HOSTILE)
    assert "<img" not in tip
    assert "&lt;img" in tip
    assert kit.plain_tool_tip("") == ""
    dot = kit.StatusDot("Offline", kit.Tone.WARN)
    dot.set_status("Offline", kit.Tone.WARN, HOSTILE)
    assert "<img" not in dot.toolTip()


def test_the_status_dot_has_words(look: kit.Theme, qtbot: QtBot) -> None:
    dot = kit.StatusDot("E-mail synced 12 s ago", kit.Tone.GOOD)
    dot.set_status("SMS offline, retry in 30 s", kit.Tone.WARN, "The network is down.")
    assert dot.accessibleName() == dot.text() == "SMS offline, retry in 30 s"
    assert dot.accessibleDescription() == "The network is down."
    assert dot.tone is kit.Tone.WARN


def test_a_banners_links_act(look: kit.Theme, qtbot: QtBot) -> None:
    done: list[str] = []
    banner = kit.Banner("2 images, 1 tracker blocked", icon_name="shield")
    qtbot.addWidget(banner)
    once = banner.add_link("Load once", lambda: done.append("once"))
    banner.add_link("Always", lambda: done.append("always"))
    QTest.mouseClick(once, Qt.MouseButton.LeftButton)
    assert done == ["once"]
    assert banner.accessibleName() == "2 images, 1 tracker blocked"


def test_escape_clears_the_search_and_then_leaves_it(look: kit.Theme, qtbot: QtBot) -> None:
    field = kit.SearchField()
    qtbot.addWidget(field)
    typed: list[str] = []
    field.text_changed.connect(typed.append)
    QTest.keyClicks(field.edit, "ana")
    assert typed == ["a", "an", "ana"]
    with qtbot.waitSignal(field.submitted, timeout=1000) as submitted:
        QTest.keyClick(field.edit, Qt.Key.Key_Return)
    assert submitted.args == ["ana"]
    with qtbot.assertNotEmitted(field.left):
        QTest.keyClick(field.edit, Qt.Key.Key_Escape)
    assert field.text() == ""
    with qtbot.waitSignal(field.left, timeout=1000):
        QTest.keyClick(field.edit, Qt.Key.Key_Escape)
    with qtbot.waitSignal(field.moved_down, timeout=1000):
        QTest.keyClick(field.edit, Qt.Key.Key_Down)


def test_the_tabs_hold_one_choice(look: kit.Theme, qtbot: QtBot) -> None:
    tabs = kit.SegmentedTabs("Reply", "Note")
    qtbot.addWidget(tabs)
    chosen: list[int] = []
    tabs.current_changed.connect(chosen.append)
    assert tabs.current == 0
    before = tabs.sizeHint()
    tabs.set_current(1)
    tabs.set_current(1)
    tabs.set_current(7)
    assert (tabs.current, chosen) == (1, [1])
    assert tabs.sizeHint() == before
    assert tabs.accessibleName() == "Reply or Note"


def test_a_card_folds(look: kit.Theme, qtbot: QtBot) -> None:
    card = kit.Card("Ticket", foldable=True)
    qtbot.addWidget(card)
    row = card.add_row("Number", "#1042")
    tall = card.sizeHint().height()
    folds: list[bool] = []
    card.folded.connect(folds.append)
    card.set_folded(folded=True)
    assert card.is_folded
    assert card.sizeHint().height() < tall
    card.set_folded(folded=False)
    assert folds == [True, False]
    assert row.accessibleName() == "Number: #1042"
    row.set_value("#1043")
    assert (row.value(), row.accessibleName()) == ("#1043", "Number: #1043")
    card.clear()
    assert card.body.count() == 0


def test_empty_and_error_states_offer_the_next_step(look: kit.Theme, qtbot: QtBot) -> None:
    empty = kit.EmptyState("inbox", "All done", "New mail shows up here.", "Show closed")
    qtbot.addWidget(empty)
    with qtbot.waitSignal(empty.acted, timeout=1000):
        QTest.mouseClick(empty.button, Qt.MouseButton.LeftButton)
    empty.set_words("Nothing found")
    assert empty.button.isHidden()
    assert empty.accessibleName() == "Nothing found"
    error = kit.ErrorState("The list could not be read", "Your tickets are safe.")
    qtbot.addWidget(error)
    assert error.button.text() == "Try again"


def test_long_words_of_an_empty_state_are_not_cut(look: kit.Theme, qtbot: QtBot) -> None:
    empty = kit.EmptyState("inbox", "A title that goes on and on over two lines", "words " * 40, "Do it")
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(260, 500)
    empty.setParent(window)
    empty.resize(260, 500)
    with qtbot.waitExposed(window):
        window.show()
    for label in empty.findChildren(kit.Label):
        assert label.height() >= label.heightForWidth(label.width())
    window.close()


def test_navigation_says_its_numbers(look: kit.Theme, qtbot: QtBot) -> None:
    rail = kit.RailButton("inbox", "Inbox", hint="G I")
    rail.set_count(120)
    assert rail.accessibleName() == "Inbox, 120 unread"
    row = kit.NavButton("user", "My inbox")
    row.set_count(12)
    assert row.accessibleName() == "My inbox, 12"
    row.set_count(None)
    assert row.accessibleName() == "My inbox"
    for widget in (rail, row):
        qtbot.addWidget(widget)
        widget.setChecked(True)
        assert not widget.grab().isNull()


def _tab_from(window: QWidget) -> QWidget:
    QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
    focused = QApplication.focusWidget()
    assert focused is not None
    return focused


def test_the_ring_goes_where_the_keyboard_goes(look: kit.Theme, qtbot: QtBot) -> None:
    from inbox_desktop.ui.kit.focus import FocusRing

    app = QApplication.instance()
    assert app is not None
    rings = app.findChildren(FocusRing)
    assert len(rings) == 1
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(300, 200)
    first, second = kit.Button("One", parent=window), kit.Button("Two", parent=window)
    field = kit.SearchField(parent=window)
    second.move(20, 60)
    field.move(20, 120)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    first.setFocus(Qt.FocusReason.OtherFocusReason)
    assert _tab_from(window) is second
    assert rings[0].target is second
    assert _tab_from(window) is field.edit
    assert rings[0].target is field.edit.parentWidget()
    QTest.mouseClick(first, Qt.MouseButton.LeftButton)
    assert QApplication.focusWidget() is first
    assert rings[0].target is None, "a click needs no ring"
    window.close()
