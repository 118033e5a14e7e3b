"""Bytes to text: unknown and broken charsets are replaced with a warning."""

import pytest

from inbox_desktop.sync.email.charsets import clean_text, codec_for, decode, has_controls, single_line


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        ("Größe".encode(), "utf-8", "Größe"),
        ("Größe".encode(), "", "Größe"),
        (b"caf\xe9 \x80", "iso-8859-1", "café €"),
        ("日本".encode("iso2022_jp"), "ISO-2022-JP", "日本"),
        ("日本①".encode("cp932"), "Shift_JIS", "日本①"),
        ("汉字".encode("gb18030"), "gb2312", "汉字"),
        ("Привет".encode("koi8-r"), ' "KOI8-R" ', "Привет"),
        ("한글".encode("cp949"), "ks_c_5601-1987", "한글"),
    ],
)
def test_known_charsets_decode_without_a_warning(data: bytes, charset: str, text: str) -> None:
    assert decode(data, charset) == (text, None)


def test_an_unknown_charset_is_named_in_a_warning() -> None:
    text, warning = decode(b"abc", "klingon")
    assert text == "abc"
    assert warning is not None
    assert "klingon" in warning


def test_broken_bytes_are_replaced_with_a_warning() -> None:
    text, warning = decode(b"\x1b$B$3$", "iso-2022-jp")
    assert "\ufffd" in text
    assert warning is not None
    assert "replaced" in warning


def test_utf8_under_a_wrong_label_is_read_as_utf8() -> None:
    text, warning = decode("Größe – 漢字".encode(), "shift_jis")
    assert text == "Größe – 漢字"
    assert warning is not None


def test_eight_bit_text_without_a_label_is_a_guess_and_said() -> None:
    text, warning = decode(b"caf\xe9", "")
    assert text == "café"
    assert warning is not None


@pytest.mark.parametrize(
    "name", ["base64", "zlib", "rot13", "idna", "punycode", "unicode_escape", "undefined", "\x00"]
)
def test_codecs_that_are_no_charsets_are_unknown(name: str) -> None:
    assert codec_for(name) is None


def test_bodies_lose_control_characters_and_keep_their_lines() -> None:
    assert clean_text("\ufeffa\r\nb\rc\x00\x1b[1m\td\ud800") == "a\nb\nc[1m\td"
    assert clean_text("ascii\x07 only\r\n") == "ascii only\n"


@pytest.mark.parametrize("unwanted", ["\0", "\x0b", "\x7f", "\x80", "\x9f", "\ufffe", "\uffff", "\udc80"])
@pytest.mark.parametrize("beside", ["é", "\xa0", "日本", "\ufffd", "\U0001f600"])
def test_bodies_in_any_script_lose_what_cannot_be_shown(unwanted: str, beside: str) -> None:
    assert clean_text(f"{beside}{unwanted}\t{beside}\n") == f"{beside}\t{beside}\n"


def test_header_texts_become_one_line() -> None:
    assert single_line(" a\r\n\tb\x00c\u2028d ") == "a b c d"
    assert has_controls("a\nb")
    assert not has_controls("a\tb")
