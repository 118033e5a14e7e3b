"""How often one looks again while news come."""

from pytestqt.qtbot import QtBot

from inbox_desktop.ui.gathering import SOON_MS, Gathering


def test_many_pieces_of_news_are_one_occasion(qtbot: QtBot) -> None:
    gathering = Gathering()
    heard: list[bool] = []
    gathering.due.connect(lambda: heard.append(True))
    with qtbot.waitSignal(gathering.due):
        for _ in range(100):
            gathering.add()
    qtbot.wait(3 * SOON_MS)
    assert heard == [True]


def test_in_a_flood_one_looks_no_more_often_than_is_said(qtbot: QtBot) -> None:
    gathering = Gathering()
    gathering.every_ms = 60_000
    with qtbot.waitSignal(gathering.due):  # the first at once, all the same
        gathering.add()
    with qtbot.assertNotEmitted(gathering.due, wait=5 * SOON_MS):
        gathering.add()


def test_what_was_looked_at_anyhow_is_not_looked_at_again(qtbot: QtBot) -> None:
    gathering = Gathering()
    gathering.add()
    with qtbot.assertNotEmitted(gathering.due, wait=3 * SOON_MS):
        gathering.forget()
    with qtbot.waitSignal(gathering.due):
        gathering.add()
