"""Web chat at the desktop: what comes in from the relay, and what goes out."""
