"""Strict, stateful stand-ins for the providers of texts, on loopback: for the demo and for tests."""
