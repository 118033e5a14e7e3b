"""Web chat in the settings: the relay, each chat with its look, texts, hours and questions."""
