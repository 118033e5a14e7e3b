"""The e-mail channel: reading mail, IMAP, SMTP, the listener and threading."""
