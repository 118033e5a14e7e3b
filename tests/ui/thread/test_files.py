"""Attachments on their way out of the inbox."""

from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.kit import Question
from inbox_desktop.ui.thread.files import FileActions, safe_label
from tests.ui.thread.rows import attachment


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[QUrl]:
    found: list[QUrl] = []

    def remember(url: QUrl) -> bool:
        found.append(url)
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", remember)
    return found


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\x.pdf", "C__x.pdf"),
        ("", "attachment"),
        ("..", "attachment"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("plan\n.pdf", "plan .pdf"),
    ],
)
def test_a_label_is_one_plain_name(name: str, label: str) -> None:
    assert safe_label(name) == label


def test_opening_opens_a_copy(
    qtbot: QtBot, bridge: Bridge, window: QWidget, opened: list[QUrl], tmp_path: Path
) -> None:
    source = tmp_path / "hash"
    source.write_bytes(b"content")
    actions = FileActions(bridge, window)
    actions.open(attachment(path=str(source), filename="plan.pdf"))
    qtbot.waitUntil(lambda: bool(opened))
    copy = Path(opened[0].toLocalFile())
    assert copy.name == "plan.pdf"
    assert copy != source
    assert copy.read_bytes() == b"content"


def test_an_active_file_is_never_opened_but_warned_about(
    qtbot: QtBot, bridge: Bridge, window: QWidget, opened: list[QUrl]
) -> None:
    FileActions(bridge, window).open(attachment(filename="x.html", active=True))
    question = window.findChild(Question)
    assert question is not None
    assert "can run programs" in question.words
    assert window.findChild(QFileDialog) is None
    question.close()
    assert opened == []


def test_saving_tells_what_was_saved(qtbot: QtBot, bridge: Bridge, window: QWidget, tmp_path: Path) -> None:
    source = tmp_path / "hash"
    source.write_bytes(b"content")
    actions = FileActions(bridge, window)
    with qtbot.waitSignal(actions.notice) as told:
        actions.save_to(attachment(path=str(source)), tmp_path / "out" / "plan.pdf")
    assert told.args == ["Saved plan.pdf"]
    assert (tmp_path / "out" / "plan.pdf").read_bytes() == b"content"


@pytest.mark.parametrize("missing", ["source", "target"])
def test_what_cannot_be_saved_is_said(
    qtbot: QtBot, bridge: Bridge, window: QWidget, tmp_path: Path, missing: str
) -> None:
    source = tmp_path / "hash"
    (tmp_path / "file").write_bytes(b"")
    if missing == "target":
        source.write_bytes(b"content")
    actions = FileActions(bridge, window)
    with qtbot.waitSignal(actions.notice) as told:
        actions.save_to(attachment(path=str(source)), tmp_path / "file" / "plan.pdf")
    assert told.args is not None
    assert "kept" in told.args[0]
