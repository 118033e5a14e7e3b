"""Where a server is: on this very machine, or somewhere that a network leads to."""

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Whether a host (a name or an address) is this machine, the only place where plain text is allowed."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"
