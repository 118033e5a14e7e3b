"""Connecting channels: the first-start page, the connection test, and the settings dialog."""
