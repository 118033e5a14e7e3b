"""The icons: all there, one family, coloured and crisp."""

import re

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon

from inbox_desktop.ui.kit import Theme, icon, icon_names, icon_pixmap
from inbox_desktop.ui.kit.paths import resources

WANTED = """
    inbox reports people settings search user unassigned all clock star plus mail phone chat chevron-down
    chevron-right chevron-up filter sort check more paperclip bolt smile send image file download shield
    reopen undo eye eye-off block x warning info tag trash reply note refresh external keyboard moon sun
    link bold italic list
""".split()


def test_every_wanted_icon_is_there() -> None:
    assert set(WANTED) <= set(icon_names())


@pytest.mark.parametrize("name", icon_names())
def test_an_icon_is_of_the_family(name: str) -> None:
    drawing = (resources() / "icons" / f"{name}.svg").read_text()
    assert 'viewBox="0 0 24 24"' in drawing
    assert 'stroke="currentColor"' in drawing
    assert 'stroke-width="1.75"' in drawing
    assert not re.search("#[0-9a-fA-F]{3,6}", drawing)


@pytest.mark.parametrize("name", icon_names())
def test_an_icon_draws_something_within_its_edges(look: Theme, name: str) -> None:
    image = icon_pixmap(name, "text_1", 24, 2.0).toImage()
    inked = [(x, y) for x in range(48) for y in range(48) if image.pixelColor(x, y).alpha() > 0]
    assert len(inked) > 20
    border = [(x, y) for x, y in inked if x in {0, 47} or y in {0, 47}]
    assert not border, "the stroke is cut by the edge"


@pytest.mark.parametrize(("ratio", "side"), [(1.0, 16), (1.25, 20), (1.5, 24), (1.75, 28), (2.0, 32)])
def test_pixmaps_have_the_screens_pixels(look: Theme, ratio: float, side: int) -> None:
    pixmap = icon_pixmap("mail", "text_2", 16, ratio)
    assert (pixmap.width(), pixmap.devicePixelRatio()) == (side, ratio)
    by_icon = icon("mail").pixmap(QSize(16, 16), ratio, QIcon.Mode.Normal, QIcon.State.Off)
    assert (by_icon.width(), by_icon.devicePixelRatio()) == (side, ratio)


def test_pixmaps_are_cached_by_looks(look: Theme) -> None:
    first = icon_pixmap("mail", "text_2", 16, 1.5)
    assert icon_pixmap("mail", "text_2", 16, 1.5).cacheKey() == first.cacheKey()
    assert icon_pixmap("mail", "accent", 16, 1.5).cacheKey() != first.cacheKey()


def test_a_disabled_icon_is_faint(look: Theme) -> None:
    size, off = QSize(24, 24), QIcon.State.Off
    normal = icon("mail", "text_1").pixmap(size, 1.0, QIcon.Mode.Normal, off).toImage()
    disabled = icon("mail", "text_1").pixmap(size, 1.0, QIcon.Mode.Disabled, off).toImage()
    assert normal != disabled


def test_unknown_icons_and_colours_are_refused_at_once(look: Theme) -> None:
    with pytest.raises(KeyError, match="no icon is called 'mial'"):
        icon("mial")
    with pytest.raises(KeyError):
        icon("mail", "pink")
