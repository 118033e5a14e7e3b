"""What providers call the parts of a channel of texts, and what its rules mean, in words. No widgets."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NamedTuple

from inbox_desktop.models.sms_settings import (
    AUTO_RESPONDER_VARIABLES,
    AutoResponder,
    KeywordMatch,
    Provider,
    SmsSettings,
)
from inbox_desktop.models.variables import check
from inbox_desktop.ui.composer.lengths import length_words

SAMPLE_NAME: Final = "Ana"
"""Whom the preview of the auto-responder answers."""


class ProviderWords(NamedTuple):
    """What a provider calls account and secret, how the account looks, and where both are found."""

    name: str
    account: str
    account_hint: str
    secret: str
    where: str


PROVIDERS: Final = {
    Provider.TWILIO: ProviderWords(
        "Twilio",
        "Account SID",
        "AC…",
        "Auth token",
        "Both stand on the first page of the Twilio Console (console.twilio.com), under Account Info.",
    ),
    Provider.VONAGE: ProviderWords(
        "Vonage",
        "API key",
        "8 letters and digits",
        "API secret",
        "Both stand in the Vonage dashboard (dashboard.vonage.com). Texts come without their pictures.",
    ),
    Provider.TELNYX: ProviderWords(
        "Telnyx",
        "Messaging profile",
        "Its ID, or its name without spaces",
        "API key",
        "In the Mission Control Portal (portal.telnyx.com), under Messaging and under API Keys (KEY…).",
    ),
}

MATCHES: Final = {
    KeywordMatch.CONTAINS: (
        "Anywhere in a text",
        "“Please stop the 8 am ones” opts the person out: no ticket opens, and you can no longer text them.",
    ),
    KeywordMatch.EXACT: (
        "Only as the whole text",
        "“Please stop the 8 am ones” becomes a ticket. From US numbers the word STOP counts anywhere still.",
    ),
}
"""Where a word of the STOP group counts, and what follows from that."""

RESPONDERS: Final = {
    AutoResponder.OFF: ("Off", "Nobody gets an automatic answer, whether or not you may text them."),
    AutoResponder.ALL: ("Everybody", "Everybody who texts gets the answer below, at most once in 24 hours."),
    AutoResponder.NON_CONSENTED: (
        "People without consent",
        "Recommended. Whoever you may not text gets the answer below, at most once in 24 hours.",
    ),
}
"""Whom the auto-responder answers, and what follows from that."""

KEYWORD_ANSWERS: Final = {None: "As the provider does", True: "Always", False: "Never"}
"""Whether HELP, STOP and START are answered from here."""

VARIABLES: Final = {
    "{{ organization.prefix }}": "Brand",
    "{{ email }}": "Address for help",
    "{{ first_name|default('there') }}": "First name",
}
"""What can be put into the auto-responder's text, and what it is called."""
assert {name.strip("{} ").partition("|")[0] for name in VARIABLES} == set(AUTO_RESPONDER_VARIABLES)


class Preview(NamedTuple):
    """What the auto-responder would say, and how long that is, in words."""

    text: str
    length: str


def keyword_answers_words(settings_answer: bool | None, provider: Provider) -> str:
    """What follows from the choice about answers to keywords."""
    if settings_answer is False:
        return "HELP, STOP and START change the consent and get no answer from here."
    if settings_answer is None and provider is Provider.TWILIO:
        return "Twilio answers HELP, STOP and START itself, unless that was switched off there."
    if settings_answer is None and provider is Provider.TELNYX:
        return "Telnyx answers STOP and START itself; HELP gets the standard answer from here."
    return "HELP, STOP and START get the standard answer from here."


def preview(settings: SmsSettings) -> Preview:
    """What the auto-responder would say to somebody called Ana. Slow the first time: no work for the window.

    Raises:
        TemplateError: the text cannot be used.
    """
    check(settings.auto_responder_text, AUTO_RESPONDER_VARIABLES)
    text = replace(settings, brand=" ".join(settings.brand.split())).responder_text(SAMPLE_NAME)
    return Preview(text, length_words(text))
