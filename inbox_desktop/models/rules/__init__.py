"""Pure functions: what the product's rules say, without database, clock or network."""
