"""File names are labels, whatever a mail says."""

import pytest

from inbox_desktop.sync.email.filenames import MAX_FILENAME_CHARS, clean_filename, is_active


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("invoice 2025.pdf", "invoice 2025.pdf"),
        ("Rechnung – Größe.pdf", "Rechnung – Größe.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\a.exe", "a.exe"),
        ("..", "attachment"),
        ("", "attachment"),
        (" . ", "attachment"),
        (".bashrc", "bashrc"),
        ("a\x00b\r\n.png", "ab.png"),
        ("\u202egpj.exe", "gpj.exe"),
        ("a\u200b\u2066b.pdf", "ab.pdf"),
        ("a:b.txt", "a_b.txt"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("COM1 .pdf", "_COM1 .pdf"),
        ("con.x/y.txt", "y.txt"),
        ("x.pdf          .exe", "x.pdf .exe"),
        ("\uff0fetc\uff0fpasswd", "passwd"),
        ("\ud800x", "\ufffdx"),
    ],
)
def test_labels(name: str, label: str) -> None:
    assert clean_filename(name) == label


def test_a_nameless_part_is_named_by_its_type() -> None:
    assert clean_filename("", "image/png") == "attachment.png"
    assert clean_filename("", "message/rfc822") == "attachment.eml"


def test_a_long_name_keeps_its_extension() -> None:
    label = clean_filename("a" * 500 + ".tar.exe")
    assert len(label) <= MAX_FILENAME_CHARS
    assert label.endswith("….exe")


@pytest.mark.parametrize(
    "name", ["a.html", "a.SVG", "a.eml", "a.lnk", "a.js", "a.exe", "a.pdf.scr", "a.docm", "a.url"]
)
def test_active_by_name(name: str) -> None:
    assert is_active(name, "application/octet-stream")


def test_active_by_type_and_harmless_ones() -> None:
    assert is_active("picture.png", "image/svg+xml")
    assert is_active("x", "text/html; charset=utf-8")
    assert not is_active("invoice.pdf", "application/pdf")
    assert not is_active("photo.jpg", "image/jpeg")
    assert not is_active("exe", "text/plain")
