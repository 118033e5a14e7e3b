"""The ticket list: a window of rows by pages, kept up to date by minimal changes."""

from inbox_desktop.ui.ticket_list.pane import TicketListPane

__all__ = ["TicketListPane"]
