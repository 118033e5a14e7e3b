"""How our encrypted connections are made: TLS 1.2 or newer, certificate and name always verified."""

import ssl


def client_context() -> ssl.SSLContext:
    """A fresh context that trusts whom the operating system trusts (or SSL_CERT_FILE, if that is set)."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
