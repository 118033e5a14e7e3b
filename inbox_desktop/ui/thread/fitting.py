"""Making a mail's fixed sizes fit: pictures and tables that are wider than the room become narrower."""

from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QUrl
from PySide6.QtGui import (
    QImage,
    QTextBlock,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFragment,
    QTextImageFormat,
    QTextLength,
    QTextTable,
)

_TALLEST: Final = 900
_WANTED: Final = int(QTextFormat.Property.UserProperty.value) + 1


def fit_images(document: QTextDocument, width: int) -> None:
    """Give every picture its own size, at most `width` pixels wide, its sides in proportion."""
    for fragment, picture in list(_pictures(document)):
        natural = document.resource(QTextDocument.ResourceType.ImageResource.value, QUrl(picture.name()))
        if not isinstance(natural, QImage) or natural.isNull():
            continue
        wanted_width, wanted_height = _wanted_size(picture, natural)
        scale = min(1.0, width / wanted_width, _TALLEST / wanted_height)
        if (picture.width(), picture.height()) == (wanted_width * scale, wanted_height * scale):
            continue
        picture.setWidth(wanted_width * scale)
        picture.setHeight(wanted_height * scale)
        cursor = QTextCursor(document)
        cursor.setPosition(fragment.position())
        cursor.setPosition(fragment.position() + fragment.length(), QTextCursor.MoveMode.KeepAnchor)
        cursor.setCharFormat(picture)


def _wanted_size(picture: QTextImageFormat, natural: QImage) -> tuple[float, float]:
    """The size that the mail asked for, remembered at the first call, since fitting overwrites it."""
    remembered = picture.property(_WANTED)
    if isinstance(remembered, str):
        before = remembered.split("x")
        return float(before[0]), float(before[1])
    ratio = natural.height() / max(1, natural.width())
    width, height = picture.width(), picture.height()
    if width <= 0 and height <= 0:
        width = natural.width() / max(1.0, natural.devicePixelRatio())
    wanted_width = width if width > 0 else height / max(ratio, 0.01)
    wanted_height = height if width > 0 and height > 0 else wanted_width * ratio
    size = (max(1.0, wanted_width), max(1.0, wanted_height))
    picture.setProperty(_WANTED, f"{size[0]}x{size[1]}")
    return size


def _pictures(document: QTextDocument) -> Iterator[tuple[QTextFragment, QTextImageFormat]]:
    block: QTextBlock = document.begin()
    while block.isValid():
        fragments = block.begin()
        while not fragments.atEnd():
            fragment = fragments.fragment()
            if fragment.charFormat().isImageFormat():
                yield fragment, fragment.charFormat().toImageFormat()
            fragments += 1
        block = block.next()


def tables(document: QTextDocument) -> Iterator[QTextTable]:
    """Every table, from the outside in."""
    frames = list(document.rootFrame().childFrames())
    while frames:
        frame = frames.pop(0)
        if isinstance(frame, QTextTable):
            yield frame
        frames.extend(frame.childFrames())


def has_tables(document: QTextDocument) -> bool:
    """Whether the document has any table."""
    return next(tables(document), None) is not None


def fit_tables(document: QTextDocument, width: int) -> None:
    """Let tables and columns with fixed widths that do not fit share the room instead."""
    for table in tables(document):
        shape = table.format()
        fixed = QTextLength.Type.FixedLength
        columns = shape.columnWidthConstraints()
        wide = shape.width().type() == fixed and shape.width().rawValue() > width
        needed = sum(column.rawValue() for column in columns if column.type() == fixed)
        if not wide and needed <= width:
            continue
        if wide:
            shape.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
        if columns:
            free = QTextLength(QTextLength.Type.VariableLength, 0)
            shape.setColumnWidthConstraints(
                [free if column.type() == fixed else column for column in columns]
            )
        table.setFormat(shape)


def trim(document: QTextDocument, line_height: int) -> None:
    """Take away empty lines and margins at the beginning and end, and give every line at least a height."""
    cursor = QTextCursor(document)
    cursor.beginEditBlock()
    cursor.select(QTextCursor.SelectionType.Document)
    lines = QTextBlockFormat()
    lines.setLineHeight(line_height, QTextBlockFormat.LineHeightTypes.MinimumHeight.value)
    cursor.mergeBlockFormat(lines)
    while document.blockCount() > 1 and _is_loose_and_empty(document.lastBlock()):
        cursor.setPosition(document.lastBlock().position())
        cursor.deletePreviousChar()
    while document.blockCount() > 1 and _is_loose_and_empty(document.firstBlock()):
        cursor.setPosition(0)
        cursor.deleteChar()
    for block, edge in ((document.firstBlock(), "top"), (document.lastBlock(), "bottom")):
        shape = block.blockFormat()
        if edge == "top":
            shape.setTopMargin(0)
        else:
            shape.setBottomMargin(0)
        cursor.setPosition(block.position())
        cursor.setBlockFormat(shape)
    cursor.endEditBlock()


def _is_loose_and_empty(block: QTextBlock) -> bool:
    """Whether a block outside of tables and lists holds nothing but white space."""
    cursor = QTextCursor(block)
    return (
        cursor.currentTable() is None and block.textList() is None and not block.text().strip(" \u00a0\u2028")
    )
