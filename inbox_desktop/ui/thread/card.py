"""One message as a card: avatar, head, bubble with text, strips and attachments."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtCore import QLocale, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QImage, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget

from inbox_desktop.models.clock import now
from inbox_desktop.models.kinds import DeliveryState, Direction, MessageKind
from inbox_desktop.models.queries.rows import DeliveryRow, MessageRow
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.kit import Button, Tone, full_time, paint_avatar, plain_tool_tip, theme
from inbox_desktop.ui.kit.painting import KitWidget, draw_line_of_text, rounded
from inbox_desktop.ui.kit.tokens import DARK, LIGHT, RADIUS_CARD
from inbox_desktop.ui.thread.attachments import Attachments, FileChip
from inbox_desktop.ui.thread.body import Body
from inbox_desktop.ui.thread.card_head import HEAD_HEIGHT, copies_line, head_parts, paint_head
from inbox_desktop.ui.thread.content import Content, content_of
from inbox_desktop.ui.thread.dots import DotsButton
from inbox_desktop.ui.thread.files import FileActions
from inbox_desktop.ui.thread.original import OriginalDialog
from inbox_desktop.ui.thread.pictures import read_own_images, referenced
from inbox_desktop.ui.thread.strip import Strip
from inbox_desktop.ui.thread.strips import QueuedStrip, delivery_strip
from inbox_desktop.ui.thread.words import UNVERIFIED, blocked_words, size_words, spoken

AVATAR: Final = 30
_ASIDE: Final = 40  # avatar and the gap beside it
_OPPOSITE: Final = 44  # what a bubble leaves free at its far side
_WIDEST: Final = 680
_PAD_X: Final = 14
_PAD_Y: Final = 11
_GAP: Final = 8
_COPIES: Final = 16


@dataclass(frozen=True, slots=True)
class CardContext:
    """What all cards of one pane share.

    `offline` tells whether the ticket's channel has no connection; `act` performs what a strip offers
    ("undo", "retry" ...); `load_remote` fetches a mail's remote images, once or always for its sender.
    """

    bridge: Bridge
    files: FileActions
    offline: Callable[[], bool]
    act: Callable[[MessageRow, str], None]
    load_remote: Callable[[MessageRow, bool], None]
    remote: Mapping[str, Mapping[str, QImage]]


class MessageCard(KitWidget):
    """Shows one message. Its owner asks `place(width)` for the height and sets that geometry.

    Texts are shown by `bubble.TextBubble`, which places and paints in its own way.

    Signals:
        size_changed: the card has another height now; place it again.
        unfolded: as `size_changed`, because the person asked for more or less of the text.
    """

    size_changed = Signal()
    unfolded = Signal()
    _chip: type[FileChip] = FileChip

    def __init__(self, message: MessageRow, context: CardContext, parent: QWidget) -> None:
        super().__init__(parent)
        self.message = message
        self._context = context
        self._expanded = False
        self._whole = False
        self._own_images: dict[str, QImage] = {}
        self._bubble = QRect()
        self._placed: tuple[int, int] | None = None
        self._is_current = False
        self._tab_after: QWidget | None = None
        self.joins_above = False
        self.joins_below = False
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._body = Body(self)
        self._body.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)  # the card's stands for both
        self._body.left.connect(self.setFocus)
        self._remote_strip: Strip | None = None
        self._delivery: Strip | None = None
        self._warning: Strip | None = None
        self._attachments: Attachments | None = None
        self._more: Button | None = None
        self._dots: DotsButton | None = None
        self._build()

    # Content

    def update_message(self, message: MessageRow) -> None:
        """Show what has changed of the same message; its text is only laid out again if it differs."""
        old, self.message = self.message, message
        if (old.text, old.html, old.visible_html, old.attachments, old.blocked) == (
            message.text,
            message.html,
            message.visible_html,
            message.attachments,
            message.blocked,
        ):
            self._set_delivery()
            self._describe()
            self._changed()
        else:
            for widget in (self._attachments, self._remote_strip, self._warning):
                if widget is not None:
                    widget.deleteLater()
            self._build()

    def set_joined(self, *, above: bool, below: bool) -> None:
        """Say whether this is one of a run of texts, with others of it right above and below."""
        if (above, below) != (self.joins_above, self.joins_below):
            self.joins_above, self.joins_below = above, below
            self._changed()

    def show_remote(self) -> None:
        """Show the remote images that have been loaded for this message."""
        if self._remote_strip is not None:
            self._remote_strip.deleteLater()
            self._remote_strip = None
        self._fill()

    def refresh_delivery(self) -> None:
        """Say again how the delivery stands, after the channel's state changed."""
        if isinstance(self._delivery, QueuedStrip):
            self._delivery.refresh()
            self._changed()

    @property
    def is_outbound(self) -> bool:
        """Whether the card stands at the right."""
        return self.message.direction is Direction.OUTBOUND

    def _build(self) -> None:
        self._set_remote_strip()
        self._set_delivery()
        self._set_attachments()
        message = self.message
        warnings = " ".join(message.warnings[:2])
        if not warnings and not (message.text.strip() or message.html or message.attachments):
            warnings = "This message has no text"
        self._warning = Strip(warnings[:300].capitalize(), Tone.NEUTRAL, self) if warnings else None
        self._describe()
        self._fill()
        self._load_own_images()

    def _content(self) -> Content:
        return content_of(self.message, expanded=self._expanded, whole=self._whole)

    def _fill(self) -> None:
        content = self._content()
        if content.html is not None:
            images = {**self._own_images, **self._context.remote.get(self.message.id, {})}
            self._body.show_html(content.html, images)
        else:
            self._body.show_plain(content.text, mentions=self.message.kind is MessageKind.NOTE)
        self._body.setVisible(bool(content.text or content.html))
        if content.has_quotes and self._dots is None:
            self._dots = DotsButton(self)
            self._dots.toggled.connect(self._toggle_quotes)
        self._offer_whole(content.cut_size)
        self._changed()

    def _offer_whole(self, size: int) -> None:
        """Offer the rest of a message that was cut."""
        if self._more is None and size:
            self._more = Button("", variant="link", parent=self)
            self._more.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            self._more.clicked.connect(self._show_whole)
        if self._more is not None:
            self._more.setText(f"Show the whole message ({size_words(size)})")
            self._more.setVisible(size > 0)

    def _set_remote_strip(self) -> None:
        self._remote_strip = None
        words = blocked_words(self.message.blocked)
        if not words or self.message.id in self._context.remote:
            return
        strip = Strip(words, Tone.WARN, self, icon_name="shield")
        if 'data-remote="' in (self.message.html or ""):
            strip.add_link("Load once", lambda: self._load_remote(always=False))
            link = strip.add_link("Always", lambda: self._load_remote(always=True))
            link.setToolTip(plain_tool_tip(f"Always load images from {self.message.author_address}"))
        self._remote_strip = strip

    def _load_remote(self, *, always: bool) -> None:
        if self._remote_strip is not None:
            self._remote_strip.set_text("Loading images…")
            self._remote_strip.setEnabled(False)
        self._context.load_remote(self.message, always)

    def remote_failed(self, words: str) -> None:
        """Say why the remote images did not come, and offer them again."""
        if self._remote_strip is not None:
            self._remote_strip.set_text(words)
            self._remote_strip.setEnabled(True)
            self._changed()

    def _set_delivery(self) -> None:
        if self._delivery is not None:
            self._delivery.deleteLater()
        delivery = self.message.delivery

        def act(what: str) -> None:
            self._context.act(self.message, what)

        if delivery is not None and delivery.state is DeliveryState.QUEUED:
            self._delivery = self._queued_strip(delivery, act)
        else:
            self._delivery = self._delivery_strip(act)

    def _queued_strip(self, delivery: DeliveryRow, act: Callable[[str], None]) -> Strip | None:
        """What there is to say while the message waits."""
        return QueuedStrip(delivery, act, self._context.offline, self)

    def _delivery_strip(self, act: Callable[[str], None]) -> Strip | None:
        """What there is to say about the delivery of a message that does not wait."""
        return delivery_strip(self.message.delivery, act, self)

    def _set_attachments(self) -> None:
        sources = self._content().image_sources
        files = [file for file in self.message.attachments if not referenced(sources, file)]
        self._attachments = None
        if files:
            self._attachments = Attachments(
                files, self._context.bridge, self._context.files, self, make=self._chip
            )
            self._attachments.size_changed.connect(self._changed)

    def _load_own_images(self) -> None:
        sources = [
            s for s in self._content().image_sources if s[:4].lower() == "cid:" or s[:5].lower() == "data:"
        ]
        if sources:
            self._context.bridge.in_background(
                partial(read_own_images, sources, self.message.attachments), self._own_images_arrived
            )

    def _own_images_arrived(self, images: dict[str, QImage]) -> None:
        if images:
            self._own_images = images
            self._fill()

    def _toggle_quotes(self, shown: bool) -> None:
        self._expanded = shown
        self._fill()
        self._load_own_images()
        self.unfolded.emit()

    def _show_whole(self) -> None:
        self._whole = True
        self._fill()
        self.unfolded.emit()

    def _describe(self) -> None:
        when = full_time(self.message.sent_at, QLocale())
        self.setAccessibleName(spoken(self.message, self._context.bridge.me.id, when))
        tip = [when, copies_line(self.message)]
        if not self.message.author_verified and not self.is_outbound:
            tip.append(UNVERIFIED)
        self.setToolTip(plain_tool_tip(" · ".join(part for part in tip if part)))

    def _changed(self) -> None:
        self._placed = None
        self.size_changed.emit()
        self.update()

    # Keyboard

    def set_current(self, *, current: bool, after: QWidget | None = None) -> None:
        """Make this the message, of all of them, that Tab stops at, together with its buttons.

        In the order of Tab it stands behind `after`.
        """
        self._is_current = current
        self._tab_after = after
        self._set_stops()

    def _set_stops(self) -> None:
        policy = Qt.FocusPolicy.StrongFocus if self._is_current else Qt.FocusPolicy.ClickFocus
        self.setFocusPolicy(policy)
        before: QWidget = self
        if self._is_current and self._tab_after is not None:
            QWidget.setTabOrder(self._tab_after, self)
        for button in self.findChildren(QAbstractButton):
            button.setFocusPolicy(policy)
            if self._is_current:
                QWidget.setTabOrder(before, button)
                before = button

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return goes into the text, where links can be reached and text be selected."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._body.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what may be done with the message."""
        menu = self.menu(event.pos())
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(event.globalPos())

    def menu(self, at: QPoint) -> QMenu:
        """To copy the text, or the link at this point of the card; and to see the source of a mail."""
        menu = self._body.createStandardContextMenu(self._body.mapFrom(self, at))
        if self.message.has_raw:
            menu.addSeparator()
            menu.addAction("Show original…", self.show_original)
        return menu

    def show_original(self) -> None:
        """Show the mail as it came."""
        OriginalDialog(self._context.bridge, self.message, self.window()).open()

    # Geometry

    def place(self, width: int) -> int:
        """Lay the card out for a width in pixels; returns its height."""
        if self._placed is None or self._placed[0] != width:
            self._placed = (width, self._place(width))
        return self._placed[1]

    def restyle(self) -> None:
        """Lay out again with the theme's sizes."""
        self._placed = None

    def _place(self, width: int) -> int:
        px = theme().px
        aside = px(_ASIDE)
        widest = max(px(120), min(width - aside - px(_OPPOSITE), px(_WIDEST)))
        inner = widest - 2 * px(_PAD_X)
        rows, used = self._rows(inner)
        bubble_width = min(widest, max(used, px(40)) + 2 * px(_PAD_X))
        left = width - aside - bubble_width if self.is_outbound else aside
        top = px(HEAD_HEIGHT) + (px(_COPIES) if copies_line(self.message) else 0) + 2
        y = top + px(_PAD_Y)
        for index, (widget, size) in enumerate(rows):
            y += px(_GAP) if index else 0
            wide = bubble_width - 2 * px(_PAD_X) if isinstance(widget, Strip) else size[0]
            widget.setGeometry(left + px(_PAD_X), y, wide, size[1])
            y += size[1]
        self._bubble = QRect(left, top, bubble_width, y + px(_PAD_Y) - top)
        if self._is_current:
            self._set_stops()  # some of them may be new
        return self._bubble.bottom() + 1

    def _rows(self, inner: int) -> tuple[list[tuple[QWidget, tuple[int, int]]], int]:
        """What stands in the bubble from top to bottom with each one's size, and the widest of them."""
        rows: list[tuple[QWidget, tuple[int, int]]] = []
        used = 0
        for widget in (
            self._remote_strip,
            self._warning,
            self._body,
            self._more,
            self._dots,
            self._attachments,
            self._delivery,
        ):
            if widget is None or (widget in {self._body, self._more} and widget.isHidden()):
                continue
            if isinstance(widget, Body | Attachments | Strip):
                size = widget.fit(inner)
            else:
                size = (widget.sizeHint().width(), widget.sizeHint().height())
            if widget.isHidden():
                widget.show()
            used = max(used, size[0])
            rows.append((widget, size))
        return rows, used

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint avatar, head and bubble."""
        painter = QPainter(self)
        px = theme().px
        side = px(AVATAR)
        at = self.width() - side if self.is_outbound else 0
        name = self.message.author_name or self.message.author_address
        paint_avatar(painter, QRectF(at, 2, side, side), name, colour_key=name)
        left, right = px(_ASIDE), self.width() - px(_ASIDE)
        head = QRectF(left, 0, right - left, px(HEAD_HEIGHT) - 2)
        if not self.is_outbound:
            head.setRight(self.width())
        else:
            head.setLeft(0)
        parts = head_parts(self.message, self._context.bridge.me.id, now(), QLocale())
        paint_head(painter, head, parts, to_right=self.is_outbound)
        if copies := copies_line(self.message):
            line = QRectF(head.left(), px(HEAD_HEIGHT) - 2, head.width(), px(_COPIES))
            align = Qt.AlignmentFlag.AlignRight if self.is_outbound else Qt.AlignmentFlag.AlignLeft
            draw_line_of_text(painter, line, copies, theme().font("small"), theme().colour("text_2"), align)
        self._paint_bubble(painter)
        painter.end()

    def _paint_bubble(self, painter: QPainter) -> None:
        fill, line = "inbound", ""
        if self.message.kind is MessageKind.NOTE:
            fill, line = "note", "note_line"
        elif self.is_outbound:
            fill = "outbound"
        ground = theme().colour(fill)
        border = theme().colour(line) if line else None
        if self._body.on_paper:
            ground, border = QColor(LIGHT.surface), QColor((DARK if theme().tokens.dark else LIGHT).line)
        rounded(painter, QRectF(self._bubble), RADIUS_CARD, ground, border)
