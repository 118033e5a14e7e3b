"""The windows. Reads through queries, changes through actions, hears of changes by ids."""
