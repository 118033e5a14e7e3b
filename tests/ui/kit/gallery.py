"""Pictures of the whole kit to look at: `python tests/ui/kit/gallery.py --out DIR`."""

import argparse
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from PySide6.QtCore import QItemSelectionModel, QLocale, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QMenu,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from inbox_desktop.models.kinds import ChannelKind
from inbox_desktop.ui import kit
from tests.ui.kit.samples import NOW, SampleModel, sample_rows

WIDTH, HEIGHT = 1440, 1010


def list_view(density: kit.Density) -> QListView:
    """The sample tickets in a view of the list pane's width."""
    view = QListView()
    view.setFixedWidth(326)
    view.setUniformItemSizes(True)
    view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    model = SampleModel(sample_rows())
    model.setParent(view)
    view.setModel(model)
    locale = QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom)
    view.setItemDelegate(kit.TicketDelegate(view, density=density, now=lambda: NOW, locale=locale))
    select = QItemSelectionModel.SelectionFlag.ClearAndSelect
    view.selectionModel().setCurrentIndex(model.index(0, 0), select)
    return view


def _row(*widgets: QWidget, gap: int = 8) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(gap)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row


def _buttons() -> QVBoxLayout:
    column = QVBoxLayout()
    assign = kit.MenuButton("Julia")
    assign.set_value("Julia", "Julia Mendes")
    off = kit.Button("Send", variant="primary")
    off.setEnabled(False)
    off2 = kit.Button("Later")
    off2.setEnabled(False)
    column.addLayout(
        _row(
            kit.Button("Send and close", variant="primary", hint="Ctrl ⏎"),
            kit.Button("Send later"),
            kit.Button("Delete channel", variant="danger", icon_name="trash"),
            off,
            off2,
        )
    )
    column.addLayout(
        _row(
            assign,
            kit.IconButton("clock", "Snooze", variant="secondary", hint="S"),
            kit.Button("Close", icon_name="check"),
            kit.IconButton("more", "More", variant="secondary"),
            kit.IconButton("paperclip", "Attach"),
            kit.IconButton("bolt", "Macros"),
            kit.IconButton("smile", "Emoji"),
        )
    )
    column.addLayout(
        _row(
            kit.MenuButton("Open"),
            kit.Button("Filter", icon_name="filter"),
            kit.Button("Quiet", variant="quiet"),
        )
    )
    return column


def _small() -> QVBoxLayout:
    column = QVBoxLayout()
    email, sms, chat = ChannelKind.EMAIL, ChannelKind.SMS, ChannelKind.CHAT
    column.addLayout(
        _row(
            kit.Avatar("Ana Souza", channel=email, behind="window"),
            kit.Avatar("Bo Lindqvist", channel=sms, behind="window"),
            kit.Avatar("Visitor · checkout page", channel=chat, behind="window"),
            kit.Avatar("田中 由紀"),
            kit.Avatar("محمد الأحمد"),
            kit.Avatar("+1 415 555 0188"),
            kit.Avatar("Ana Souza", 44),
            kit.Avatar("Julia Mendes", 18),
            kit.CountBadge(4),
            kit.CountBadge(12),
            kit.CountBadge(140),
        )
    )
    column.addLayout(
        _row(*(kit.Pill(str(tone).capitalize(), tone) for tone in kit.Tone), kit.Pill("x" * 60), gap=6)
    )
    column.addLayout(
        _row(
            kit.StatusDot("E-mail synced 12 s ago", kit.Tone.GOOD),
            kit.StatusDot("SMS offline, retry in 30 s", kit.Tone.WARN),
            kit.StatusDot("Sign-in refused", kit.Tone.BAD),
            kit.StatusDot("Stopped"),
            gap=16,
        )
    )
    banner = kit.Banner("2 images, 1 tracker blocked", icon_name="shield")
    banner.add_link("Load once", lambda: None)
    banner.add_link("Always", lambda: None)
    column.addWidget(banner)
    column.addWidget(
        kit.Banner("Possibly belongs to #1038. The sender could not be verified.", kit.Tone.ACCENT)
    )
    column.addWidget(
        kit.Banner(
            "The server refused the sign-in. Everything received so far was kept. Enter the password again; "
            "nothing is sent before that.",
            kit.Tone.BAD,
        )
    )
    column.addLayout(_row(kit.SegmentedTabs("Reply", "Note"), kit.SearchField()))
    return column


