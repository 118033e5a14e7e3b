"""Which files may do something when they are opened, and so never open in place."""

from pathlib import PurePosixPath

_ACTIVE_ENDINGS = frozenset(
    """
    .html .htm .xhtml .shtml .mht .mhtml .svg .svgz .xml .xsl .eml .msg .lnk .url .webloc .desktop
    .js .mjs .jse .vbs .vbe .vb .wsf .wsh .hta .exe .com .scr .pif .cpl .msi .msp .mst .bat .cmd
    .ps1 .psm1 .psd1 .sh .bash .zsh .command .tool .app .dmg .pkg .jar .jnlp .class .apk .deb .rpm
    .iso .img .vhd .vhdx .reg .inf .scf .chm .hlp .dll .sys .docm .dotm .xlsm .xltm .xlam .pptm
    .potm .ppam .sldm .xll .iqy .slk .py .pyw .pyz .pl .rb .php .ics .vcf .library-ms .search-ms
    .settingcontent-ms .application .appref-ms .gadget .one .wasm .swf
    """.split()
)
_ACTIVE_TYPES = (
    "text/html",
    "application/xhtml",
    "image/svg",
    "message/",
    "application/javascript",
    "text/javascript",
)


def is_active(filename: str, content_type: str) -> bool:
    """Whether a file with this label or type may run or load something."""
    ending = PurePosixPath(filename.strip().rstrip(". ").lower()).suffix
    return ending in _ACTIVE_ENDINGS or content_type.lower().startswith(_ACTIVE_TYPES)
