"""Making a mail's fixed sizes fit: pictures and tables that are wider than the room become narrower."""

from collections.abc import Iterator
from typing import Final

from PySide6.QtGui import (
    QImage,
    QTextBlock,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFragment,
    QTextFrame,
    QTextImageFormat,
    QTextLength,
    QTextTable,
)

from inbox_desktop.ui.thread.document import SafeDocument

_TALLEST: Final = 900
_WANTED: Final = int(QTextFormat.Property.UserProperty.value) + 1


def fit_images(document: SafeDocument, width: int, ratio: float) -> None:
    """Give every picture its own size, at most `width` pixels wide, its sides in proportion.

    `ratio` is that of the screen's pixels.
    """
    for fragment, picture in list(_pictures(document)):
        natural = document.original(picture.name())
        if natural is None:
            continue
        wanted_width, wanted_height = _wanted_size(picture, natural)
        room = _room(document, fragment.position(), width)
        scale = min(1.0, room / wanted_width, _TALLEST / wanted_height)
        size = (round(wanted_width * scale), round(wanted_height * scale))
        if (picture.width(), picture.height()) == size:
            continue
        picture.setWidth(size[0])
        picture.setHeight(size[1])
        document.show_scaled(picture.name(), *size, ratio)
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


def most_columns(document: QTextDocument) -> int:
    """How many columns the widest table has, 0 without tables."""
    return max((table.columns() for table in tables(document)), default=0)


def fit_tables(document: QTextDocument, width: int) -> None:
    """Let columns with fixed widths that do not fit keep their shares of the room instead."""
    percent = QTextLength.Type.PercentageLength
    for table in tables(document):
        shape = table.format()
        fixed = QTextLength.Type.FixedLength
        columns = shape.columnWidthConstraints()
        wide = shape.width().type() == fixed and shape.width().rawValue() > width
        needed = sum(column.rawValue() for column in columns if column.type() == fixed)
        if not wide and needed <= width:
            continue
        if wide:
            shape.setWidth(QTextLength(percent, 100))
        if any(column.type() == fixed for column in columns):
            shape.setColumnWidthConstraints([QTextLength(percent, 100 * share) for share in _shares(table)])
        table.setFormat(shape)


def _shares(table: QTextTable) -> list[float]:
    """Which part of the table's width each column has, as far as the mail says so; they add up to 1."""
    count = table.columns()
    columns = table.format().columnWidthConstraints()
    if len(columns) != count:
        return [1 / count] * count
    fixed, percent = QTextLength.Type.FixedLength, QTextLength.Type.PercentageLength
    known = [column.rawValue() for column in columns if column.type() in {fixed, percent}]
    typical = sum(known) / len(known) if known else 1.0
    sizes = [max(1.0, c.rawValue()) if c.type() in {fixed, percent} else typical for c in columns]
    return [size / sum(sizes) for size in sizes]


def _room(document: QTextDocument, position: int, width: float) -> float:
    """The width that there is at a position: that of its column, when it stands in a table."""
    cursor = QTextCursor(document)
    cursor.setPosition(position)
    frame: QTextFrame | None = cursor.currentFrame()
    while frame is not None:
        if isinstance(frame, QTextTable):
            cell, shape = frame.cellAt(position), frame.format()
            if cell.isValid():
                width *= sum(_shares(frame)[cell.column() : cell.column() + cell.columnSpan()])
            width -= 2 * (shape.cellPadding() + shape.cellSpacing())
        frame = frame.parentFrame()
    return max(16.0, width)


def trim(document: QTextDocument, line_height: int) -> None:
    """Take away empty lines and margins at both ends; let every line wrap and have at least a height."""
    cursor = QTextCursor(document)
    cursor.beginEditBlock()
    cursor.select(QTextCursor.SelectionType.Document)
    lines = QTextBlockFormat()
    lines.setLineHeight(line_height, QTextBlockFormat.LineHeightTypes.MinimumHeight.value)
    lines.setNonBreakableLines(False)  # of <pre> and nowrap: what does not fit would be cut off
    cursor.mergeBlockFormat(lines)
    _delete_while_empty(document, cursor, at_end=True)
    _delete_while_empty(document, cursor, at_end=False)
    for block, edge in ((document.firstBlock(), "top"), (document.lastBlock(), "bottom")):
        shape = block.blockFormat()
        if edge == "top":
            shape.setTopMargin(0)
        else:
            shape.setBottomMargin(0)
        cursor.setPosition(block.position())
        cursor.setBlockFormat(shape)
    cursor.endEditBlock()


def _delete_while_empty(document: QTextDocument, cursor: QTextCursor, *, at_end: bool) -> None:
    """Delete empty blocks from one end. Qt keeps one on each side of a table, whatever is asked of it."""
    while (count := document.blockCount()) > 1:
        block = document.lastBlock() if at_end else document.firstBlock()
        if not _is_loose_and_empty(block):
            return
        cursor.setPosition(block.position())
        if at_end:
            cursor.deletePreviousChar()
        else:
            cursor.deleteChar()
        if document.blockCount() == count:
            return


def _is_loose_and_empty(block: QTextBlock) -> bool:
    """Whether a block outside of tables and lists holds nothing but white space."""
    cursor = QTextCursor(block)
    return (
        cursor.currentTable() is None and block.textList() is None and not block.text().strip(" \u00a0\u2028")
    )
