"""The text of one message on the screen."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from inbox_desktop.ui.kit import theme
from inbox_desktop.ui.thread import body as body_module
from inbox_desktop.ui.thread.body import Body
from tests.ui.thread.test_document import picture


@pytest.fixture
def body(qtbot: QtBot) -> Body:
    theme().install("light")
    made = Body()
    qtbot.addWidget(made)
    return made


def test_plain_text_is_never_taken_for_markup(body: Body) -> None:
    body.show_plain("<b>no</b> &amp; <img src='file:///etc/passwd'>")
    assert body.toPlainText() == "<b>no</b> &amp; <img src='file:///etc/passwd'>"


def test_mentions_stand_out_in_notes_alone(body: Body) -> None:
    body.show_plain("Ask @Julia or write a@b.example", mentions=True)
    html = body.document().toHtml()
    assert body.toPlainText() == "Ask @Julia or write a@b.example"
    assert ">@Julia</span>" in html
    body.show_plain("Ask @Julia")
    assert "<span" not in body.document().toHtml()


def test_a_short_text_uses_no_more_room_than_it_needs(body: Body) -> None:
    body.show_plain("Yes")
    width, height = body.fit(500)
    assert width < 60
    body.show_plain("word " * 200)
    wide, high = body.fit(500)
    assert 400 < wide <= 500
    assert high > 5 * height


def test_a_long_word_is_broken_and_not_cut(body: Body) -> None:
    body.show_plain("x" * 3000)
    width, _height = body.fit(300)
    assert width <= 300


@pytest.mark.parametrize(
    "html",
    [
        f"<p>Before</p><pre>{'x ' * 400}</pre>",
        f"<p style='white-space:nowrap'>{'no wrap ' * 60}</p>",
        f"<table><tr><td style='white-space:nowrap'>{'no wrap ' * 60}</td></tr></table>",
    ],
)
def test_lines_that_are_not_meant_to_wrap_are_not_cut_off(body: Body, html: str) -> None:
    body.show_html(html, {})
    width, height = body.fit(440)
    body.resize(width, height)
    body.show()
    assert body.document().size().width() <= 440
    assert body.horizontalScrollBar().maximum() == 0


def test_a_table_with_more_columns_than_fit_can_be_scrolled_sideways(body: Body) -> None:
    cells = "".join(f"<td>column {number} with words</td>" for number in range(40))
    body.show_html(f"<table border=1><tr>{cells}</tr></table>", {})
    width, height = body.fit(440)
    body.resize(width, height)
    body.show()
    assert width == 440
    assert height < 200  # its words are not squeezed into letters
    assert body.horizontalScrollBar().maximum() > 440
    body.show_plain("Short")
    width, height = body.fit(440)
    body.resize(width, height)
    assert body.horizontalScrollBar().maximum() == 0


def test_links_in_plain_text_lead_where_they_say(body: Body, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(body_module, "open_link", opened.append)
    body.show_plain("https://shop.example/a is here")
    width, height = body.fit(400)
    body.resize(width, height)
    body.show()
    QTest.mouseClick(body.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(40, 9))
    assert opened == ["https://shop.example/a"]
    body.hide()


@pytest.mark.parametrize("trailing", ["", "<p></p><p>&nbsp;</p>", "<table><tr><td>x</td></tr></table>"])
def test_html_keeps_its_text_and_loses_empty_ends(body: Body, trailing: str) -> None:
    body.show_html(f"<p></p><p>Hello</p>{trailing}", {})
    assert body.toPlainText().strip().startswith("Hello")
    body.fit(400)
    if "table" not in trailing:
        assert body.document().blockCount() == 1


def test_a_wide_picture_becomes_as_wide_as_the_room(body: Body) -> None:
    wide = QImage(2000, 1000, QImage.Format.Format_RGB32)
    body.show_html('<img src="cid:a" width="1600">', {"cid:a": wide})
    assert (body.fit(400)[0], round(body.fit(400)[1], -2)) == (400, 200)
    assert body.fit(200)[0] == 200
    assert (body.fit(800)[0], round(body.fit(800)[1], -2)) == (800, 400)


def test_a_fixed_wide_table_shares_the_room(body: Body) -> None:
    body.show_html(
        '<table width="900"><tr><td width="600">one two three</td><td width="300">four</td></tr></table>', {}
    )
    assert body.fit(300)[0] <= 300


def test_own_colours_put_a_mail_on_paper_in_the_dark(body: Body) -> None:
    theme().install("dark")
    try:
        body.show_html('<p style="color:#cc0000">red</p><p>plain</p>', {})
        assert body.on_paper
        last = body.document().lastBlock().begin().fragment().charFormat()
        assert last.foreground().color().lightness() < 80
        body.show_html('<p style="color:#000000">black</p>', {})
        assert not body.on_paper
        only = body.document().firstBlock().begin().fragment().charFormat()
        assert only.foreground().style() == Qt.BrushStyle.NoBrush
    finally:
        theme().install("light")


def test_pictures_that_are_not_at_hand_leave_their_words(body: Body) -> None:
    body.show_html('<p>a <img src="cid:gone" alt="the logo"> b</p>', {"cid:other": picture()})
    assert body.toPlainText() == "a the logo b"
