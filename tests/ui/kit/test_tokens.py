"""The token table: readable pairs, and drawings that use no colour of their own."""

import re
from dataclasses import fields

import pytest

from inbox_desktop.ui.kit.paths import resources
from inbox_desktop.ui.kit.tokens import AVATAR_COLOURS, AVATAR_NAMELESS, DARK, LIGHT, Tokens, contrast

LOOKS = pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
READ = [
    *[(ink, ground) for ink in ("text_1", "text_2") for ground in ("window", "surface", "raised", "hover")],
    *[
        (ink, ground)
        for ink in ("text_1", "text_2")
        for ground in ("accent_soft", "inbound", "outbound", "note", "found")
    ],
    ("text_2", "neutral_soft"),
    ("accent_text", "accent_soft"),
    ("accent_text", "surface"),
    ("good_text", "good_soft"),
    ("good_text", "surface"),
    ("warn_text", "warn_soft"),
    ("warn_text", "surface"),
    ("red_text", "red_soft"),
    ("red_text", "surface"),
    ("red_text", "raised"),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("on_badge", "badge"),
    ("rail_text", "rail"),
    ("on_rail_active", "rail_active"),
    ("on_inverse", "inverse"),
    ("inverse_accent", "inverse"),
]
SEEN = [(sign, "surface") for sign in ("email", "sms", "chat", "accent", "red", "good")]


@LOOKS
@pytest.mark.parametrize(("ink", "ground"), READ)
def test_what_is_read_has_a_contrast_of_4_5(tokens: Tokens, ink: str, ground: str) -> None:
    assert contrast(tokens.colour(ink), tokens.colour(ground)) >= 4.5


@LOOKS
@pytest.mark.parametrize(("sign", "ground"), SEEN)
def test_signs_have_a_contrast_of_3(tokens: Tokens, sign: str, ground: str) -> None:
    assert contrast(tokens.colour(sign), tokens.colour(ground)) >= 3


@pytest.mark.parametrize("colour", [*AVATAR_COLOURS, AVATAR_NAMELESS])
def test_white_initials_are_readable(colour: str) -> None:
    assert contrast("#ffffff", colour) >= 4.5


def test_contrast_of_black_and_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#777777") == pytest.approx(1)


@LOOKS
def test_every_token_is_a_colour(tokens: Tokens) -> None:
    for field in fields(tokens):
        if field.name != "name":
            assert re.fullmatch("#[0-9a-f]{6}", tokens.colour(field.name))


@pytest.mark.parametrize("wrong", ["name", "dark", "no_such_colour", "colour"])
def test_a_name_that_is_no_colour_is_refused(wrong: str) -> None:
    with pytest.raises(KeyError):
        LIGHT.colour(wrong)


@LOOKS
def test_the_controls_drawings_use_the_tables_colours(tokens: Tokens) -> None:
    drawings = sorted((resources() / "controls" / tokens.name).glob("*.svg"))
    assert {path.stem for path in drawings} >= {"check", "check-accent", "dot", "chevron-down", "chevron-up"}
    known = {tokens.text_2, tokens.accent_text, tokens.on_accent}
    for path in drawings:
        found = set(re.findall("#[0-9a-fA-F]{6}", path.read_text()))
        assert found, path.name
        assert found <= known, path.name
