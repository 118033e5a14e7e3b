"""The ticket list's delegate: paints a `TicketRow` as the pictures show it."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import ceil
from typing import Final, TypeVar

from PySide6.QtCore import (
    QEvent,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    QSizeF,
    Qt,
    Signal,
)
from PySide6.QtGui import QHelpEvent, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QToolTip

from inbox_desktop.models.queries.rows import TicketRow
from inbox_desktop.ui.kit.avatar import paint_avatar
from inbox_desktop.ui.kit.icons import paint_icon
from inbox_desktop.ui.kit.labels import plain_tool_tip
from inbox_desktop.ui.kit.painting import focus_ring, hairline, rounded
from inbox_desktop.ui.kit.pill import PillSpec, paint_pill
from inbox_desktop.ui.kit.row_plan import Density, RowPlan, plan_row, row_height
from inbox_desktop.ui.kit.theme import theme
from inbox_desktop.ui.kit.ticket_text import customer_label
from inbox_desktop.ui.kit.times import full_time

TicketRole: Final = Qt.ItemDataRole.UserRole + 1
"""The role under which a model gives the `TicketRow` of an index; None paints a row that is being loaded."""
StateRole: Final = Qt.ItemDataRole.UserRole + 2
"""The role of one more label (`PillSpec`), such as `NOT_DELIVERED`; None for none."""

_PLANS: Final = 400
_PICTURES: Final = 64
_DATE_HOLDS: Final = timedelta(seconds=10)
_ON_PIXEL: Final = 0.01
K = TypeVar("K")
V = TypeVar("V")
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class _Look:
    """Everything that a row's looks depend on, besides density and theme."""

    row: TicketRow
    width: int
    state: PillSpec | None
    today: date


def _keep(kept: OrderedDict[K, V], key: K, value: V, most: int) -> None:
    """Keep a value as the newest one, and forget the oldest above `most`."""
    kept[key] = value
    if len(kept) > most:
        kept.popitem(last=False)


