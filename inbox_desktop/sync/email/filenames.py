"""File names from mails: cleaned labels that are never a path, and which types must not open in place."""

import re
import unicodedata
from typing import Final

MAX_FILENAME_CHARS: Final = 120
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_DEVICES: Final = frozenset(
    {"con", "prn", "aux", "nul", "clock$", "conin$", "conout$"}
    | {f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789¹²³"}
)
_ACTIVE_EXTENSIONS: Final = frozenset(
    """
    ade adp apk app application appref-ms asp aspx bas bash bat bin chm cmd com command cpl crt csh der
    desktop dll dmg docm dotm dylib elf eml exe fxp gadget hlp hta htm html inf ins iqy iso isp jar jnlp js
    jse ksh lib library-ms lnk mad maf mam maq mar mat mda mdb mde mdt mdw mdz mht mhtml msc msg msh msh1 msh2
    mshxml msi msix msp mst ocx one osd pif pkg pl potm ppam ppsm pptm prf prg ps1 ps1xml ps2 ps2xml psc1 psc2
    psd1 psm1 py pyc pyo pyw rdp reg rpm deb run scf scpt scr sct search-ms settingcontent-ms sh shb shs slk
    so svg svgz swf sys terminal theme url vb vbe vbp vbs vhd vhdx vsmacros vxd wasm webarchive website wim
    workflow ws wsc wsf wsh xbap xhtml xht xlam xll xlm xlsb xlsm xltm xml xnk xsl xslt zsh
    """.split()
)
_ACTIVE_TYPES: Final = (
    "text/html",
    "text/xml",
    "application/xhtml",
    "application/xml",
    "image/svg",
    "message/",
    "application/javascript",
    "text/javascript",
    "application/x-ms",
    "application/x-sh",
    "application/java-archive",
    "application/hta",
    "application/vnd.microsoft.portable-executable",
)
_EXTENSION_OF: Final = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
    "text/html": ".html",
    "text/csv": ".csv",
    "text/calendar": ".ics",
    "message/rfc822": ".eml",
    "application/zip": ".zip",
}


def clean_filename(name: str, content_type: str = "") -> str:
    """A label for an attachment: no folders, devices, control, direction or zero-width characters; never
    empty.

    The end of a long name is kept, for it tells the type. Without a usable name it is "attachment" with the
    extension of the content type.
    """
    name = _HIDDEN.sub("", _SURROGATES.sub("\ufffd", name[:4_000]))
    name = unicodedata.normalize("NFC", name)
    name = re.split(r"[/\\\u2215\u2044\u29f8\uff0f\uff3c]", name)[-1]
    name = _FORBIDDEN.sub("_", " ".join(name.split())).strip(" .")
    if not name:
        return "attachment" + _EXTENSION_OF.get(content_type, "")
    stem, dot, extension = name.rpartition(".")
    if name.partition(".")[0].strip().lower() in _DEVICES:
        name = "_" + name
    if len(name) > MAX_FILENAME_CHARS:
        tail = dot + extension if dot and stem and len(extension) <= 20 else ""
        name = name[: MAX_FILENAME_CHARS - len(tail) - 1].rstrip(" .") + "…" + tail
    return name


def is_active(filename: str, content_type: str) -> bool:
    """Whether a file could run or load something when opened, so that it must never open in place."""
    extension = filename.rpartition(".")[2].strip().lower() if "." in filename else ""
    return extension in _ACTIVE_EXTENSIONS or content_type.lower().startswith(_ACTIVE_TYPES)
