"""The ticket list's delegate: paints a `TicketRow` as the pictures show it."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from PySide6.QtCore import (
    QEvent,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QHelpEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QToolTip

from inbox_desktop.models.queries.rows import TicketRow
from inbox_desktop.ui.kit.avatar import paint_avatar
from inbox_desktop.ui.kit.icons import paint_icon
from inbox_desktop.ui.kit.labels import plain_tool_tip
from inbox_desktop.ui.kit.painting import focus_ring, hairline
from inbox_desktop.ui.kit.pill import PillSpec, paint_pill
from inbox_desktop.ui.kit.row_plan import Density, RowPlan, plan_row, row_height
from inbox_desktop.ui.kit.theme import theme
from inbox_desktop.ui.kit.ticket_text import customer_label
from inbox_desktop.ui.kit.times import full_time

TicketRole: Final = Qt.ItemDataRole.UserRole + 1
"""The role under which a model gives the `TicketRow` of an index; None paints a row that is being loaded."""
StateRole: Final = Qt.ItemDataRole.UserRole + 2
"""The role of one more label (`PillSpec`), such as `NOT_DELIVERED`; None for none."""

_KEPT: Final = 400
_Index = QModelIndex | QPersistentModelIndex


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
        self._now = now
        self._locale = locale or QLocale()
        self._plans: OrderedDict[tuple[object, ...], RowPlan] = OrderedDict()
        self._height = row_height(density)
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

    def _theme_changed(self) -> None:
        self._plans.clear()
        self._height = row_height(self._density)
        self.density_changed.emit()
        self.sizeHintChanged.emit(QModelIndex())

    @property
    def row_height(self) -> int:
        """The height of every row in pixels."""
        return self._height

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(theme().px(240), self._height)

    def _plan(self, row: TicketRow, width: int, state: PillSpec | None) -> RowPlan:
        now = self._now()
        # Within one day of the reader a row looks the same; "Yest." comes with midnight.
        key = (row, width, state, now.astimezone().date())
        plan = self._plans.get(key)
        if plan is None:
            plan = plan_row(row, self._density, width, now, self._locale, state)
            self._plans[key] = plan
            if len(self._plans) > _KEPT:
                self._plans.popitem(last=False)
        else:
            self._plans.move_to_end(key)
        return plan

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        rect = QRectF(option.rect)
        state: QStyle.StateFlag = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        ground = "accent_soft" if selected else "hover" if hovered else "surface"
        painter.save()
        painter.fillRect(rect, theme().colour(ground))
        painter.setClipRect(rect)
        painter.translate(rect.topLeft())
        row = index.data(TicketRole)
        if isinstance(row, TicketRow):
            label = index.data(StateRole)
            plan = self._plan(row, round(rect.width()), label if isinstance(label, PillSpec) else None)
            _paint_plan(painter, row, plan, ground)
        else:
            self._paint_loading(painter, rect)
        hairline(painter, 0, rect.width(), rect.height() - 1, theme().colour("line"))
        keyboard = QStyle.StateFlag.State_HasFocus | QStyle.StateFlag.State_KeyboardFocusChange
        if state & keyboard == keyboard:
            focus_ring(painter, QRectF(2, 2, rect.width() - 4, rect.height() - 5), 6)
        painter.restore()

    def _paint_loading(self, painter: QPainter, rect: QRectF) -> None:
        px, shape = theme().px, theme().colour("neutral_soft")
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shape)
        side = min(px(34), rect.height() - px(12))
        painter.drawEllipse(QRectF(px(26), (rect.height() - side) / 2, side, side))
        for line, share in enumerate((0.4, 0.7)):
            y = rect.height() / 2 - px(14) + line * px(18)
            painter.drawRoundedRect(QRectF(px(70), y, (rect.width() - px(90)) * share, px(9)), px(4), px(4))

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


def _paint_plan(painter: QPainter, row: TicketRow, plan: RowPlan, ground: str) -> None:
    colour = theme().colour
    if plan.dot is not None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("accent"))
        painter.drawEllipse(plan.dot)
    paint_avatar(
        painter,
        plan.avatar,
        customer_label(row),
        colour_key=row.customer_name or row.customer_address,
        channel=row.channel_kind,
        behind=ground,
    )
    if plan.clip is not None:
        paint_icon(painter, plan.clip, "paperclip", "text_2")
    for run in plan.runs:
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
