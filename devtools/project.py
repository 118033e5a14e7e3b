"""Where the project's files are, and how its tools speak to the person who started them."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
PYPROJECT = ROOT / "pyproject.toml"
VENV = ROOT / ".venv"


class SetupError(Exception):
    """Something outside this project is missing; the text says what, what was kept and what to do."""


def say(text: str) -> None:
    """Tell the person what happens now. On stderr, because stdout belongs to the program that is started."""
    print(f"dev.py: {text}", file=sys.stderr, flush=True)
