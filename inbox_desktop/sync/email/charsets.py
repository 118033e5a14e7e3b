"""Bytes and a declared charset to clean text: unknown or broken charsets are replaced, never an error."""

import codecs
import re
from functools import lru_cache
from typing import Final

# What mail programs say and what they mean: supersets as browsers use them (WHATWG Encoding Standard).
_MEANT: Final = {
    "": "utf-8",
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "ansi_x3.4-1968": "cp1252",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-6-i": "iso8859-6",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "hz-gb-2312": "hz",
    "ks_c_5601-1987": "cp949",
    "ksc5601": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "big5": "big5hkscs",
    "x-unknown": "utf-8",
    "unknown-8bit": "utf-8",
    "x-user-defined": "cp1252",
    "utf8": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
}
# Python codecs that turn bytes into text but are no charset of mail; some of them are slow on purpose-made
# input.
_NO_CHARSETS: Final = frozenset(
    {
        "idna",
        "punycode",
        "raw-unicode-escape",
        "undefined",
        "unicode-escape",
        "unicode-internal",
        "mbcs",
        "oem",
    }
)
_GUESSED: Final = frozenset({"", "x-unknown", "unknown-8bit", "us-ascii", "ascii", "ansi_x3.4-1968"})
_WANTED: Final = " -~\xa0-\ud7ff\n\t\ue000-\ufffd\U00010000-\U0010ffff"
_CLEAN = re.compile(f"[{_WANTED}]*")
_UNWANTED = re.compile(f"[^{_WANTED}]")
_UNWANTED_BYTES: Final = bytes({*range(0x20), 0x7F} - {0x09, 0x0A})
# None of these is printable (str.isprintable), which is quicker to find out.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


@lru_cache(maxsize=256)
def codec_for(charset: str) -> str | None:
    """The Python codec for a declared charset (any case, quotes and spaces around it), None if unknown."""
    name = charset.strip().strip("\"'").lower()
    try:
        info = codecs.lookup(_MEANT.get(name, name))
    except (LookupError, ValueError):
        return None
    is_text = getattr(info, "_is_text_encoding", True)  # false for base64, zlib, rot13: no charsets
    return info.name if is_text and info.name.replace("_", "-") not in _NO_CHARSETS else None


def decode(data: bytes, charset: str) -> tuple[str, str | None]:
    """Decode a body or header in its declared charset; the second value is a warning for people, or None.

    An undeclared or ASCII charset is read as UTF-8 if that fits and as Windows-1252 otherwise. What does not
    fit an explicitly declared charset becomes U+FFFD.
    """
    name = charset.strip().strip("\"'").lower()
    if name in _GUESSED or codec_for(charset) is None:
        text, clean = _guess(data)
        if name not in _GUESSED:
            return text, f"unknown character set “{single_line(name)[:40]}”: some characters may be wrong"
        return text, None if clean else "no character set was named: some characters may be wrong"
    codec = codec_for(charset) or "utf-8"
    try:
        return data.decode(codec), None
    except (UnicodeError, ValueError):
        pass
    if codec != "utf-8" and not data.isascii():
        try:  # 8-bit text under a wrong label is nearly always UTF-8
            return data.decode("utf-8"), f"the text is not {single_line(name)[:40]} as it says: read as UTF-8"
        except UnicodeDecodeError:
            pass
    warning = f"broken characters for {single_line(name)[:40]}: they were replaced"
    return data.decode(codec, "replace"), warning


def _guess(data: bytes) -> tuple[str, bool]:
    """Decode bytes without a usable charset; the flag says that the guess is certain (UTF-8)."""
    try:
        return data.decode("utf-8"), True
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), False


def clean_text(text: str) -> str:
    r"""A body fit for storing and showing: `\\n` line ends, no control characters, no lone surrogates."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():  # the fast path: deleting bytes is far cheaper than a regular expression
        return text.encode("ascii").translate(None, _UNWANTED_BYTES).decode("ascii")
    if "\ufeff" in text:
        text = text.replace("\ufeff", "")
    # Matching a run of the wanted is twice as fast as looking for the unwanted, which is rare.
    return text if _CLEAN.fullmatch(text) else _UNWANTED.sub("", text)


def single_line(text: str) -> str:
    """A header value fit for showing and copying: every run of control characters is one space."""
    return (text if text.isprintable() else _CONTROLS.sub(" ", text)).strip()


def has_controls(text: str) -> bool:
    """Whether a header value held control characters other than the tab of folding."""
    return not text.isprintable() and _CONTROLS.search(text.replace("\t", " ")) is not None
