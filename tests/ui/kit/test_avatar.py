"""Initials and colours of people, and the badge's words."""

import pytest

from inbox_desktop.models.kinds import ChannelKind
from inbox_desktop.ui.kit import Avatar, CountBadge, Theme, avatar_colour, badge_text, initials
from inbox_desktop.ui.kit.tokens import AVATAR_COLOURS, AVATAR_NAMELESS


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ana Souza", "AS"),
        ("ana maria de souza", "AS"),
        ("Visitor · checkout page", "V"),
        ("+1 415 555 0188", "#"),
        ("", "?"),
        ("   ", "?"),
        ("😀", "?"),
        ("田中 由紀", "田"),
        ("محمد الأحمد", "م"),
        ("bo.li@shop.example", "BL"),
        ("info@shop.example", "I"),
        ("O'Neil (work)", "O"),
        ("e\u0301mile zola", "E\u0301Z"),
        ("ßtefan", "S"),
        ('"Smith, John"', "SJ"),
    ],
)
def test_initials(name: str, shown: str) -> None:
    assert initials(name) == shown


def test_a_persons_colour_never_changes() -> None:
    assert avatar_colour("Ana Souza") == avatar_colour("ana souza ") == "#c2255c"
    assert avatar_colour("+1 415 555 0188") == AVATAR_NAMELESS
    assert {avatar_colour(f"Person {letter}") for letter in "abcdefghijklmnopqrstuvwxyz" * 2} <= set(
        AVATAR_COLOURS
    )


def test_many_people_use_all_colours() -> None:
    names = [f"{first} {last}" for first in ("Ana", "Bo", "Chidi", "Luca") for last in "ABCDEFGHIJKLM"]
    assert {avatar_colour(name) for name in names} == set(AVATAR_COLOURS)


def test_the_avatar_says_who_and_by_which_channel(look: Theme) -> None:
    avatar = Avatar("Ana Souza", channel=ChannelKind.SMS)
    assert avatar.accessibleName() == "Ana Souza, SMS"
    avatar.set_person("")
    assert avatar.accessibleName() == "nobody"


@pytest.mark.parametrize(
    ("count", "shown"), [(-1, ""), (0, ""), (1, "1"), (99, "99"), (100, "99+"), (12345, "99+")]
)
def test_badge_text(count: int, shown: str) -> None:
    assert badge_text(count) == shown


def test_the_badge_hides_at_zero_and_grows_with_its_number(look: Theme) -> None:
    badge = CountBadge()
    assert badge.isHidden()
    badge.set_count(7)
    narrow = badge.sizeHint().width()
    assert not badge.isHidden()
    badge.set_count(120)
    assert badge.text == "99+"
    assert badge.count == 120
    assert badge.accessibleName() == "120 unread"
    assert badge.sizeHint().width() > narrow
    badge.set_count(0)
    assert badge.isHidden()
