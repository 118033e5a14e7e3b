"""Which texts are compliance keywords: the product's table, and the traps around it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_desktop.models.kinds import ConsentState
from inbox_desktop.models.rules.keywords import (
    Keyword,
    answer,
    consent_change,
    is_answered_here,
    read_keyword,
)
from inbox_desktop.models.rules.segments import Encoding, segments
from inbox_desktop.models.sms_settings import KeywordMatch, Provider, SmsSettings

HELP, STOP, YES, START = Keyword.HELP, Keyword.STOP, Keyword.YES, Keyword.START
CONTAINS, EXACT = KeywordMatch.CONTAINS, KeywordMatch.EXACT

WORDS = [
    ("HELP", HELP),
    ("INFO", HELP),
    ("STOP", STOP),
    ("STOPALL", STOP),
    ("UNSUBSCRIBE", STOP),
    ("QUIT", STOP),
    ("END", STOP),
    ("CANCEL", STOP),
    ("YES", YES),
    ("Y", YES),
    ("START", START),
    ("UNSTOP", START),
]


FORMS = "{}|{}.|  {}\n|“{}”!!!|*{}*|{} 🙏|\u200b{}\u200d|\u202a{}\u202c|{0} {0}|'{}'|-{}-".split("|")


@pytest.mark.parametrize(("word", "keyword"), WORDS)
@pytest.mark.parametrize("form", FORMS)
def test_the_word_alone_is_a_keyword_however_it_is_written(word: str, keyword: Keyword, form: str) -> None:
    for text in (word, word.lower(), word.capitalize(), word.swapcase()):
        for match in KeywordMatch:
            for region in ("US", "DE", None):
                assert read_keyword(form.format(text), match, region) is keyword


@pytest.mark.parametrize(
    ("text", "contains", "exact", "exact_us"),
    [
        # STOP's group counts anywhere, its best known word within the US whatever the setting
        ("Please stop texting me", STOP, None, STOP),
        ("STOP ALL", STOP, None, STOP),
        ("stop please", STOP, None, STOP),
        ("pls stopall now", STOP, None, STOP),
        ("Don't stop!", STOP, None, STOP),
        ("I want to cancel my order", STOP, None, None),
        ("unsubscribe me", STOP, None, None),
        ("in the end I kept it", STOP, None, None),
        ("stop/cancel", STOP, None, STOP),
        ("Enough.Stop", STOP, None, STOP),
        ("no—stop", STOP, None, STOP),
        ("ok\nstop", STOP, None, STOP),
        # whoever opts out and in with one text is out
        ("STOP and START", STOP, None, STOP),
        ("START STOP", STOP, None, STOP),
        ("help, how do I stop these?", STOP, None, STOP),
        ("yes, stop", STOP, None, STOP),
        # the other keywords only when they are the whole text
        ("Can you help me with my order?", None, None, None),
        ("more info please", None, None, None),
        ("When does the sale start?", None, None, None),
        ("Yes please, the blue one", None, None, None),
        ("quiero el azul y el rojo", None, None, None),
        ("HELP START", None, None, None),
        ("YES Y", None, None, None),
        # words that only look like one
        ("It has stopped working", None, None, None),
        ("nonstop", None, None, None),
        ("non-stop delivery", None, None, None),
        ("ce week-end", None, None, None),
        ("stop-motion film", None, None, None),
        ("the end's near", None, None, None),
        ("canceled", None, None, None),
        ("weekend", None, None, None),
        ("stop2end", None, None, None),
        ("stop_it", None, None, None),
        ("wkładki do stóp", None, None, None),
        ("ÉND", None, None, None),
        ("s\u0308top", None, None, None),
        ("СТОП", None, None, None),
        ("https://shop.example/stop", None, None, None),
        ("www.shop.example/cancel", None, None, None),
        ("shop.example/help/end", None, None, None),
        ("write to stop@shop.example", None, None, None),
        ("see https://shop.example/a and stop", STOP, None, STOP),
        ("STOP https://shop.example", STOP, None, STOP),
        # nothing to read
        ("", None, None, None),
        ("   \n", None, None, None),
        ("👍", None, None, None),
        ("?!", None, None, None),
        ("Where is my order?", None, None, None),
        # other ways to write the same letters
        ("ＳＴＯＰ", STOP, STOP, STOP),
        ("QUİT", STOP, STOP, STOP),
        ("quıt", STOP, STOP, STOP),
        ("İNFO", HELP, HELP, HELP),
        ("S\u200bT\u00adOP", STOP, STOP, STOP),
        ("STOP\ufe0f", STOP, STOP, STOP),
        ("S T O P", None, None, None),
    ],
)
def test_what_a_text_is(
    text: str, contains: Keyword | None, exact: Keyword | None, exact_us: Keyword | None
) -> None:
    assert read_keyword(text, CONTAINS, "DE") is contains
    assert read_keyword(text, CONTAINS, "US") is contains
    assert read_keyword(text, EXACT, "DE") is exact
    assert read_keyword(text, EXACT, None) is exact
    assert read_keyword(text, EXACT, "US") is exact_us


@pytest.mark.parametrize("match", list(KeywordMatch))
def test_the_yes_of_a_subscribed_person_answers_a_question_of_ours(match: KeywordMatch) -> None:
    assert read_keyword("Yes!", match, "US", has_consent=True) is None
    assert read_keyword("y", match, "US", has_consent=True) is None
    assert read_keyword("yes, stop", CONTAINS, None, has_consent=True) is STOP
    for word, keyword in WORDS:
        if keyword is not YES:
            assert read_keyword(word, match, "US", has_consent=True) is keyword


@given(st.text(max_size=60), st.text(max_size=60))
def test_stop_between_spaces_is_never_overlooked_in_the_us(before: str, after: str) -> None:
    assert read_keyword(f"{before} stop {after}", EXACT, "US") is STOP


@given(st.text(max_size=200) | st.sampled_from([word for word, _ in WORDS]))
def test_no_text_with_another_word_is_a_keyword_when_it_must_be_exact(text: str) -> None:
    assert read_keyword(f"{text} parcel", EXACT, "FR") is None


def test_a_very_long_text_is_read_from_its_beginning() -> None:
    assert read_keyword("a@" * 500_000, CONTAINS, "US") is None
    assert read_keyword("stop " + "x" * 1_000_000, CONTAINS, None) is STOP


@pytest.mark.parametrize(
    ("keyword", "state"),
    [
        (STOP, ConsentState.REVOKED),
        (START, ConsentState.GRANTED),
        (YES, ConsentState.GRANTED),
        (HELP, None),
    ],
)
def test_what_a_keyword_changes(keyword: Keyword, state: ConsentState | None) -> None:
    assert consent_change(keyword) is state


@pytest.mark.parametrize("keyword", list(Keyword))
def test_the_standard_answers_fit_one_segment_and_name_the_brand(keyword: Keyword) -> None:
    said = answer(keyword, "Acme Outdoor Store", "support@acme-outdoor.example")
    assert said.startswith("Acme Outdoor Store: ")
    counted = segments(said)
    assert (counted.encoding, counted.segments) == (Encoding.GSM7, 1)


def test_what_the_answers_must_say() -> None:
    assert "support@shop.example" in answer(HELP, "Shop", "support@shop.example")
    assert "STOP" in answer(HELP, "Shop", "support@shop.example")
    assert "unsubscribed" in answer(STOP, "Shop", "")
    assert "START" in answer(STOP, "Shop", "")
    for keyword in (YES, START):
        assert "subscribed" in answer(keyword, "Shop", "")
        assert "STOP" in answer(keyword, "Shop", "")
        assert "HELP" in answer(keyword, "Shop", "")


@pytest.mark.parametrize("keyword", list(Keyword))
def test_without_a_brand_and_an_address_the_answers_are_still_sentences(keyword: Keyword) -> None:
    said = answer(keyword, "", "")
    assert said[0].isupper()
    assert "at ." not in said
    assert "  " not in said
    assert answer(keyword, " Ac\nme ", "") == f"Ac me: {said}"


@pytest.mark.parametrize(
    ("provider", "text", "ours"),
    [
        (Provider.TWILIO, "STOP", False),
        (Provider.TWILIO, " stop\n", False),
        (Provider.TWILIO, "HELP", False),
        (Provider.TWILIO, "yes", False),
        (Provider.TWILIO, "Please stop", True),
        (Provider.TWILIO, "Y", True),
        (Provider.TELNYX, "Unsubscribe", False),
        (Provider.TELNYX, "stop  all", False),
        (Provider.TELNYX, "START", False),
        (Provider.TELNYX, "HELP", True),
        (Provider.TELNYX, "YES", True),
        (Provider.VONAGE, "STOP", True),
    ],
)
def test_what_a_provider_answers_itself_is_left_to_it(provider: Provider, text: str, ours: bool) -> None:
    settings = SmsSettings(provider, "shop", "+14155550100")
    assert is_answered_here(text, settings) is ours
    assert is_answered_here(text, replace(settings, answer_keywords=True))
    assert not is_answered_here(text, replace(settings, answer_keywords=False))