def _controls() -> QGridLayout:
    grid = QGridLayout()
    combo = QComboBox()
    combo.addItems(["One hour", "Tomorrow"])
    check, radio, spin = (
        QCheckBox("Copy to Sent"),
        QRadioButton("All profiles"),
        kit.NumberField(0, 60, suffix=" s"),
    )
    check.setChecked(True)
    radio.setChecked(True)
    line, bad = QLineEdit(), QLineEdit("imap.wrong.example")
    line.setPlaceholderText("name@shop.example")
    bad.setProperty("state", "bad")
    bar = QProgressBar()
    bar.setValue(40)
    bar.setTextVisible(False)
    default = QPushButton("OK")
    default.setDefault(True)
    editor = QTextEdit()
    editor.setPlaceholderText("Write a reply")
    editor.setFixedHeight(60)
    for place, widget in enumerate(
        (
            line,
            bad,
            combo,
            spin,
            check,
            radio,
            QCheckBox("Off"),
            QRadioButton("Off"),
            QPushButton("Cancel"),
            default,
        )
    ):
        grid.addWidget(widget, place // 2, place % 2)
    grid.addWidget(bar, 5, 0, 1, 2)
    grid.addWidget(editor, 6, 0, 1, 2)
    return grid


def _cards() -> QVBoxLayout:
    column = QVBoxLayout()
    ticket = kit.Card("Ticket", foldable=True)
    ticket.add_row("Number", "#1042")
    ticket.add_row("Assignee", "Julia Mendes")
    ticket.add_row("Created", "Nov 18, 09:12")
    ticket.add_row("Address", "maximiliane-friederike.von.hohenzollern@mail.example")
    ticket.add_row("Tags", kit.row_of(kit.Pill("Shipping", kit.Tone.ACCENT), kit.Pill("VIP", kit.Tone.GOOD)))
    folded = kit.Card("Activity", foldable=True)
    folded.set_note("Klaviyo · 2 h ago")
    folded.add_row("Orders", "11")
    folded.set_folded(folded=True)
    column.addWidget(ticket)
    column.addWidget(folded)
    return column


def page() -> QWidget:
    """Everything on one page."""
    window = QWidget()
    window.resize(WIDTH, HEIGHT)
    columns = QHBoxLayout(window)
    columns.setContentsMargins(0, 0, 0, 0)
    columns.setSpacing(14)
    columns.addWidget(list_view(kit.Density.COMFORTABLE))
    middle = QVBoxLayout()
    middle.setSpacing(14)
    middle.setContentsMargins(0, 16, 0, 0)
    middle.addWidget(
        kit.ElidedLabel("Where is my order? It should have come on Friday", "title_large", weight=600)
    )
    middle.addWidget(kit.Label("Settings", "page", weight=600))
    middle.addLayout(_buttons())
    middle.addLayout(_small())
    middle.addWidget(kit.Divider())
    middle.addLayout(_controls())
    middle.addStretch(1)
    columns.addLayout(middle, 1)
    right = QVBoxLayout()
    right.setContentsMargins(0, 16, 16, 16)
    right.addLayout(_cards())
    right.addWidget(
        kit.EmptyState("inbox", "All done", "New mail shows up here by itself.", "Show closed tickets"), 1
    )
    right.addWidget(
        kit.ErrorState(
            "The list could not be read", "Your tickets are safe. Reading the file failed: disk error."
        ),
        1,
    )
    holder = QWidget()
    holder.setFixedWidth(300)
    holder.setLayout(right)
    columns.addWidget(holder)
    return window


def _rail() -> QWidget:
    rail = QWidget()
    rail.setFixedWidth(60)
    palette = rail.palette()
    palette.setColor(QPalette.ColorRole.Window, kit.theme().colour("rail"))
    rail.setPalette(palette)
    rail.setAutoFillBackground(True)
    column = QVBoxLayout(rail)
    column.setContentsMargins(8, 12, 8, 12)
    for name, count in (("inbox", 12), ("reports", 0), ("people", 120)):
        button = kit.RailButton(name, name.capitalize())
        button.set_count(count)
        button.setChecked(name == "inbox")
        column.addWidget(button)
    column.addStretch(1)
    column.addWidget(kit.RailButton("settings", "Settings"))
    column.addWidget(kit.Avatar("Julia Mendes", 32, behind="rail"), 0, Qt.AlignmentFlag.AlignHCenter)
    return rail


def _views() -> QWidget:
    pane = QWidget()
    pane.setFixedWidth(196)
    column = QVBoxLayout(pane)
    column.setContentsMargins(10, 14, 10, 10)
    column.setSpacing(0)
    column.addWidget(kit.SearchField())
    column.addSpacing(8)
    rows = (
        ("user", "My inbox", "text_2", 12),
        ("unassigned", "Unassigned", "text_2", 4),
        ("all", "All tickets", "text_2", 982),
        ("clock", "Snoozed", "text_2", 9),
        ("mail", "support@harbor.example", "email", 641),
        ("phone", "+1 415 555 0188", "sms", 208),
        ("chat", "harbor.shop chat", "chat", 133),
    )
    for glyph, text, ink, count in rows:
        button = kit.NavButton(glyph, text, icon_ink=ink)
        button.set_count(count)
        button.setChecked(text == "My inbox")
        column.addWidget(button)
    column.addStretch(1)
    return pane


def densities() -> QWidget:
    """The three row heights side by side, with loading rows beside them."""
    window = QWidget()
    window.resize(5 * 326 + 60, HEIGHT)
    columns = QHBoxLayout(window)
    columns.setContentsMargins(0, 0, 0, 0)
    for density in (kit.Density.DEFAULT, kit.Density.COMPACT):
        columns.addWidget(list_view(density))
    wide = list_view(kit.Density.DEFAULT)
    wide.setMaximumWidth(16777215)
    wide.setFixedWidth(400)
    columns.addWidget(wide)
    columns.addWidget(kit.Skeleton(8))
    columns.addWidget(_rail())
    columns.addWidget(_views())
    return window


def shoot(out: Path, look: str, scale: str, text_scale: float) -> None:
    """Save the pages of one appearance at the process's scale."""
    app = QApplication([])
    kit.theme().install("dark" if look == "dark" else "light", text_scale)
    for name, make in (("widgets", page), ("rows", densities)):
        window = make()
        window.show()
        toast = kit.Toast(window)
        toast.show_message("Closed #1042", "Undo", seconds=0)
        app.processEvents()
        toast.move(560, HEIGHT - 70)
        menu = QMenu(window)
        if name == "widgets":
            for text, glyph in (
                ("Mark unread", "eye-off"),
                ("Merge into", "link"),
                ("Block profile", "block"),
            ):
                menu.addAction(kit.icon(glyph), text)
            menu.addSeparator()
            menu.addAction("Checked").setCheckable(True)
            menu.actions()[-1].setChecked(True)
            menu.setActiveAction(menu.actions()[1])
            menu.popup(window.mapToGlobal(window.rect().center()))
            app.processEvents()
            menu.grab().save(str(out / f"menu-{look}-{scale}.png"))
            menu.hide()
        for widget in window.findChildren(kit.Button):
            if widget.text() == "Send later":
                window.setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
                window.activateWindow()
                widget.setFocus(Qt.FocusReason.TabFocusReason)
        app.processEvents()
        window.grab().save(str(out / f"{name}-{look}-{scale}.png"))
        window.close()


def main() -> None:
    """Run one process for each scale, because Qt reads the scale once."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--one", nargs=2)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    if args.one:
        look, scale = args.one
        shoot(args.out, look, scale, 1.3 if scale == "text" else 1.0)
        return
    for scale in ("100", "150", "text"):
        for look in ("light", "dark"):
            factor = "1.5" if scale == "150" else "1"
            env = {**os.environ, "QT_SCALE_FACTOR": factor}
            command = [sys.executable, __file__, "--out", str(args.out), "--one", look, scale]
            subprocess.run(command, env=env, check=True)
    print(f"Written at {datetime.now(UTC):%H:%M} to {args.out}")


if __name__ == "__main__":
    main()
