"""The one style sheet for Qt's own controls, made from the tokens."""

from string import Template
from typing import Final

from inbox_desktop.ui.kit.paths import register_search_path
from inbox_desktop.ui.kit.tokens import CONTROL_HEIGHT, SECONDARY, SMALL, Tokens

TIGHT_FIELD: Final = 20
"""The height of a field within a line of a card, in pixels at 100 %, its frame aside."""

_FLOATING: Final = """
QToolTip { background: $inverse; color: $on_inverse; border: 1px solid $inverse; padding: 4px 7px; }
QMenu { background: $raised; border: 1px solid $line_strong; padding: 5px; color: $text_1; }
QMenu::item { padding: 6px 26px 6px 10px; border-radius: 6px; min-width: 120px; }
QMenu::icon { padding-left: 8px; }
QMenu::item:selected { background: $accent_soft; color: $accent_text; }
QMenu::item:disabled { color: $text_3; }
QMenu::separator { height: 1px; background: $line; margin: 5px 6px; }
QMenu::indicator { width: 14px; height: 14px; padding-left: 6px; }
QMenu::indicator:checked { image: url(kit:$name/check-accent.svg); }
QMenu::right-arrow { image: url(kit:$name/chevron-right.svg); width: 12px; height: 12px; padding-right: 6px; }
QDialog { background: $window; }
"""

_FIELDS: Final = """
QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox, QComboBox {
    background: $surface; color: $text_1; border: 1px solid $line_strong; border-radius: 8px;
    selection-background-color: $accent; selection-color: $on_accent; placeholder-text-color: $text_2; }
QLineEdit, QAbstractSpinBox, QComboBox { padding: 0 9px; min-height: ${field}px; }
QPlainTextEdit, QTextEdit { padding: 6px 7px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QAbstractSpinBox:focus, QComboBox:focus,
QComboBox:on { border-color: $accent; }
QLineEdit:disabled, QPlainTextEdit:disabled, QTextEdit:disabled, QAbstractSpinBox:disabled,
QComboBox:disabled { background: $window; color: $text_3; border-color: $line; }
QLineEdit[tight="true"] { min-height: ${tight}px; padding: 0 6px; }
QLineEdit[state="bad"] { border-color: $red; }
QLineEdit[bare="true"], QPlainTextEdit[bare="true"], QTextEdit[bare="true"] {
    background: transparent; border: none; padding: 0; min-height: 0; border-radius: 0; }
QAbstractSpinBox QLineEdit, QComboBox QLineEdit {
    background: transparent; border: none; padding: 0; min-height: 0; }
QAbstractSpinBox { padding: 0 4px 0 8px; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url(kit:$name/chevron-down.svg); width: 14px; height: 14px; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $line_strong; padding: 4px; outline: 0;
    selection-background-color: $accent_soft; selection-color: $accent_text; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: none; background: transparent;
    width: 20px; }
QAbstractSpinBox::up-arrow { image: url(kit:$name/chevron-up.svg); width: 12px; height: 12px; }
QAbstractSpinBox::down-arrow { image: url(kit:$name/chevron-down.svg); width: 12px; height: 12px; }
QDateTimeEdit::drop-down { border: none; width: 24px; image: url(kit:$name/chevron-down.svg); }
"""

_BUTTONS: Final = """
.QPushButton, .QToolButton { background: $raised; color: $text_1; border: 1px solid $line_strong;
    border-radius: 8px; padding: 0 12px; min-height: ${field}px; font-weight: 500; }
.QToolButton { padding: 0 6px; }
.QPushButton:hover, .QToolButton:hover { background: $hover; }
.QPushButton:pressed, .QToolButton:pressed { background: $pressed; }
.QPushButton:default { background: $accent; border-color: $accent; color: $on_accent; }
.QPushButton:default:hover { background: $accent_hover; border-color: $accent_hover; }
.QPushButton:disabled, .QToolButton:disabled { color: $text_3; background: $window; border-color: $line; }
.QPushButton:flat { background: transparent; border-color: transparent; }
QDialogButtonBox .QPushButton { min-width: 72px; }
QCheckBox, QRadioButton { spacing: 8px; color: $text_1; background: transparent; outline: 0; }
QCheckBox:disabled, QRadioButton:disabled { color: $text_3; }
QCheckBox::indicator, QRadioButton::indicator, QAbstractItemView::indicator { width: 16px; height: 16px;
    border: 1px solid $text_3; background: $surface; }
QCheckBox::indicator, QAbstractItemView::indicator { border-radius: 4px; }
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked { background: $accent;
    border-color: $accent; image: url(kit:$name/check.svg); }
QRadioButton::indicator:checked { background: $accent; border-color: $accent; image: url(kit:$name/dot.svg); }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { background: $window; border-color: $line; }
"""

_AREAS: Final = """
QAbstractScrollArea { border: none; }
QAbstractScrollArea::corner { background: transparent; }
QAbstractItemView { background: $surface; color: $text_1; outline: 0; }
QAbstractItemView[floating="true"] { background: $raised; color: $text_1; border: 1px solid $line_strong;
    padding: 4px; selection-background-color: $accent_soft; selection-color: $accent_text; }
QAbstractItemView[floating="true"]::item { padding: 4px 6px; }
QHeaderView::section { background: $surface; color: $text_2; border: none; border-bottom: 1px solid $line;
    padding: 6px 8px; font-size: ${secondary}px; font-weight: 500; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; border: none; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; border: none; }
QScrollBar::handle { background: $line_strong; border-radius: 3px; border: none; }
QScrollBar::handle:vertical { min-height: 32px; margin: 2px; }
QScrollBar::handle:horizontal { min-width: 32px; margin: 2px; }
QScrollBar::handle:hover, QScrollBar::handle:pressed { background: $text_3; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: none; background: none; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: $line; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QProgressBar { background: $neutral_soft; border: none; border-radius: 3px; min-height: 6px; max-height: 6px;
    color: transparent; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QGroupBox { border: 1px solid $line; border-radius: 12px; margin-top: 22px; padding: 10px 12px; }
QGroupBox::title { subcontrol-origin: margin; left: 2px; color: $text_2; font-size: ${small}px; }
#qt_calendar_monthbutton, #qt_calendar_yearbutton, #qt_calendar_prevmonth, #qt_calendar_nextmonth {
    border-color: transparent; background: transparent; }
QCalendarWidget QToolButton::menu-indicator { image: none; }
QCalendarWidget QWidget#qt_calendar_navigationbar { background: $surface; }
QCalendarWidget QAbstractItemView { selection-background-color: $accent; selection-color: $on_accent; }
"""


def style_sheet(tokens: Tokens, text_scale: float) -> str:
    """The application's style sheet. `text_scale` multiplies text sizes (1.0 = 13 px)."""
    register_search_path()
    values: dict[str, object] = {name: getattr(tokens, name) for name in tokens.__slots__}
    values["field"] = round((CONTROL_HEIGHT - 2) * text_scale)
    values["tight"] = round(TIGHT_FIELD * text_scale)
    values["secondary"] = round(SECONDARY * text_scale)
    values["small"] = round(SMALL * text_scale)
    return Template(_AREAS + _FLOATING + _FIELDS + _BUTTONS).substitute(values)
