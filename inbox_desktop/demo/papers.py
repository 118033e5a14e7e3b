"""The files that hang on the demo's mails: pictures, one-page PDF documents and a table."""

import mimetypes
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

TEXTS = Path(__file__).resolve().parent.parent / "resources" / "demo"


@dataclass(frozen=True, slots=True)
class Paper:
    """A file as it is attached."""

    filename: str
    content_type: str
    content: bytes


@cache
def paper(filename: str) -> Paper:
    """The file of this name.

    Raises:
        KeyError, OSError: there is none.
    """
    content_type = mimetypes.types_map[Path(filename).suffix]
    if filename.endswith(".pdf"):
        document = _documents()[filename]
        return Paper(filename, content_type, one_page_pdf(document["title"], document["lines"]))
    folder = TEXTS / "pictures" if filename.endswith(".png") else TEXTS
    return Paper(filename, content_type, (folder / filename).read_bytes())


@cache
def _documents() -> dict[str, Any]:
    return tomllib.loads((TEXTS / "papers.toml").read_text(encoding="utf-8"))


def one_page_pdf(title: str, lines: list[str]) -> bytes:
    """A PDF of one A5 page (ISO 32000-1): a title and lines in Latin letters, nothing more."""
    rows = [f"BT /F1 18 Tf 48 520 Td ({_escaped(title)}) Tj ET"]
    rows += [
        f"BT /F2 10 Tf 48 {480 - 18 * place} Td ({_escaped(line)}) Tj ET" for place, line in enumerate(lines)
    ]
    stream = "\n".join(rows).encode("cp1252")
    fonts = "<< /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>"
    fonts += " /F2 << /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >> >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 595] /Contents 4 0 R /Resources << /Font "
        + fonts.encode()
        + b" >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    pdf = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(pdf))
        pdf += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(pdf)
    pdf += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    pdf += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    pdf += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(pdf)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
