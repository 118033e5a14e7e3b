"""Telnyx's error codes in words: why a text was refused, or did not arrive."""

from __future__ import annotations

from inbox_desktop.sync.errors import quoted

OPTED_OUT = "40300"

SIGN_IN = frozenset({"10009", "10010", "20002", "20006", "20012", "20013", "20014"})
"""Key wrong, expired or without the right, or the account inactive: somebody must act."""

LATER = frozenset({"10011", "40318"})
"""Too many at once: nothing was taken."""

# developers.telnyx.com/docs/messaging/messages/error-codes
_WORDS = {
    "10001": "The channel's number is not active at Telnyx.",
    "10002": "The number of the person is not a valid phone number.",
    "10009": "Telnyx did not accept the API key.",
    "10010": "The API key may not do this at Telnyx.",
    "10016": "The number of the person is not a valid phone number.",
    "20100": "The Telnyx account has not enough credit.",
    "40001": "The person's number cannot receive texts. It may be a landline.",
    "40002": "The text was filtered as unwanted, for the time being.",
    "40003": "The carrier blocks the channel's number for unwanted texts.",
    "40004": "The person's carrier refused the text and gave no reason.",
    "40005": "The text could not be delivered in time.",
    "40006": "The person's carrier could not be reached.",
    "40008": "The person's carrier did not accept the text.",
    "40009": "The text's content was not accepted.",
    "40011": "Too many texts were sent at once for the carrier.",
    "40012": "The person's number was not accepted by the carrier.",
    "40013": "The channel's number was not accepted by the carrier.",
    "40014": "The text waited too long at Telnyx and was dropped.",
    "40015": "Telnyx filtered the text as unwanted.",
    "40100": "The channel's number is not enabled for texts at Telnyx.",
    "40300": "The person has opted out of texts from this number. Texting START takes it back.",
    "40301": "Telnyx does not support texts of this kind to this person.",
    "40302": "The text is too large.",
    "40304": "The content of the text was not accepted.",
    "40305": "The channel's number cannot send texts with this account.",
    "40309": "The Telnyx account may not text this country.",
    "40310": "The number of the person is not a valid phone number.",
    "40312": "The messaging profile of the number is switched off at Telnyx.",
    "40316": "The text is empty.",
    "40317": "The pictures were not accepted.",
    "40318": "Too many texts of this number wait at Telnyx.",
    "40333": "The day's limit of the messaging profile is used up.",
}


def in_words(code: str, said: str) -> str:
    """A sentence for people, with the code; what Telnyx says itself where we know no better one."""
    sentence = _WORDS.get(code)
    if sentence is None:
        sentence = f"{quoted(said).rstrip('.')}." if said else "Telnyx gave no reason."
    return f"{sentence} (Telnyx {code})" if code else sentence
