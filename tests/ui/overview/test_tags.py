"""The tags of a ticket in the overview."""

from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from inbox_desktop.ui.kit import theme
from inbox_desktop.ui.overview.tags import TagsRow
from tests.ui.fingers import only


def test_the_field_for_a_new_tag_is_seen_whole_on_a_second_line(qtbot: QtBot) -> None:
    theme().install("light")
    row = TagsRow(None)  # type: ignore[arg-type]  # a window of its own, here
    qtbot.addWidget(row)
    row.resize(220, 24)
    row.set_tags(["a very long tag name that goes on"])
    row.show()
    row.begin()
    field = only(row, QLineEdit)
    assert field.y() >= 24
    assert row.rect().contains(field.geometry())
