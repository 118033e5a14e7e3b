"""The relay, as a desktop sees it: its interface, its feed, what visitors do at this moment."""
