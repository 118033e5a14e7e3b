"""The window, which the command shows when no sub-command is named."""

import argparse
import gc
import os
import sys
from pathlib import Path

from inbox_desktop.cli.output import tell
from inbox_desktop.cli.parser import profile_folder
from inbox_desktop.models.profile import Profile

DEFAULT_PICTURE = Path("inbox-desktop.png")


def run_window(options: argparse.Namespace) -> int:
    """Show the window until it is closed; with `--screenshot` or no display, save its picture and end."""
    picture: Path | None = options.screenshot
    if not has_display():
        picture = picture or DEFAULT_PICTURE
        tell(f"There is no display here, so no window can be shown. Rendering it offscreen into {picture}.")
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    gc.disable()  # nothing that is loaded is garbage; the application turns it on again once it runs
    from inbox_desktop import app

    if options.demo:
        folder = options.profile and profile_folder(options)
        return app.run_demo(folder, picture)
    return app.run(Profile(profile_folder(options)), picture)


def has_display() -> bool:
    """Whether a window can be shown here."""
    if sys.platform in {"win32", "darwin"}:
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
