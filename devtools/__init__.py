"""What dev.py consists of. Standard library only: it runs before anything is installed."""
