"""The theme: what it sets, what follows it, and PySide6's signals themselves."""

import pytest
from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from inbox_desktop.ui.kit import Label, Theme, icon, theme
from inbox_desktop.ui.kit.tokens import DARK, LIGHT


def _strongest(image: QImage) -> str:
    """The colour of the most opaque pixel."""
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return QColor(max(pixels, key=QColor.alpha).rgb()).name()


def test_there_is_one_theme(look: Theme) -> None:
    assert theme() is look


def test_dark_and_light_set_palette_and_style_sheet(look: Theme, qtbot: QtBot) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    for choice, tokens in (("dark", DARK), ("light", LIGHT)):
        look.set_choice("dark" if choice == "dark" else "light")
        assert look.tokens is tokens
        assert app.palette().color(QPalette.ColorRole.Window).name() == tokens.window
        assert tokens.line_strong in app.styleSheet()
        assert "$" not in app.styleSheet()


def test_changed_is_emitted_once_and_only_for_a_change(look: Theme, qtbot: QtBot) -> None:
    seen: list[str] = []
    look.changed.connect(lambda: seen.append(look.tokens.name))
    look.set_choice("light")
    assert seen == []
    look.set_choice("dark")
    assert seen[-1] == "dark"
    count = len(seen)
    look.set_text_scale(1.0)
    assert len(seen) == count
    look.set_text_scale(1.3)
    assert len(seen) == count + 1


def test_an_icon_made_before_is_recoloured(look: Theme) -> None:
    mail = icon("mail", "text_1")
    assert _strongest(mail.pixmap(QSize(48, 48)).toImage()) == LIGHT.text_1
    look.set_choice("dark")
    assert _strongest(mail.pixmap(QSize(48, 48)).toImage()) == DARK.text_1


def test_a_label_made_before_is_recoloured(look: Theme, qtbot: QtBot) -> None:
    label = Label("Waiting", "secondary", "text_2")
    qtbot.addWidget(label)
    assert label.palette().color(QPalette.ColorRole.WindowText).name() == LIGHT.text_2
    look.set_choice("dark")
    assert label.palette().color(QPalette.ColorRole.WindowText).name() == DARK.text_2


def test_a_label_that_is_shown_for_the_first_time_after_a_change_has_the_new_colour(
    look: Theme, qtbot: QtBot
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    label = Label("Closed", ink="on_inverse", parent=window)
    look.set_choice("dark")
    window.show()
    qtbot.waitExposed(window)
    assert label.palette().color(QPalette.ColorRole.WindowText) == look.colour("on_inverse")


def test_system_follows_the_system_and_a_choice_does_not(
    look: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    dark = [True]
    monkeypatch.setattr(Theme, "_system_is_dark", lambda self: dark[0])
    look.set_choice("system")
    assert look.tokens is DARK
    dark[0] = False
    QApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert look.tokens is LIGHT
    look.set_choice("dark")
    QApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert look.tokens is DARK


def test_text_scale_is_clamped_and_scales_fonts(look: Theme) -> None:
    assert look.font("text").pixelSize() == 13
    assert look.font("page", 600).weight() == 600
    look.set_text_scale(1.5)
    assert look.font("text").pixelSize() == 20
    assert look.px(30) == 45
    look.set_text_scale(99)
    assert look.text_scale == 2.0


def test_fonts_handed_out_are_copies(look: Theme) -> None:
    look.font().setPixelSize(40)
    assert look.font().pixelSize() == 13


def test_tabular_digits_are_asked_for(look: Theme) -> None:
    assert [tag.toString() for tag in look.font(tabular=True).featureTags()] == ["tnum"]
    assert look.font().featureTags() == []


def test_a_widget_that_is_gone_is_not_told(look: Theme) -> None:
    label = Label("x")
    label.setParent(None)
    label.deleteLater()
    del label
    QApplication.sendPostedEvents(None, 52)
    look.set_choice("dark")


def test_unknown_roles_and_colours_are_refused(look: Theme) -> None:
    with pytest.raises(KeyError):
        look.font("huge")
    with pytest.raises(KeyError):
        look.colour("pink")


class _Bell(QObject):
    rang = Signal(bool)


def test_two_thousand_emits_leave_the_process_alive(qtbot: QtBot) -> None:
    """PySide6 6.12.0 on Python 3.11 aborts here ("bool_dealloc: deallocating True or False")."""
    bell = _Bell()
    heard: list[bool] = []
    bell.rang.connect(heard.append)
    label = QLabel()
    qtbot.addWidget(label)
    for turn in range(2000):
        bell.rang.emit(turn % 2 == 0)
        label.setEnabled(turn % 2 == 0)
    assert heard.count(True) == 1000
