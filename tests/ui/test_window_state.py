"""Sizes and choices survive a restart, and nonsense in the file does no harm."""

from pathlib import Path

from PySide6.QtCore import QByteArray

from inbox_desktop.ui.kit import Density
from inbox_desktop.ui.window_state import WindowState


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "window.ini"
    state = WindowState(path)
    state.geometry = QByteArray(b"\x01\x02")
    state.widths = [200, 300, 600, 280]
    state.place, state.density, state.theme, state.overview = "channel:c1", Density.COMPACT, "dark", False
    state.save()
    again = WindowState(path)
    assert again.geometry == QByteArray(b"\x01\x02")
    assert again.widths == [200, 300, 600, 280]
    assert (again.place, again.density, again.theme, again.overview) == (
        "channel:c1",
        Density.COMPACT,
        "dark",
        False,
    )


def test_a_new_profile_has_sensible_values(tmp_path: Path) -> None:
    state = WindowState(tmp_path / "window.ini")
    assert (state.geometry, state.widths, state.place) == (None, [], "")
    assert (state.density, state.theme, state.overview) == (Density.COMFORTABLE, "system", True)


def test_nonsense_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "window.ini"
    path.write_text("[window]\nwidths=a b c d\ngeometry=5\n[list]\ndensity=huge\n[appearance]\ntheme=pink\n")
    state = WindowState(path)
    assert (state.geometry, state.widths, state.density, state.theme) == (
        None,
        [],
        Density.COMFORTABLE,
        "system",
    )
