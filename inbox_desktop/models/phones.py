"""Phone numbers: read as people write them, kept as E.164, shown as their country writes them.

`phonenumbers` is loaded by the first call that needs it: the window's start must not wait for it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from inbox_desktop.models.errors import InboxError

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_LONGEST_SHOWN: Final = 40
_NOWHERE: Final = "001"
"""The region that phonenumbers gives to numbers of no country, as +800."""


class PhoneError(InboxError):
    """What was written is no phone number. The text says what is wrong and how to write one."""


def is_phone(text: str) -> bool:
    """Whether this has the form of an E.164 number: a plus and 7 to 15 digits (ITU-T E.164)."""
    return _E164.fullmatch(text) is not None


def read_phone(text: str, region: str | None = None) -> str:
    """The number that a person wrote, as E.164.

    Whether it has been handed out is not asked: countries open new ranges faster than programs learn of them.

    Args:
        text: a number with its country code (+ or 00), or as people within `region` write it.
        region: the country (ISO 3166, "US") of numbers that are written without a country code.

    Raises:
        PhoneError: it is no phone number, or it could be one of several countries.
    """
    written = "".join(c for c in text if unicodedata.category(c)[0] != "C").strip().removeprefix("tel:")
    shown = f"“{written[:_LONGEST_SHOWN]}”"
    if not any(character.isdigit() for character in written):
        raise PhoneError(
            f"{shown} is no phone number. Enter its digits." if written else "Enter a phone number."
        )
    if any(character.isalpha() for character in written):
        raise PhoneError(f"{shown} has letters in it. Write the phone number in digits.")
    if region is None and not written.startswith(("+", "＋", "00")):
        raise PhoneError(
            f"{shown} has no country code. Begin with + and the country code, as in +1 415 555 0132."
        )
    wrong = ""
    for candidate in [written, f"+{written[2:]}"] if written.startswith("00") else [written]:
        number = _parse(candidate, region)
        wrong = _what_is_wrong(number)
        if number is not None and not wrong:
            return _e164(number)
    raise PhoneError(f"{shown} is no phone number: {wrong}. Check its digits.")


def show_phone(e164: str, region: str | None = None) -> str:
    """A number for people: as it is dialled within `region` if it lies there, else with its country code.

    What is no E.164 number (a sender's name, a short code) is shown as it is.
    """
    return _shown(e164, region) if is_phone(e164) else e164


@lru_cache(maxsize=64)
def _region_of(e164: str) -> str | None:
    return region_of(e164)


@lru_cache(maxsize=4096)
def _shown(e164: str, region: str | None) -> str:
    import phonenumbers  # noqa: PLC0415 - see above

    number = _parse(e164, None)
    if number is None:
        return e164
    at_home = region is not None and number.country_code == phonenumbers.country_code_for_region(region)
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(number, form.NATIONAL if at_home else form.INTERNATIONAL)


def region_of(e164: str) -> str | None:
    """The country (ISO 3166) of a number, None if it has none.

    Of countries that share a code, the one that a number belongs to; the largest one if nobody knows.
    """
    import phonenumbers  # noqa: PLC0415 - see above

    number = _parse(e164, None) if is_phone(e164) else None
    if number is None:
        return None
    largest = phonenumbers.region_code_for_country_code(number.country_code or 0)
    region = phonenumbers.region_code_for_number(number) or largest
    return None if region in {_NOWHERE, phonenumbers.UNKNOWN_REGION} else region


def show_phone_to(e164: str, ours: str) -> str:
    """A number for people who sit where our own number `ours` (E.164) is."""
    return show_phone(e164, _region_of(ours)) if is_phone(e164) else e164


def ways_to_write(e164: str) -> tuple[str, ...]:
    """How people group a number's digits, with spaces between the groups: the phrases to search a text for.

    A search that splits words at whatever is no letter or digit finds "+1 (415) 555-0132" by "415 555 0132";
    so a country code in a group of its own is left out. What is found may be a part of another number.
    """
    import phonenumbers  # noqa: PLC0415 - see above

    number = _parse(e164, None) if is_phone(e164) else None
    if number is None:
        return ()
    form = phonenumbers.PhoneNumberFormat
    code, *abroad = _groups(phonenumbers.format_number(number, form.INTERNATIONAL))
    ways = _joinings(_groups(phonenumbers.format_number(number, form.NATIONAL)))
    for first, *others in _joinings(abroad):
        ways += [[first, *others], [code + first, *others], [f"00{code}{first}", *others]]
    return tuple(dict.fromkeys(map(" ".join, ways)))


def _groups(shown: str) -> list[str]:
    return re.findall(r"[0-9]+", shown)


def _joinings(groups: list[str]) -> list[list[str]]:
    """The groups as they are, all behind the first one in one piece, and all in one piece."""
    return [groups, [groups[0], *filter(None, ["".join(groups[1:])])], ["".join(groups)]]


def _parse(text: str, region: str | None) -> PhoneNumber | None:
    import phonenumbers  # noqa: PLC0415 - see above

    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None


def _what_is_wrong(number: PhoneNumber | None) -> str:
    """Why no phone can have this number, "" if one can."""
    import phonenumbers  # noqa: PLC0415 - see above

    if number is None:
        return "no country has numbers like it"
    results = phonenumbers.ValidationResult
    words = {
        results.IS_POSSIBLE: "",
        results.IS_POSSIBLE_LOCAL_ONLY: "it lacks its area code",
        results.INVALID_COUNTRY_CODE: "no country has this code",
        results.TOO_SHORT: "it is too short",
        results.TOO_LONG: "it is too long",
    }
    return words.get(phonenumbers.is_possible_number_with_reason(number), "its length is wrong")


def _e164(number: PhoneNumber) -> str:
    import phonenumbers  # noqa: PLC0415 - see above

    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
