"""Where the kit's drawings lie inside the installed package."""

from functools import cache
from importlib.resources import files
from pathlib import Path

from PySide6.QtCore import QDir

SEARCH_PREFIX = "kit"


@cache
def resources() -> Path:
    """The folder of the package's resources. It lies on disk: the wheel and the frozen build unpack it."""
    return Path(str(files("inbox_desktop") / "resources"))


def register_search_path() -> None:
    """Make `kit:light/check.svg` and its like known to style sheets, whatever the path is on this machine."""
    folder = str(resources() / "controls")
    if folder not in QDir.searchPaths(SEARCH_PREFIX):
        QDir.addSearchPath(SEARCH_PREFIX, folder)
