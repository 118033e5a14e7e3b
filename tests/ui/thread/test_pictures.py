"""Pictures from mail: few formats, bounded sizes."""

from base64 import b64encode
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from inbox_desktop.ui.thread.pictures import is_picture, read_own_images, read_picture, referenced
from tests.ui.thread.rows import attachment


def encoded(width: int = 30, height: int = 20, kind: str = "PNG") -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(0)
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, kind)  # type: ignore[call-overload]
    return bytes(content.data())


def test_a_picture_is_read_and_made_smaller(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(encoded(3000, 1500))
    image = read_picture(tmp_path / "a", 300)
    assert image is not None
    assert (image.width(), image.height()) == (300, 150)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'><rect width='9' height='9'/></svg>",
        encoded()[:40],
    ],
)
def test_what_is_no_picture_of_a_known_kind_is_none(qtbot: QtBot, content: bytes) -> None:
    assert read_picture(content) is None


def test_a_missing_file_is_none(qtbot: QtBot, tmp_path: Path) -> None:
    assert read_picture(tmp_path / "gone") is None


def test_own_images_come_from_parts_and_from_the_text(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(encoded())
    part = attachment(content_id="<Logo@x>", path=str(tmp_path / "a"), content_type="image/png")
    data = f"data:image/png;base64,{b64encode(encoded()).decode()}"
    found = read_own_images(
        ("cid:logo@x", data, "https://x/a.png", "cid:other", "data:image/png;base64,!"), (part,)
    )
    assert set(found) == {"cid:logo@x", data}


def test_a_part_that_the_text_shows_is_no_attachment() -> None:
    part = attachment(content_id="logo")
    assert referenced(("cid:LOGO",), part)
    assert not referenced(("cid:other",), part)
    assert not referenced(("cid:",), attachment(content_id=None))


def test_active_files_are_no_pictures() -> None:
    assert is_picture(attachment(content_type="image/png"))
    assert not is_picture(attachment(content_type="image/svg+xml", active=True))
    assert not is_picture(attachment(content_type="image/png", active=True))
