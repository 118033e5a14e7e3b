"""Who may be texted."""

import pytest

from inbox_desktop.models.kinds import ConsentKind, ConsentState
from inbox_desktop.models.rules.consent import Consents, may_text, text_refusal

MARKETING, TRANSACTIONAL = ConsentKind.MARKETING, ConsentKind.TRANSACTIONAL
GRANTED, REVOKED = ConsentState.GRANTED, ConsentState.REVOKED


@pytest.mark.parametrize(
    ("consents", "allowed"),
    [
        ({}, False),
        ({MARKETING: GRANTED}, True),
        ({TRANSACTIONAL: GRANTED}, True),
        ({MARKETING: GRANTED, TRANSACTIONAL: GRANTED}, True),
        ({MARKETING: REVOKED, TRANSACTIONAL: GRANTED}, True),
        ({MARKETING: GRANTED, TRANSACTIONAL: REVOKED}, True),
        ({MARKETING: REVOKED}, False),
        ({TRANSACTIONAL: REVOKED}, False),
        ({MARKETING: REVOKED, TRANSACTIONAL: REVOKED}, False),
    ],
)
def test_either_consent_allows_texting(consents: Consents, allowed: bool) -> None:
    assert may_text(consents) is allowed
    assert (text_refusal(consents) is None) is allowed


def test_the_words_say_what_to_do_instead() -> None:
    never, opted_out = text_refusal({}), text_refusal({MARKETING: REVOKED})
    assert never is not None
    assert opted_out is not None
    assert "not subscribed" in never
    assert "opted out" not in never
    assert "profile" in never
    assert "opted out" in opted_out
    assert "profile" not in opted_out  # whoever opted out is not subscribed again by the team
    assert all("another channel" in words and "START" in words for words in (never, opted_out))
