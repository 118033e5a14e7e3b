"""When a text is answered by itself."""

from datetime import UTC, datetime, timedelta

import pytest

from inbox_desktop.models.rules.auto_responder import should_answer
from inbox_desktop.models.sms_settings import AutoResponder

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
OFF, ALL, NON_CONSENTED = AutoResponder.OFF, AutoResponder.ALL, AutoResponder.NON_CONSENTED


@pytest.mark.parametrize(
    ("mode", "has_consent", "expected"),
    [
        (OFF, False, False),
        (OFF, True, False),
        (ALL, False, True),
        (ALL, True, True),
        (NON_CONSENTED, False, True),
        (NON_CONSENTED, True, False),
    ],
)
@pytest.mark.parametrize(
    ("is_keyword", "is_blocked"), [(False, False), (True, False), (False, True), (True, True)]
)
def test_whose_texts_are_answered(
    mode: AutoResponder, has_consent: bool, expected: bool, is_keyword: bool, is_blocked: bool
) -> None:
    answers = should_answer(
        mode,
        has_consent=has_consent,
        is_keyword=is_keyword,
        is_blocked=is_blocked,
        would_be_refused=False,
        last_answer_at=None,
        at=NOW,
    )
    assert answers is (expected and not is_keyword and not is_blocked)


@pytest.mark.parametrize(
    ("hours_ago", "expected"),
    [
        (0, False),
        (1, False),
        (23.999, False),
        (24, True),
        (48, True),
        (-1, False),  # a clock that was set back a little
        (-24 * 30, True),  # a clock that was wrong by a month must not silence us for a month
    ],
)
def test_once_per_person_in_a_day(hours_ago: float, expected: bool) -> None:
    answers = should_answer(
        ALL,
        has_consent=False,
        is_keyword=False,
        is_blocked=False,
        would_be_refused=False,
        last_answer_at=NOW - timedelta(hours=hours_ago),
        at=NOW,
    )
    assert answers is expected


@pytest.mark.parametrize("mode", list(AutoResponder))
def test_whoever_would_not_get_it_is_not_answered(mode: AutoResponder) -> None:
    assert not should_answer(
        mode,
        has_consent=False,
        is_keyword=False,
        is_blocked=False,
        would_be_refused=True,
        last_answer_at=None,
        at=NOW,
    )
