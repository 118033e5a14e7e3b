"""The relay: the public end of web chat, the providers' webhooks, and short links. A server of its own."""
