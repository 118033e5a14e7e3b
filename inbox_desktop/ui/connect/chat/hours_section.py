"""The business hours as a section of a chat's settings."""

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from inbox_desktop.models.chat_settings import ChatSite
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.connect.chat.hours import HoursEditor
from inbox_desktop.ui.connect.chat.section import Section


class HoursSection(Section):
    """When visitors get the reply of business hours, and when the away message."""

    def __init__(self, bridge: Bridge, parent: QWidget) -> None:
        super().__init__(parent)
        self.editor = HoursEditor(bridge, self)
        self.editor.changed.connect(self.edited)
        self.column.addWidget(self.editor)
        self.column.addStretch(1)

    def fill(self, site: ChatSite) -> None:
        """Show the hours."""
        self.editor.set_hours(site.hours)

    def apply_to(self, site: ChatSite) -> ChatSite:
        """The site with these hours."""
        return replace(site, hours=self.editor.hours())

    @property
    def problem(self) -> str:
        """Why the hours cannot be used."""
        return self.editor.problem
