"""The kit's tests start from the light theme at 100 %."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from inbox_desktop.ui.kit import Theme, theme


@pytest.fixture
def look(qtbot: QtBot) -> Iterator[Theme]:
    """The light theme, without movement; light again afterwards, whatever a test chose."""
    theme().install("light", 1.0)
    theme().set_reduced_motion(reduced=True)
    yield theme()
    theme().set_reduced_motion(None)
    theme().install("light", 1.0)
