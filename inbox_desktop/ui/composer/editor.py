"""The editor of replies and notes: bold, italic, links, lists; whatever is pasted becomes that too."""

import re
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QKeyEvent,
    QKeySequence,
    QPalette,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextList,
    QTextListFormat,
)
from PySide6.QtWidgets import QApplication, QFrame, QSizePolicy, QTextEdit, QWidget

from inbox_desktop.ui.composer import html as clean
from inbox_desktop.ui.kit import theme
from inbox_desktop.ui.kit.labels import LINE_HEIGHT
from inbox_desktop.ui.thread.document import SafeDocument
from inbox_desktop.ui.thread.links import safe_url

_LEAST_LINES: Final = 3
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_LONGEST_PASTE: Final = 400_000


class Editor(QTextEdit):
    """A rich text editor that holds nothing but what `html.to_html` can write. It grows with its text.

    Signals:
        edited: the person changed the text (not sent by `load`).
        height_wanted(int): the text needs this height now, in pixels.
        files_given(list[Path]): files were pasted or dropped.
        image_given(QImage): a picture without a file was pasted or dropped.
        link_wanted: Ctrl+K; somebody asks for the address and calls `set_link`.
    """

    edited = Signal()
    height_wanted = Signal(int)
    files_given = Signal(list)
    image_given = Signal(QImage)
    link_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loading = False
        self._typed_ahead = ""
        self._is_text_only = False
        self._most_lines = 14
        document = SafeDocument(self)
        document.setUndoRedoEnabled(True)
        document.setDocumentMargin(0)
        document.setIndentWidth(20)
        clean.keep_spaces(document)
        self.setDocument(document)
        self.setProperty("bare", True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setTabChangesFocus(True)
        self.setAcceptRichText(True)
        self.textChanged.connect(self._on_changed)
        document.documentLayout().documentSizeChanged.connect(self._resize)
        theme().changed.connect(self._restyle)
        self._restyle()

    # Content

    def load(self, html: str, text: str = "") -> None:
        """Show a draft: its HTML, or its plain text when it has none. Sends no `edited`."""
        self._loading = True
        if html and not self._is_text_only:
            self.document().setHtml(html)
            self._tidy()
        else:
            self.setPlainText(clean.clean_text(text))
        self._set_line_height()
        self.document().clearUndoRedoStacks()
        self.document().setModified(False)
        self.moveCursor(QTextCursor.MoveOperation.End)
        self._loading = False
        self._resize()

    def text(self) -> str:
        """The content as plain text."""
        return clean.to_text(self.document())

    def html(self) -> str:
        """The content as small HTML; empty when there is none."""
        return clean.to_html(self.document()) if self.text().strip() else ""

    @property
    def is_plain(self) -> bool:
        """Whether there is no formatting at all."""
        return clean.is_plain(self.document())

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing but white space."""
        return not self.toPlainText().strip()

    def hold(self, *, held: bool) -> None:
        """Take no change for a moment (a draft is read or sent); what is typed meanwhile comes after."""
        if held == self.isReadOnly():
            return
        self.setReadOnly(held)
        typed, self._typed_ahead = self._typed_ahead, ""
        if typed:
            self.textCursor().insertText(typed)

    def forget_typed_ahead(self) -> None:
        """What was typed meanwhile was meant for something else."""
        self._typed_ahead = ""

    def set_text_only(self, *, text_only: bool) -> None:
        """Whether nothing can be formatted (a text by SMS). What stands there already loses its formats."""
        if text_only == self._is_text_only:
            return
        self._is_text_only = text_only
        self.setAcceptRichText(not text_only)
        if text_only and not self.is_plain:
            self.load("", self.text())

    def replace_text(self, text: str) -> None:
        """Put another text in place of all that stands here, in a way that Ctrl+Z takes back."""
        cursor = self.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(clean.clean_text(text), self._plain_format())

    # Formatting

    def toggle_bold(self) -> None:
        """Make the selection, or what is typed next, bold or not."""
        shape = QTextCharFormat()
        bold = self.fontWeight() >= QFont.Weight.DemiBold
        shape.setFontWeight(QFont.Weight.Normal if bold else QFont.Weight.Bold)
        self.mergeCurrentCharFormat(shape)

    def toggle_italic(self) -> None:
        """Make the selection, or what is typed next, italic or not."""
        shape = QTextCharFormat()
        shape.setFontItalic(not self.fontItalic())
        self.mergeCurrentCharFormat(shape)

    def toggle_list(self, *, ordered: bool) -> None:
        """Make the selected paragraphs a list, or paragraphs again."""
        cursor = self.textCursor()
        style = QTextListFormat.Style.ListDecimal if ordered else QTextListFormat.Style.ListDisc
        current = _list_of(cursor)
        cursor.beginEditBlock()
        if current is not None and current.format().style() == style:
            self._leave_list(cursor)
        else:
            shape = QTextListFormat()
            shape.setStyle(style)
            cursor.createList(shape)
        cursor.endEditBlock()

    def _leave_list(self, cursor: QTextCursor) -> None:
        """Make every selected paragraph an ordinary one."""
        block = self.document().findBlock(cursor.selectionStart())
        last = self.document().findBlock(cursor.selectionEnd())
        while block.isValid():
            found = block.textList()
            if found is not None:
                found.remove(block)
                plain = QTextBlockFormat()
                plain.setIndent(0)
                QTextCursor(block).mergeBlockFormat(plain)
            if block == last:
                break
            block = block.next()

    def link_at_cursor(self) -> tuple[str, str]:
        """The words that a link would cover, and the address that they lead to now."""
        cursor = self._link_cursor()
        return cursor.selectedText(), clean.link_address(cursor.charFormat())

    def set_link(self, words: str, address: str) -> bool:
        """Let the selection, or `words`, lead to `address`; an empty one takes the link away.

        Returns False when the address may not be linked to.
        """
        cursor = self._link_cursor()
        shape = self._plain_format()
        if not address.strip():
            words = cursor.selectedText()
        else:
            has_scheme = _SCHEME.match(address.strip()) is not None
            url = safe_url(address.strip() if has_scheme else f"https://{address.strip()}")
            if url is None:
                return False
            shape.setAnchor(True)
            shape.setAnchorHref(url.toString())
            shape.setForeground(theme().colour("accent_text"))
            shape.setFontUnderline(True)
        cursor.insertText(words.strip() or address.strip(), shape)
        self.setTextCursor(cursor)
        self.setCurrentCharFormat(self._plain_format())
        return True

    def _link_cursor(self) -> QTextCursor:
        """The selection; without one, the whole link that the cursor is in."""
        cursor = self.textCursor()
        if cursor.hasSelection() or not cursor.charFormat().isAnchor():
            return cursor
        address, block = cursor.charFormat().anchorHref(), cursor.block()
        fragments = block.begin()
        while not fragments.atEnd():
            piece = fragments.fragment()
            if (
                piece.contains(max(block.position(), cursor.position() - 1))
                and piece.charFormat().anchorHref() == address
            ):
                cursor.setPosition(piece.position())
                cursor.setPosition(piece.position() + piece.length(), QTextCursor.MoveMode.KeepAnchor)
                break
            fragments += 1
        return cursor

    # Pasting

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Text, files and pictures."""
        return source.hasText() or source.hasHtml() or source.hasUrls() or source.hasImage()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Take text in as clean text, and hand files and pictures over as attachments."""
        files = [Path(url.toLocalFile()) for url in source.urls() if url.isLocalFile()]
        if files:
            self.files_given.emit(files)
        elif source.hasImage() and not source.hasText():
            picture = source.imageData()
            if isinstance(picture, QImage) and not picture.isNull():
                self.image_given.emit(picture)
        elif source.hasHtml() and len(source.html()) <= _LONGEST_PASTE:
            self._insert_html(source.html())
        else:
            self._insert_plain(source.text())

    def paste_plain(self) -> None:
        """Paste the clipboard's text without any formatting."""
        data = QApplication.clipboard().mimeData()
        if data.hasText():
            self._insert_plain(data.text())

    def _insert_plain(self, text: str) -> None:
        self.textCursor().insertText(clean.clean_text(text[:_LONGEST_PASTE]), self._plain_format())
        self.ensureCursorVisible()

    def _insert_html(self, html: str) -> None:
        foreign = SafeDocument()
        foreign.setHtml(html)
        if self._is_text_only or clean.is_plain(foreign):
            self._insert_plain(clean.to_text(foreign))
            return
        small = clean.to_html(foreign)
        one = small.startswith("<div>") and small.count("<div>") == 1 and small.endswith("</div>")
        self.textCursor().insertHtml(small[5:-6] if one else small)
        self._tidy()
        self.setCurrentCharFormat(self._plain_format())
        self.ensureCursorVisible()

    # Keys

    def event(self, event: QEvent) -> bool:
        """Leave Ctrl+Z to the window where there is no typing to take back: it undoes sending.

        Letters are text even while nothing may change, and never a shortcut that closes the ticket.
        """
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            if event.matches(QKeySequence.StandardKey.Undo) and not self.document().isUndoAvailable():
                event.ignore()
                return False
            if self.isReadOnly() and _typed(event):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Formatting, plain paste, and leaving a list by Return on an empty item."""
        if self.isReadOnly() and _typed(event):
            self._typed_ahead += _typed(event)
            return
        control = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        command = Qt.KeyboardModifier.ControlModifier
        shift = Qt.KeyboardModifier.ShiftModifier
        keys = {
            (Qt.Key.Key_B.value, command): self.toggle_bold,
            (Qt.Key.Key_I.value, command): self.toggle_italic,
            (Qt.Key.Key_K.value, command): self.link_wanted.emit,
            (Qt.Key.Key_V.value, command | shift): self.paste_plain,
        }
        if self._is_text_only:
            keys = {key: act for key, act in keys.items() if act == self.paste_plain}
        if (action := keys.get((event.key(), control))) is not None:
            action()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and control & command:
            event.ignore()  # sending is the composer's
        elif self._ends_list(event):
            self._leave_list(self.textCursor())
        elif event.matches(QKeySequence.StandardKey.Undo) and not self.document().isUndoAvailable():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _ends_list(self, event: QKeyEvent) -> bool:
        cursor = self.textCursor()
        if _list_of(cursor) is None or cursor.hasSelection():
            return False
        if event.key() == Qt.Key.Key_Backspace:
            return cursor.atBlockStart()
        return event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not cursor.block().text().strip()

    # Looks

    def set_most_lines(self, lines: int) -> None:
        """How many lines the editor may grow to before it scrolls."""
        self._most_lines = max(_LEAST_LINES, lines)
        self._resize()

    def _plain_format(self) -> QTextCharFormat:
        shape = QTextCharFormat()
        shape.setFont(theme().font())
        shape.setForeground(theme().colour("text_1"))
        return shape

    def _tidy(self) -> None:
        """Give text from HTML this editor's font and colours, and links that of links."""
        block = self.document().begin()
        pieces: list[tuple[int, int, QTextCharFormat]] = []
        while block.isValid():
            fragments = block.begin()
            while not fragments.atEnd():
                piece = fragments.fragment()
                pieces.append((piece.position(), piece.length(), self._own_format(piece.charFormat())))
                fragments += 1
            block = block.next()
        cursor = QTextCursor(self.document())
        cursor.joinPreviousEditBlock()
        for start, length, shape in pieces:
            cursor.setPosition(start)
            cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
            cursor.setCharFormat(shape)
        cursor.endEditBlock()
        self._set_line_height()

    def _own_format(self, foreign: QTextCharFormat) -> QTextCharFormat:
        shape = self._plain_format()
        if foreign.fontWeight() >= QFont.Weight.DemiBold:
            shape.setFontWeight(QFont.Weight.Bold)
        shape.setFontItalic(foreign.fontItalic())
        if foreign.isAnchor() and (address := clean.link_address(foreign)):
            shape.setAnchor(True)
            shape.setAnchorHref(address)
            shape.setForeground(theme().colour("accent_text"))
            shape.setFontUnderline(True)
        return shape

    def _set_line_height(self) -> None:
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        lines = QTextBlockFormat()
        lines.setLineHeight(theme().px(LINE_HEIGHT), QTextBlockFormat.LineHeightTypes.MinimumHeight.value)
        lines.setTopMargin(0)
        lines.setBottomMargin(0)
        cursor.joinPreviousEditBlock()
        cursor.mergeBlockFormat(lines)
        cursor.endEditBlock()

    def _restyle(self) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.PlaceholderText, QColor(theme().tokens.text_2))
        palette.setColor(QPalette.ColorRole.Link, QColor(theme().tokens.accent_text))
        self.setPalette(palette)
        self.document().setDefaultFont(theme().font())
        self._loading = True
        self._tidy()
        self._loading = False
        self._resize()

    def _on_changed(self) -> None:
        if not self._loading:
            self.edited.emit()

    def wanted_height(self) -> int:
        """The height of the text, between the least and the most lines, in pixels."""
        line = theme().px(LINE_HEIGHT)
        return max(
            _LEAST_LINES * line, min(round(self.document().size().height()) + 2, self._most_lines * line)
        )

    def _resize(self, *_size: object) -> None:
        height = self.wanted_height()
        if height != self.height():
            self.setFixedHeight(height)
            self.height_wanted.emit(height)

    def sizeHint(self) -> QSize:
        """As high as the text."""
        return QSize(theme().px(300), self.wanted_height())

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Never load anything: the document answers for itself."""
        return self.document().loadResource(kind, name)


def _list_of(cursor: QTextCursor) -> QTextList | None:
    """The list that the cursor is in; the stubs forget that there may be none."""
    return cursor.currentList()


def _typed(event: QKeyEvent) -> str:
    """What the key would write; empty for commands."""
    commands = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.MetaModifier
    text = event.text().replace("\r", "\n")
    return text if not event.modifiers() & commands and (text.isprintable() or text == "\n") else ""
