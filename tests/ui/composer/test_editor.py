"""The editor: formatting, pasting, links, lists, growing."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QImage, QTextCursor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inbox_desktop.ui.composer.editor import Editor
from inbox_desktop.ui.kit import theme
from tests.ui.fingers import CTRL, SHIFT, press, write


@pytest.fixture
def editor(qtbot: QtBot) -> Editor:
    theme().install("light")
    made = Editor()
    qtbot.addWidget(made)
    made.resize(400, 60)
    made.show()
    return made


def pasted(**parts: str) -> QMimeData:
    data = QMimeData()
    if "text" in parts:
        data.setText(parts["text"])
    if "html" in parts:
        data.setHtml(parts["html"])
    return data


def test_bold_and_italic_by_keys(editor: Editor) -> None:
    press(editor, Qt.Key.Key_B, CTRL)
    write(editor, "bold")
    press(editor, Qt.Key.Key_B, CTRL)
    press(editor, Qt.Key.Key_I, CTRL)
    write(editor, " both")
    assert editor.html() == "<div><b>bold</b><i> both</i></div>"
    assert not editor.is_plain


def test_web_pages_are_pasted_as_clean_text(editor: Editor) -> None:
    editor.insertFromMimeData(
        pasted(
            html='<h2 style="color:red;font-size:40px">Big <b>sale</b></h2><script>x</script>',
            text="Big sale",
        )
    )
    assert editor.html() == "<div><b>Big sale</b></div>"
    shape = editor.document().firstBlock().begin().fragment().charFormat()
    assert shape.font().pixelSize() == editor.font().pixelSize()
    editor.load("", "")
    editor.insertFromMimeData(pasted(html="<p style='color:#888'>one</p><p>two</p>", text="x"))
    assert (editor.text(), editor.is_plain) == ("one\ntwo", True)


def test_pasted_text_within_a_line_stays_in_it(editor: Editor) -> None:
    editor.load("", "ac")
    editor.moveCursor(QTextCursor.MoveOperation.Left)
    editor.insertFromMimeData(pasted(html="<b>B</b>", text="B"))
    assert editor.html() == "<div>a<b>B</b>c</div>"


def test_paste_without_formatting(editor: Editor) -> None:
    QApplication.clipboard().setMimeData(pasted(html="<b>B</b>", text="B\x07"))
    press(editor, Qt.Key.Key_V, CTRL | SHIFT)
    assert (editor.text(), editor.is_plain) == ("B", True)
    # The offscreen platform would delete Python's object after Python's end, which crashes.
    QApplication.clipboard().clear()


def test_files_and_pictures_become_attachments(qtbot: QtBot, editor: Editor, tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.pdf"))])
    with qtbot.waitSignal(editor.files_given) as files:
        editor.insertFromMimeData(data)
    assert files.args == [[tmp_path / "a.pdf"]]
    picture = QMimeData()
    picture.setImageData(QImage(4, 4, QImage.Format.Format_RGB32))
    with qtbot.waitSignal(editor.image_given):
        editor.insertFromMimeData(picture)
    assert editor.is_blank


def test_a_list_begins_and_ends(editor: Editor) -> None:
    write(editor, "one")
    editor.toggle_list(ordered=False)
    press(editor, Qt.Key.Key_Return)
    write(editor, "two")
    press(editor, Qt.Key.Key_Return)
    press(editor, Qt.Key.Key_Return)
    write(editor, "after")
    assert editor.html() == "<ul><li>one</li><li>two</li></ul><div>after</div>"


def test_links_are_set_changed_and_taken_away(editor: Editor) -> None:
    editor.load("", "see here")
    cursor = editor.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.PreviousWord, QTextCursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)
    assert editor.set_link("here", "shop.example/a")
    assert editor.html() == '<div>see <a href="https://shop.example/a">here</a></div>'
    write(editor, " now")
    assert editor.html().endswith("</a> now</div>")
    editor.moveCursor(QTextCursor.MoveOperation.Start)
    for _ in range(6):
        editor.moveCursor(QTextCursor.MoveOperation.Right)
    assert editor.link_at_cursor() == ("here", "https://shop.example/a")
    assert editor.set_link("here", "")
    assert editor.html() == "<div>see here now</div>"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", "https://", "a b"])
def test_unsafe_links_are_refused(editor: Editor, address: str) -> None:
    assert not editor.set_link("words", address)
    assert editor.is_blank


def test_loading_a_draft_is_no_edit_and_gives_it_back(qtbot: QtBot, editor: Editor) -> None:
    html = '<div>a <b>b</b></div><ol><li>c</li></ol><div>d <a href="https://x.example/">e</a></div>'
    with qtbot.assertNotEmitted(editor.edited):
        editor.load(html)
    assert editor.html() == html
    with qtbot.waitSignal(editor.edited):
        write(editor, "x")


def test_the_wide_space_that_begins_a_japanese_paragraph_stays(editor: Editor) -> None:
    editor.load("", "\u3000お世話になります。")
    html = editor.html()
    editor.load(html)
    assert editor.text() == "\u3000お世話になります。"


def test_it_grows_with_its_text_up_to_a_limit(editor: Editor) -> None:
    low = editor.height()
    editor.load("", "line\n" * 6)
    middle = editor.height()
    editor.set_most_lines(8)
    editor.load("", "line\n" * 60)
    assert low < middle < editor.height() <= 8 * 18


def test_sending_keys_are_left_to_the_composer(editor: Editor) -> None:
    press(editor, Qt.Key.Key_Return, CTRL)
    assert editor.toPlainText() == ""
