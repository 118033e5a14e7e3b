"""A mail's document loads nothing by itself, whatever the mail says."""

from pathlib import Path

from PySide6.QtGui import QColor, QImage, QTextDocument
from pytestqt.qtbot import QtBot

from inbox_desktop.ui.thread.document import SafeDocument, image_sources, name_images

IMAGE = QTextDocument.ResourceType.ImageResource.value


def picture(colour: str = "red", size: int = 40) -> QImage:
    image = QImage(size, size, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return image


def test_no_file_is_read(qtbot: QtBot, tmp_path: Path) -> None:
    assert picture().save(str(tmp_path / "secret.png"))
    (tmp_path / "secret.css").write_text("p { margin-left: 300px; }", encoding="utf-8")
    url = (tmp_path / "secret.png").as_uri()
    document = SafeDocument()
    document.setHtml(
        f'<link rel="stylesheet" type="text/css" href="{(tmp_path / "secret.css").as_uri()}">'
        f'<p>x</p><img src="{url}"><img src="{tmp_path / "secret.png"}">'
    )
    document.setTextWidth(400)
    assert document.size().height() < 40  # the picture would be 40 high
    assert document.idealWidth() < 100  # the style sheet would move the text by 300
    for name in (url, str(tmp_path / "secret.png"), "https://x.example/a.png", "qrc:/x"):
        found = document.resource(IMAGE, name)
        assert isinstance(found, QImage)
        assert found.width() == 1


def test_qt_itself_would_have_read_the_file(qtbot: QtBot, tmp_path: Path) -> None:
    """Otherwise the test above proves nothing."""
    assert picture().save(str(tmp_path / "secret.png"))
    document = QTextDocument()
    document.setHtml(f'<img src="{(tmp_path / "secret.png").as_uri()}">')
    document.setTextWidth(400)
    assert document.size().height() >= 40


def test_images_at_hand_are_shown_under_names_of_ours(qtbot: QtBot) -> None:
    remote = '<img data-remote="https://x/a.png" alt="A &lt;b&gt;">'
    html = f'<p><img src="cid:logo" width="20" alt="Logo">{remote}</p>'
    assert image_sources(html) == ("cid:logo", "https://x/a.png")
    shown, names = name_images(html, {"cid:logo": picture()})
    assert shown == '<p><img src="message-image:0" width="20">A &lt;b&gt;</p>'
    assert names == {"message-image:0": "cid:logo"}


def test_a_mail_cannot_name_another_images_name(qtbot: QtBot) -> None:
    shown, names = name_images('<img src="message-image:0" alt="x">', {"cid:logo": picture()})
    assert shown == "x"
    assert names == {}