class TicketDelegate(QStyledItemDelegate):
    """Paints tickets in a list view with uniform row heights.

    The model answers `TicketRole`, perhaps `StateRole`, and `Qt.AccessibleTextRole` with
    `ticket_sentence`. `now` gives the present time (aware); `locale` writes times.

    Signals:
        density_changed: rows have another height now; the view lays itself out again.
    """

    density_changed = Signal()

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        density: Density = Density.COMFORTABLE,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        locale: QLocale | None = None,
    ) -> None:
        super().__init__(parent)
        self._density = density
        self._show_assignee = True
        self._words: tuple[str, ...] = ()
        self._now = now
        self._locale = locale or QLocale()
        self._plans: OrderedDict[_Look, RowPlan] = OrderedDict()
        self._pictures: OrderedDict[tuple[_Look, str, float], QPixmap] = OrderedDict()
        self._height = row_height(density)
        self._dated = datetime.min.replace(tzinfo=UTC)
        self._date = date.min
        theme().changed.connect(self._theme_changed)

    @property
    def density(self) -> Density:
        """How tall rows are."""
        return self._density

    def set_density(self, density: Density) -> None:
        """Make rows taller or shorter."""
        if density is not self._density:
            self._density = density
            self._theme_changed()

    def set_show_assignee(self, *, shown: bool) -> None:
        """Show or leave out who has the ticket; in "My inbox" it says the same on every row."""
        if shown != self._show_assignee:
            self._show_assignee = shown
            self._forget()

    def set_words(self, words: Sequence[str]) -> None:
        """Mark these words where they stand; none unless a search found the tickets."""
        if tuple(words) != self._words:
            self._words = tuple(words)
            self._forget()

    def _forget(self) -> None:
        self._plans.clear()
        self._pictures.clear()

    def _theme_changed(self) -> None:
        self._forget()
        self._height = row_height(self._density)
        self.density_changed.emit()
        self.sizeHintChanged.emit(QModelIndex())

    @property
    def row_height(self) -> int:
        """The height of every row in pixels."""
        return self._height

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(theme().px(240), self._height)

    def _plan(self, key: _Look) -> RowPlan:
        plan = self._plans.get(key)
        if plan is None:
            plan = plan_row(
                key.row,
                self._density,
                key.width,
                self._now(),
                self._locale,
                state=key.state,
                show_assignee=self._show_assignee,
                words=self._words,
            )
            _keep(self._plans, key, plan, _PLANS)
        else:
            self._plans.move_to_end(key)
        return plan

    def _look(self, index: _Index, row: TicketRow, width: float) -> _Look:
        state = index.data(StateRole)
        # A row looks the same all day; "Yest." comes with midnight.
        return _Look(row, round(width), state if isinstance(state, PillSpec) else None, self._today())

    def _today(self) -> date:
        moment = self._now()
        if moment - self._dated >= _DATE_HOLDS or moment < self._dated:
            self._dated, self._date = moment, moment.astimezone().date()
        return self._date

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        rect = QRectF(option.rect)
        state: QStyle.StateFlag = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        ground = "accent_soft" if selected else "hover" if hovered else "surface"
        painter.save()
        painter.setClipRect(rect)
        row = index.data(TicketRole)
        if isinstance(row, TicketRow):
            self._paint_row(painter, rect, self._look(index, row, rect.width()), ground)
        else:
            painter.fillRect(rect, theme().colour(ground))
            self._paint_loading(painter, rect)
        keyboard = QStyle.StateFlag.State_HasFocus | QStyle.StateFlag.State_KeyboardFocusChange
        if state & keyboard == keyboard:
            focus_ring(painter, rect.adjusted(2, 2, -2, -3), 6)
        painter.restore()

    def _paint_row(self, painter: QPainter, rect: QRectF, look: _Look, ground: str) -> None:
        """Paint a row by way of a picture that is kept: scrolling repaints most rows as they were."""
        ratio = painter.device().devicePixelRatioF()
        top = rect.top() * ratio
        if abs(top - round(top)) > _ON_PIXEL:
            # Between two device pixels a picture would blur.
            painter.translate(rect.topLeft())
            _paint_plan(painter, look.row, self._plan(look), ground, rect.size())
            painter.translate(-rect.topLeft())
            return
        key = (look, ground, ratio)
        picture = self._pictures.get(key)
        if picture is None:
            picture = self._blank(QSize(ceil(rect.width() * ratio), ceil(rect.height() * ratio)))
            picture.setDevicePixelRatio(ratio)
            inner = QPainter(picture)
            _paint_plan(inner, look.row, self._plan(look), ground, rect.size())
            inner.end()
            self._pictures[key] = picture
        else:
            self._pictures.move_to_end(key)
        painter.drawPixmap(rect.topLeft(), picture)

    def _blank(self, size: QSize) -> QPixmap:
        """A picture to paint on: when enough are kept, the one that was not needed for longest."""
        if len(self._pictures) >= _PICTURES:
            _, oldest = self._pictures.popitem(last=False)
            if oldest.size() == size:
                return oldest
        return QPixmap(size)

    def _paint_loading(self, painter: QPainter, rect: QRectF) -> None:
        px, shape = theme().px, theme().colour("neutral_soft")
        painter.translate(rect.topLeft())
        hairline(painter, 0, rect.width(), rect.height() - 1, theme().colour("line"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shape)
        side = min(px(34), rect.height() - px(12))
        painter.drawEllipse(QRectF(px(26), (rect.height() - side) / 2, side, side))
        for line, share in enumerate((0.4, 0.7)):
            y = rect.height() / 2 - px(14) + line * px(18)
            painter.drawRoundedRect(QRectF(px(70), y, (rect.width() - px(90)) * share, px(9)), px(4), px(4))
        painter.translate(-rect.topLeft())

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: _Index
    ) -> bool:
        row = index.data(TicketRole)
        if event.type() != QEvent.Type.ToolTip or not isinstance(row, TicketRow):
            return super().helpEvent(event, view, option, index)
        lines = [
            customer_label(row),
            row.subject or row.snippet,
            full_time(row.last_message_at, self._locale),
        ]
        QToolTip.showText(event.globalPos(), plain_tool_tip("\n".join(line for line in lines if line)), view)
        return True


def _paint_plan(painter: QPainter, row: TicketRow, plan: RowPlan, ground: str, size: QSizeF) -> None:
    colour = theme().colour
    painter.fillRect(QRectF(QPointF(0, 0), size), colour(ground))
    hairline(painter, 0, size.width(), size.height() - 1, colour("line"))
    if plan.dot is not None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("accent"))
        painter.drawEllipse(plan.dot)
    paint_avatar(
        painter,
        plan.avatar,
        customer_label(row),
        channel=row.channel_kind,
        behind=ground,
    )
    if plan.clip is not None:
        paint_icon(painter, plan.clip, "paperclip", "text_2")
    painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    for run in plan.runs:
        for mark in run.found:
            rounded(painter, mark, theme().px(3), colour("found"))
        painter.setFont(run.font)
        painter.setPen(colour(run.ink))
        painter.drawText(run.rect, _TEXT_FLAGS | int(run.align), run.text)
    for rect, spec in plan.pills:
        paint_pill(painter, rect, spec, fill="surface" if ground == "accent_soft" else "")
    if plan.assignee is not None and row.assignee_name:
        paint_avatar(painter, plan.assignee, row.assignee_name)


_TEXT_FLAGS: Final = (
    int(Qt.AlignmentFlag.AlignVCenter)
    | int(Qt.AlignmentFlag.AlignAbsolute)
    | int(Qt.TextFlag.TextSingleLine)
    | int(Qt.TextFlag.TextDontClip)
)
