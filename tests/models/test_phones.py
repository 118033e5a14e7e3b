"""Phone numbers: read as people write them, kept as E.164, shown as their country writes them.

The numbers are those that regulators keep for films and books.
"""

import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_desktop.models.phones import PhoneError, is_phone, read_phone, region_of, show_phone, ways_to_write

US, GB, DE, FR, BR = "+14155550132", "+447700900123", "+493023125123", "+33639981234", "+5511912345678"


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("+14155550132", None, US),
        ("+1 (415) 555-0132", None, US),
        ("+1.415.555.0132", "DE", US),
        ("tel:+1-415-555-0132", None, US),
        ("001 415 555 0132", None, US),
        (" +1 415 555 0132\n", None, US),
        ("\u202a+1 415 555 0132\u202c", None, US),  # as address books copy it
        ("+1\u00a0415\u2011555\u20110132", None, US),
        ("＋１４１５５５５０１３２", None, US),
        ("(415) 555-0132", "US", US),
        ("415.555.0132", "US", US),
        ("1 415 555 0132", "US", US),
        ("011 49 30 23125123", "US", DE),
        ("0049 30 23125123", "US", DE),
        ("0049 30 23125123", None, DE),
        ("+49 (0)30 23125123", None, DE),
        ("030/23125123", "DE", DE),
        ("٠٣٠٢٣١٢٥١٢٣", "DE", DE),
        ("07700 900123", "GB", GB),
        ("+44 (0)7700 900123", None, GB),
        ("06 39 98 12 34", "FR", FR),
        ("(11) 91234-5678", "BR", BR),
        ("+39 06 1234 5678", None, "+390612345678"),  # Italy keeps its nought
    ],
)
def test_reads_what_people_write(text: str, region: str | None, expected: str) -> None:
    assert read_phone(text, region) == expected


@pytest.mark.parametrize(
    ("text", "region", "word"),
    [
        ("", None, "Enter a phone number"),
        ("  \u200b ", "US", "Enter a phone number"),
        ("ACME", None, "no phone number"),
        ("1-800-FLOWERS", "US", "letters"),
        ("call +1 415 555 0132 now", None, "letters"),
        ("+1 415 555 0132 ext 5", None, "letters"),
        ("(415) 555-0132", None, "country code"),
        ("14155550132", None, "country code"),
        ("555 0132", "US", "area code"),
        ("+1 415 555", None, "too short"),
        ("12345", "US", "too short"),
        ("+1 415 555 01321", None, "too long"),
        ("+999 123 4567", None, "no country"),
        ("+", None, "no phone number"),
        ("+1" * 1000, None, "no phone number"),
        ("415 555 0132 415 555 0133", "US", "no phone number"),
    ],
)
def test_says_what_is_wrong_with_the_rest(text: str, region: str | None, word: str) -> None:
    with pytest.raises(PhoneError, match=re.escape(word)) as caught:
        read_phone(text, region)
    assert len(str(caught.value)) < 200
    assert str(caught.value).endswith((".", "0132"))


@given(st.text(max_size=60), st.sampled_from([None, "US", "DE", "ZZ", ""]))
def test_any_text_is_read_as_e164_or_refused(text: str, region: str | None) -> None:
    try:
        read = read_phone(text, region)
    except PhoneError:
        return
    assert is_phone(read)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (US, True),
        ("+4930231251", True),
        ("+123456", False),
        ("+1234567890123456", False),
        ("+04155550132", False),
        ("14155550132", False),
        ("+1 415 555 0132", False),
        (US + "\n", False),
        ("+١٤١٥٥٥٥٠١٣٢", False),
        ("ACME", False),
        ("12345", False),
        ("", False),
    ],
)
def test_what_has_the_form_of_e164(text: str, expected: bool) -> None:
    assert is_phone(text) is expected


@pytest.mark.parametrize(
    ("e164", "region", "shown"),
    [
        (US, "US", "(415) 555-0132"),
        (US, "CA", "(415) 555-0132"),  # one numbering plan
        (US, "DE", "+1 415-555-0132"),
        (US, None, "+1 415-555-0132"),
        (US, "ZZ", "+1 415-555-0132"),
        (GB, "GB", "07700 900123"),
        (GB, "FR", "+44 7700 900123"),
        (FR, "FR", "06 39 98 12 34"),
        (BR, "BR", "(11) 91234-5678"),
        ("ACME", "US", "ACME"),
        ("12345", "US", "12345"),
        ("", "US", ""),
        ("+99912345678", "US", "+99912345678"),
    ],
)
def test_shows_numbers_as_a_country_writes_them(e164: str, region: str | None, shown: str) -> None:
    assert show_phone(e164, region) == shown


@pytest.mark.parametrize(
    ("e164", "region"),
    [
        (US, "US"),
        ("+14165550132", "CA"),
        ("+15555550132", "US"),  # of no area: the largest country of the plan
        ("+18005550132", "US"),
        (GB, "GB"),
        (DE, "DE"),
        ("+80012345678", None),  # of no country
        ("+99912345678", None),
        ("ACME", None),
        ("", None),
    ],
)
def test_the_country_of_a_number(e164: str, region: str | None) -> None:
    assert region_of(e164) == region


@pytest.mark.parametrize(
    ("e164", "written"),
    [
        (US, "(415) 555-0132"),
        (US, "415.555.0132"),
        (US, "415-5550132"),
        (US, "4155550132"),
        (US, "+1 415 555 0132"),
        (US, "1-415-555-0132"),
        (US, "+14155550132"),
        (US, "0014155550132"),
        (GB, "07700 900123"),
        (GB, "07700900123"),
        (GB, "+44 7700 900123"),
        (GB, "+44 (0)7700 900123"),
        (GB, "+447700 900123"),
        (GB, "+447700900123"),
        (DE, "030/23125123"),
        (DE, "+49 (0)30 23125123"),
        (DE, "0049 30 23125123"),
        (FR, "06.39.98.12.34"),
        (FR, "+33 6 39 98 12 34"),
        (FR, "+33639981234"),
        (BR, "(11) 91234-5678"),
        (BR, "+55 11 91234-5678"),
        (BR, "+5511912345678"),
    ],
)
def test_a_search_by_words_finds_the_usual_ways_to_write(e164: str, written: str) -> None:
    words = f" mine is {' '.join(re.findall(r'[0-9]+', written))} thanks "
    assert any(f" {way} " in words for way in ways_to_write(e164))


@pytest.mark.parametrize("e164", [US, GB, DE, FR, BR, "+390612345678", "+80012345678"])
def test_every_way_ends_with_the_number_and_stands_once(e164: str) -> None:
    ways = ways_to_write(e164)
    assert len(set(ways)) == len(ways)
    for way in ways:
        digits = way.replace(" ", "").lstrip("0")
        assert e164.endswith(digits)
        assert len(digits) >= 7


@pytest.mark.parametrize("text", ["", "ACME", "12345", "+99912345678"])
def test_what_is_no_number_cannot_be_searched_for(text: str) -> None:
    assert ways_to_write(text) == ()


def test_the_libraries_are_loaded_when_they_are_needed_and_not_before() -> None:
    modules = "phones, variables, sms_settings, rules.keywords, rules.auto_responder".split(", ")
    imports = "; ".join(f"import inbox_desktop.models.{module}" for module in modules)
    code = f"import sys; {imports}; print([m for m in ('phonenumbers', 'jinja2') if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
