"""The relay's HTTP and WebSocket interfaces: for visitors, for desktops, for everybody."""
