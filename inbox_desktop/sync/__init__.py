"""The outside world, in and out: channels, the outbox and their engine. asyncio, never Qt."""
