"""What a ticket is and how it may change. No Qt, no sockets."""
