"""Compliance keywords: which texts are one, what they change, what they are answered with.

See docs/decisions/0020-sms-keywords.md for what the product's section 2 leaves open.
"""

import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from inbox_desktop.models.kinds import ConsentState
from inbox_desktop.models.sms_settings import OUR_WEBSITE, KeywordMatch, Provider, SmsSettings


class Keyword(StrEnum):
    """What a person asks for by a keyword, under the best known word of each group."""

    HELP = "HELP"
    STOP = "STOP"
    YES = "YES"
    START = "START"


_GROUPS: Final = {
    Keyword.HELP: frozenset({"help", "info"}),
    Keyword.STOP: frozenset({"stop", "stopall", "unsubscribe", "quit", "end", "cancel"}),
    Keyword.YES: frozenset({"yes", "y"}),
    Keyword.START: frozenset({"start", "unstop"}),
}
_ALWAYS_WITHIN_US: Final = frozenset({"stop", "stopall"})

# Texts that are nothing else, which providers answer themselves until that is switched off; they refuse what
# is sent after a STOP. See twilio.com/docs/messaging/tutorials/advanced-opt-out and
# support.telnyx.com/en/articles/1270091-sms-opt-out-keywords-and-stop-words.
_OPTING: Final = _GROUPS[Keyword.STOP] | _GROUPS[Keyword.START]
_ANSWERED_BY: Final = {
    Provider.TWILIO: _OPTING | _GROUPS[Keyword.HELP] | {"yes"},
    Provider.TELNYX: _OPTING | {"stop all"},
}

_LONGEST_READ: Final = 5_000
# Letters and digits; a hyphen or an apostrophe between them joins: "non-stop" is one word, "week-end" too.
_WORD: Final = re.compile(r"\w+(?:[-‐'’]\w+)*")
# The address of a page or a person is one word, whatever is in it.
_PERSON: Final = re.compile(r"\w@\w")
_PAGE: Final = re.compile(r"\W*(?:www\.|\w[\w-]*(?:\.[\w-]+)+/)")
# Capitals and small letters of "i" that Turkish keyboards write.
_TURKISH_I: Final = str.maketrans("İı", "ii")


def read_keyword(
    text: str, match: KeywordMatch, region: str | None, *, has_consent: bool = False
) -> Keyword | None:
    """The keyword that a text is, or None for a text that a person must read.

    Capitals, marks around the word and invisible characters make no difference, accents do. A word of the
    STOP group counts anywhere in the text, or with `KeywordMatch.EXACT` only when the text has no other
    word; all other keywords only when there is no other word.

    Args:
        text: the text as it came.
        match: the channel's setting.
        region: the country of the number that the text came from (`phones.region_of`): within the US the
            word STOP counts anywhere, whatever the setting.
        has_consent: whether this person may be texted. A "yes" of theirs changes nothing: it is the answer
            to a question of ours, and no keyword.
    """
    words = frozenset(_words(text))
    anywhere = _GROUPS[Keyword.STOP] if match is KeywordMatch.CONTAINS else frozenset()
    if region == "US":
        anywhere |= _ALWAYS_WITHIN_US
    if words & anywhere:
        return Keyword.STOP
    only = next(iter(words)) if len(words) == 1 else ""
    found = next((keyword for keyword, group in _GROUPS.items() if only in group), None)
    return None if found is Keyword.YES and has_consent else found


def consent_change(keyword: Keyword) -> ConsentState | None:
    """What a keyword makes of a person's consent; None leaves it as it is. STOP ends every kind of text."""
    match keyword:
        case Keyword.STOP:
            return ConsentState.REVOKED
        case Keyword.START | Keyword.YES:
            return ConsentState.GRANTED
        case Keyword.HELP:
            return None


def is_answered_here(text: str, settings: SmsSettings) -> bool:
    """Whether a keyword's standard answer is ours to give: as it is set, else unless the provider gives one.

    Providers know only a text that is nothing but a word of theirs: to "please stop" they say nothing.
    """
    if settings.answer_keywords is not None:
        return settings.answer_keywords
    return " ".join(text.split()).casefold() not in _ANSWERED_BY.get(settings.provider, frozenset())


def keeps_opt_outs(settings: SmsSettings) -> bool:
    """Whether the provider itself refuses whatever is sent to somebody after their STOP."""
    return settings.provider in _ANSWERED_BY and settings.answer_keywords is not True


def answer(keyword: Keyword, brand: str, contact: str) -> str:
    """The standard answer to a keyword.

    Args:
        keyword: what was asked for.
        brand: who answers; "" leaves the name out.
        contact: where help is given (an e-mail address); "" sends people to the brand's website.
    """
    match keyword:
        case Keyword.HELP:
            words = f"For help contact us at {' '.join(contact.split()) or OUR_WEBSITE}. "
            words += "Msg & data rates may apply. Reply STOP to unsubscribe."
        case Keyword.STOP:
            words = "You are unsubscribed and will get no more texts from us. Reply START to subscribe again."
        case _:
            words = "You are subscribed to our texts. Msg & data rates may apply. Reply HELP for help, "
            words += "STOP to unsubscribe."
    brand = " ".join(brand.split())
    return f"{brand}: {words}" if brand else words


def _words(text: str) -> Iterator[str]:
    """The text's words in small letters, without anything invisible in them."""
    plain = unicodedata.normalize("NFKC", text[:_LONGEST_READ])[:_LONGEST_READ]
    plain = plain.translate(_TURKISH_I).casefold()
    visible = "".join(c for c in plain if c.isspace() or not _is_invisible(c))
    for piece in visible.split():
        if "://" in piece or _PERSON.search(piece) or _PAGE.match(piece):
            yield piece
        else:
            yield from _WORD.findall(piece)


def _is_invisible(character: str) -> bool:
    """Whether it is a control, a zero-width character or an emoji's variation selector."""
    return unicodedata.category(character) in {"Cc", "Cf"} or "\ufe00" <= character <= "\ufe0f"
