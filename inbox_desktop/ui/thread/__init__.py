"""The thread pane: a ticket's header, its messages as cards, and what happened between them."""
