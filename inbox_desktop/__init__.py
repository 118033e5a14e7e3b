"""Inbox Desktop: a support team answers e-mail, SMS and web chat in one place."""

__version__ = "0.1.0"
