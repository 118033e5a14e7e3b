"""The focus ring: 2 px of accent with a gap of 2 px around whatever the keyboard has gone to."""

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QApplication,
    QLabel,
    QMenu,
    QMenuBar,
    QWidget,
)

from inbox_desktop.ui.kit.tokens import FOCUS_GAP, FOCUS_WIDTH, RADIUS

_REACH = FOCUS_GAP + FOCUS_WIDTH
# These show their focus themselves: lists by their current row, editors by the caret, menus by the selection.
_BY_THEMSELVES = (QAbstractScrollArea, QMenu, QMenuBar, QLabel)
_FOLLOW = {
    QEvent.Type.Move,
    QEvent.Type.Resize,
    QEvent.Type.Show,
    QEvent.Type.Hide,
    QEvent.Type.ParentChange,
    QEvent.Type.EnabledChange,
}


class _Ring(QWidget):
    """The ring's pixels, above everything in one window and deaf to the mouse."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        # By the palette and not by the theme: the theme makes this ring.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Accent), FOCUS_WIDTH))
        half = FOCUS_WIDTH / 2
        rect = QRectF(self.rect()).adjusted(half, half, -half, -half)
        painter.drawRoundedRect(rect, RADIUS + FOCUS_GAP, RADIUS + FOCUS_GAP)
        painter.end()


class FocusRing(QObject):
    """Keeps one ring around the widget that has the keyboard's focus. `Theme.install` makes it.

    A widget with the property `kitRing` set to "parent" gets the ring around its parent (a frame that
    holds a bare line edit), with "none" it gets none.
    """

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._target: QWidget | None = None
        self._ring: _Ring | None = None
        self._watched: list[QWidget] = []
        app.focusChanged.connect(self._focus_changed)

    @property
    def target(self) -> QWidget | None:
        """The widget that wears the ring."""
        return self._target

    def _focus_changed(self, _old: QWidget | None, now: QWidget | None) -> None:
        self._drop()
        if now is None or not self._wants_ring(now):
            return
        parent = now.parentWidget()
        self._target = parent if now.property("kitRing") == "parent" and parent is not None else now
        self._ring = _Ring(self._target.window())
        self._ring.destroyed.connect(self._forget)
        widget: QWidget | None = self._target
        while widget is not None and not widget.isWindow():
            widget.installEventFilter(self)
            self._watched.append(widget)
            widget = widget.parentWidget()
        self._place()

    def _wants_ring(self, widget: QWidget) -> bool:
        if widget.property("kitRing") == "none" or widget.isWindow() or isinstance(widget, _BY_THEMSELVES):
            return False
        # Qt sets the attribute when Tab or a shortcut moved the focus; a click moves it with a button held.
        by_keyboard = widget.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
        return by_keyboard and QApplication.mouseButtons() == Qt.MouseButton.NoButton

    def _forget(self) -> None:
        self._ring = None
        self._target = None
        self._watched.clear()

    def _drop(self) -> None:
        ring, watched = self._ring, self._watched
        self._ring, self._target, self._watched = None, None, []
        for widget in watched:
            widget.removeEventFilter(self)
        if ring is not None:
            ring.destroyed.disconnect(self._forget)
            ring.hide()
            ring.deleteLater()

    def _place(self) -> None:
        if self._ring is None or self._target is None:
            return
        seen = self._seen_part(self._target)
        self._ring.setVisible(self._target.isVisible() and not seen.isEmpty())
        self._ring.setGeometry(seen.adjusted(-_REACH, -_REACH, _REACH, _REACH))
        self._ring.raise_()

    @staticmethod
    def _seen_part(target: QWidget) -> QRect:
        """The target in its window's coordinates, cut by the scroll areas that it lies in."""
        window = target.window()
        rect = QRect(target.mapTo(window, target.rect().topLeft()), target.size())
        widget = target.parentWidget()
        while widget is not None and not widget.isWindow():
            area = widget.parentWidget()
            if isinstance(area, QAbstractScrollArea) and area.viewport() is widget:
                rect &= QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())
            widget = area
        return rect

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _FOLLOW:
            self._place()
        return False
