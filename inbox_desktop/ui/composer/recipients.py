"""The recipients above the editor: one line in a few words, and To, Cc and Bcc when it is unfolded."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from inbox_desktop.models.queries.rows import Recipients
from inbox_desktop.ui.composer.addresses import parse, some_of
from inbox_desktop.ui.kit import Button, Divider, ElidedLabel, Label, one_line, plain_tool_tip, theme
from inbox_desktop.ui.kit.painting import RIGHT, draw_line_of_text
from inbox_desktop.ui.kit.plain import text_width
from inbox_desktop.ui.kit.tokens import GAP


class SummaryButton(QAbstractButton):
    """The line "to Ana from support@shop.example"; pressing it unfolds the fields."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = ""
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.updateGeometry)

    def set_words(self, words: str, *, is_fixed: bool = False) -> None:
        """Say whom the reply goes to; `is_fixed` says that nobody can change that."""
        self._words = one_line(words)
        self.setEnabled(not is_fixed)
        self.setAccessibleName(f"Recipients: {self._words}{'' if is_fixed else '. Change'}")
        tip = "" if is_fixed else ". Change recipients, add Cc or Bcc"
        self.setToolTip(plain_tool_tip(f"{self._words}{tip}"))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for all words."""
        return QSize(round(text_width(self._words, theme().font()) + 1), theme().px(26))

    def minimumSizeHint(self) -> QSize:
        """Room for a few characters."""
        return QSize(theme().px(40), theme().px(26))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the words at the right; darker under the pointer."""
        painter = QPainter(self)
        token = "text_1" if self.isEnabled() and (self.underMouse() or self.isChecked()) else "text_2"
        draw_line_of_text(
            painter, self.rect().toRectF(), self._words, theme().font(), theme().colour(token), RIGHT
        )
        painter.end()


class RecipientFields(QWidget):
    """To, Cc and Bcc as fields, and "Reply all" when the customer wrote to others, too.

    Signals:
        changed: something was typed.
    """

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._others: tuple[str, ...] = ()
        self._from = ElidedLabel("", ink="text_2", parent=self)
        self._fields = {name: self._field(name) for name in ("To", "Cc", "Bcc")}
        self._all = Button("", variant="link", parent=self)
        self._all.clicked.connect(self._reply_all)
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        grid.addWidget(Label("From", "secondary", "text_2", parent=self), 0, 0)
        grid.addWidget(self._from, 0, 1)
        for row, (name, field) in enumerate(self._fields.items(), start=1):
            label = Label(name, "secondary", "text_2", parent=self)
            label.setBuddy(field)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        everyone = QHBoxLayout()
        everyone.addWidget(self._all)
        everyone.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 2, 14, 4)
        column.setSpacing(4)
        column.addLayout(grid)
        column.addLayout(everyone)
        column.addWidget(Divider(parent=self))

    def _field(self, name: str) -> QLineEdit:
        field = QLineEdit(self)
        field.setProperty("bare", True)
        field.setMinimumHeight(theme().px(24))
        field.setAccessibleName(name)
        field.setPlaceholderText("Addresses, separated by commas" if name == "To" else "")
        field.textEdited.connect(self._typed)
        return field

    def _typed(self) -> None:
        self._show_all_link()
        self.changed.emit()

    def set_offer(self, sender: str, others: tuple[str, ...]) -> None:
        """The address that the reply leaves from, and who may be put in copy at once."""
        self._from.set_text(sender)
        self._others = others
        self._show_all_link()

    def _show_all_link(self) -> None:
        present = {address.casefold() for address in (*self.recipients().to, *self.recipients().cc)}
        missing = [address for address in self._others if address.casefold() not in present]
        self._all.setText(f"Reply all: add {some_of(missing)}" if missing else "")
        self._all.setVisible(bool(missing))

    def _reply_all(self) -> None:
        now = self.recipients()
        present = {address.casefold() for address in (*now.to, *now.cc)}
        missing = [address for address in self._others if address.casefold() not in present]
        self._fields["Cc"].setText(", ".join((*now.cc, *missing)))
        self._typed()

    def set_recipients(self, recipients: Recipients) -> None:
        """Show these recipients. Sends no `changed`."""
        for name, addresses in zip(self._fields, (recipients.to, recipients.cc, recipients.bcc), strict=True):
            self._fields[name].setText(", ".join(addresses))
        self._show_all_link()

    def recipients(self) -> Recipients:
        """What the fields hold, without what is no address."""
        return Recipients(*(parse(field.text())[0] for field in self._fields.values()))

    def mistakes(self) -> tuple[str, ...]:
        """What was typed and is no address."""
        return tuple(piece for field in self._fields.values() for piece in parse(field.text())[1])

    def focus_first(self) -> None:
        """Put the keyboard into the first field."""
        self._fields["To"].setFocus(Qt.FocusReason.ShortcutFocusReason)
