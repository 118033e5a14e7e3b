"""Twilio's error codes in words: why a text was refused, or did not arrive."""

from __future__ import annotations

from inbox_desktop.sync.errors import quoted

OPTED_OUT = "21610"

SIGN_IN = frozenset({"10001", "20002", "20003", "20005", "20006", "20008", "20403"})
"""Account closed or suspended, credentials wrong or without the right: somebody must act."""

LATER = frozenset({"14107", "20429", "21611", "20503"})
"""Too many at once: nothing was taken."""

# twilio.com/docs/api/errors: what each means, told to a support agent.
_WORDS = {
    "10001": "The Twilio account is not active.",
    "20003": "Twilio did not accept the account's sign-in.",
    "20005": "The Twilio account is not active.",
    "21211": "The number of the person is not a valid phone number.",
    "21212": "The channel's number is not a valid sender.",
    "21408": "The Twilio account may not text this country; Twilio's geographic permissions say which.",
    "21602": "The text is empty.",
    "21606": "The channel's number cannot send texts with this account.",
    "21608": "A trial account of Twilio may text verified numbers only.",
    "21610": "The person has opted out of texts from this number. Texting START takes it back.",
    "21611": "Too many texts of this number wait at Twilio.",
    "21612": "Twilio has no way from the channel's number to this person's.",
    "21614": "The person's number cannot receive texts.",
    "21617": "The text is longer than 1,600 characters.",
    "21620": "Twilio could not use the address of a picture.",
    "21623": "A text holds at most ten pictures.",
    "21659": "The channel's number does not belong to the Twilio account.",
    "21660": "The channel's number does not belong to the Twilio account.",
    "30001": "The text waited too long at Twilio and was dropped.",
    "30002": "The Twilio account was suspended before the text left.",
    "30003": "The person's phone could not be reached. It may be switched off or without signal.",
    "30004": "The person's phone or its carrier blocks this text.",
    "30005": "The person's number is unknown or no longer in use.",
    "30006": "The person's number is a landline, or its carrier takes no texts.",
    "30007": "The carrier filtered the text as unwanted.",
    "30008": "The text was not delivered; the carrier gave no reason.",
    "30009": "A part of the text was lost.",
    "30010": "The text costs more than the account allows.",
    "30011": "The person's number cannot receive pictures.",
    "30017": "The carrier's network was overloaded.",
    "30019": "The pictures are too large for the person's carrier.",
    "30022": "Too many texts were sent for the number's registration (US 10DLC).",
    "30023": "The day's limit of the number's registration is used up (US 10DLC).",
    "30032": "The toll-free number is not verified.",
    "30034": "The number is not registered for texts in the US (10DLC).",
    "30036": "The text could not be delivered in time.",
    "63038": "The Twilio account has used up its texts of the day.",
}


def in_words(code: str, said: str) -> str:
    """A sentence for people, with the code; what Twilio says itself where we know no better one."""
    sentence = _WORDS.get(code)
    if sentence is None:
        sentence = f"{quoted(said).rstrip('.')}." if said else "Twilio gave no reason."
    return f"{sentence} (Twilio {code})" if code else sentence
