"""The text of one message: plain or sanitised HTML, selectable, as high as its content.

It never scrolls, but sideways where a table has more columns than there is room for.
"""

import re
from collections.abc import Mapping
from math import ceil
from typing import Final

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QKeyEvent,
    QPalette,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser, QTextEdit, QWidget

from inbox_desktop.models.rules.links import find_links
from inbox_desktop.ui.kit import Tokens, plain_tool_tip, theme
from inbox_desktop.ui.kit.labels import LINE_HEIGHT
from inbox_desktop.ui.kit.tokens import LIGHT
from inbox_desktop.ui.thread.colours import without_plain_colours
from inbox_desktop.ui.thread.document import SafeDocument, name_images
from inbox_desktop.ui.thread.fitting import fit_images, fit_tables, has_tables, most_columns, trim
from inbox_desktop.ui.thread.links import open_link, shown_address

_MENTION: Final = re.compile(r"(?<![\w@])(@\w[\w.\-]{0,40}\w)")
_COLUMN: Final = 72
"""How wide a column of a table that scrolls is, about, in pixels at 100 %."""
_MOVING: Final = frozenset(
    {Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Up, Qt.Key.Key_Down}
)


class Body(QTextBrowser):
    """Shows one message's text. Its owner asks `fit(width)` for the size and sets that geometry.

    Signals:
        left: Escape was pressed; the keyboard goes back to the message.
    """

    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._mentions = False
        self._html: str | None = None
        self._images: Mapping[str, QImage] = {}
        self._own_colours = False
        self._fitted: tuple[int, int, int] | None = None
        self._document = SafeDocument(self)
        self._document.setDocumentMargin(0)
        self._document.setIndentWidth(22)
        self.setDocument(self._document)
        self.setOpenLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("bare", True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setLineWrapMode(QTextEdit.LineWrapMode.FixedPixelWidth)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
            | Qt.TextInteractionFlag.LinksAccessibleByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.viewport().setAutoFillBackground(False)
        self.anchorClicked.connect(self._open)
        self.highlighted.connect(self._point_at)
        theme().changed.connect(self._render)

    @property
    def on_paper(self) -> bool:
        """Whether the mail has colours of its own and is shown dark on white, in either appearance."""
        return self._own_colours

    def show_plain(self, text: str, *, mentions: bool = False) -> None:
        """Show plain text; nothing in it is taken for markup. With `mentions`, "@Julia" stands out."""
        self._text, self._html, self._own_colours = text, None, False
        self._mentions = mentions
        self._render()

    def show_html(self, html: str, images: Mapping[str, QImage]) -> None:
        """Show sanitised HTML. `images` holds what may be seen, by source (cid:, data:, https:)."""
        self._html, self._own_colours = without_plain_colours(html)
        self._images = images
        self._render()

    def fit(self, width: int) -> tuple[int, int]:
        """Lay the text out in at most `width` pixels; returns the width that it uses and its height."""
        if self._fitted is None or self._fitted[0] != width:
            # Each change would be laid out at once; this way all of them are laid out together, once.
            self._document.setLayoutEnabled(False)
            fit_images(self._document, width, self.devicePixelRatioF())
            fit_tables(self._document, width)
            # By the wrap width: QTextEdit sets the document's own text width back to what it thinks right.
            self.setLineWrapColumnOrWidth(width)
            self._document.setLayoutEnabled(True)
            used = width if has_tables(self._document) else min(width, ceil(self._document.idealWidth()))
            if used < width:
                self.setLineWrapColumnOrWidth(used)
            self._fitted = (width, used, self._let_scroll(width) + ceil(self._document.size().height()))
        return self._fitted[1:]

    def _let_scroll(self, width: int) -> int:
        """Let a table that cannot be as narrow as the room scroll sideways; returns the bar's height."""
        is_wide = self._document.size().width() > width + 1
        policy = Qt.ScrollBarPolicy
        self.setHorizontalScrollBarPolicy(policy.ScrollBarAlwaysOn if is_wide else policy.ScrollBarAlwaysOff)
        if not is_wide:
            return 0
        wanted = theme().px(_COLUMN) * most_columns(self._document)
        self.setLineWrapColumnOrWidth(max(wanted, ceil(self._document.size().width())))
        return self.horizontalScrollBar().sizeHint().height()

    def _tokens(self) -> Tokens:
        return LIGHT if self._own_colours else theme().tokens

    def _render(self) -> None:
        self._document.setLayoutEnabled(False)  # until `fit` knows the width
        tokens = self._tokens()
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Text, QColor(tokens.text_1))
        palette.setColor(QPalette.ColorRole.Link, QColor(tokens.accent_text))
        self.setPalette(palette)
        self._document.setDefaultFont(theme().font())
        self._document.setDefaultStyleSheet(
            f"a {{ color: {tokens.accent_text}; }}"
            f"blockquote {{ color: {tokens.text_2}; margin: 0 0 0 14px; }}"
        )
        if self._html is None:
            self._fill_plain(tokens)
        else:
            html, names = name_images(self._html, self._images)
            self._document.set_images({name: self._images[source] for name, source in names.items()})
            if self._own_colours:
                # The style sheet's colour wins over the palette; inside the document this one wins over both.
                html = f'<div style="color:{tokens.text_1}">{html}</div>'
            self._document.setHtml(html)
            trim(self._document, theme().px(LINE_HEIGHT))
        self._fitted = None

    def _fill_plain(self, tokens: Tokens) -> None:
        self._document.clear()
        cursor = QTextCursor(self._document)
        cursor.beginEditBlock()  # one layout for all insertions
        lines = QTextBlockFormat()
        lines.setLineHeight(theme().px(LINE_HEIGHT), QTextBlockFormat.LineHeightTypes.MinimumHeight.value)
        cursor.setBlockFormat(lines)
        plain = QTextCharFormat()
        position = 0
        for link in find_links(self._text):
            self._insert(cursor, self._text[position : link.start], plain, tokens)
            anchor = QTextCharFormat()
            anchor.setAnchor(True)
            anchor.setAnchorHref(link.url)
            anchor.setForeground(QColor(tokens.accent_text))
            anchor.setFontUnderline(True)
            cursor.insertText(self._text[link.start : link.end], anchor)
            position = link.end
        self._insert(cursor, self._text[position:], plain, tokens)
        cursor.endEditBlock()

    def _insert(self, cursor: QTextCursor, text: str, plain: QTextCharFormat, tokens: Tokens) -> None:
        if not self._mentions:
            cursor.insertText(text, plain)
            return
        name = QTextCharFormat()
        name.setFontWeight(QFont.Weight.DemiBold)
        name.setForeground(QColor(tokens.accent_text))
        for index, piece in enumerate(_MENTION.split(text)):
            cursor.insertText(piece, name if index % 2 else plain)

    def _open(self, url: QUrl) -> None:
        open_link(url.toString(QUrl.ComponentFormattingOption.FullyEncoded))

    def _point_at(self, url: QUrl) -> None:
        """Say where the link under the pointer really leads."""
        address = url.toString(QUrl.ComponentFormattingOption.FullyEncoded)
        self.setToolTip(plain_tool_tip(shown_address(address)) if address else "")

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave scrolling to the thread, but sideways where there is more than is seen."""
        if self.horizontalScrollBar().maximum() and abs(event.angleDelta().x()) > abs(event.angleDelta().y()):
            super().wheelEvent(event)
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep selecting and copying; leave moving to the thread, and Escape to the message."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in _MOVING and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            event.ignore()
        else:
            super().keyPressEvent(event)
