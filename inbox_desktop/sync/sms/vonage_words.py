"""Vonage's status codes in words: why a text was refused, or did not arrive."""

from __future__ import annotations

from inbox_desktop.sync.errors import quoted

THROTTLED = frozenset({"1", "10"})
"""Too many at once: nothing was taken."""

SIGN_IN = frozenset({"4", "8", "11", "14", "32"})
"""Credentials wrong, or the account suspended or without the SMS API: somebody must act."""

INTERNAL = "5"
"""Something went wrong while the text was being worked on: nobody knows how far it came."""

# developer.vonage.com/en/api-errors/sms
_REFUSALS = {
    "1": "Vonage asks to send more slowly.",
    "2": "Vonage missed something in the request.",
    "3": "Vonage did not accept a value of the request; most often it is the person's number.",
    "4": "Vonage did not accept the account's key and secret.",
    "5": "Vonage had a fault of its own while it took the text.",
    "6": "Vonage cannot send to a number like this person's.",
    "7": "The person's number is barred at Vonage.",
    "8": "The Vonage account is suspended.",
    "9": "The Vonage account has not enough credit.",
    "10": "The Vonage account has too many connections at once.",
    "11": "The Vonage account may not use the SMS API.",
    "12": "The text is too long.",
    "14": "Vonage did not accept the request's signature.",
    "15": "The channel's number may not send to this country.",
    "22": "Vonage does not know the person's network.",
    "23": "Vonage did not accept an address in the request.",
    "29": "A trial account of Vonage may text listed numbers only.",
    "32": "The Vonage account wants signed requests instead of a secret.",
    "33": "The person's number is no longer in use.",
}

# developer.vonage.com/en/messaging/sms/guides/delivery-receipts
_FAILURES = {
    "2": "The person's phone could not be reached. It may be switched off or without signal.",
    "3": "The person's number is unknown or no longer in use.",
    "4": "The person's phone blocks this text.",
    "5": "The person's number has moved to another carrier.",
    "6": "The carrier filtered the text as unwanted.",
    "7": "The person's phone was busy.",
    "8": "The carrier's network had a fault.",
    "9": "The person's number cannot receive texts.",
    "10": "The carrier did not accept the text.",
    "11": "There is no way to the person's number.",
    "12": "The person's number cannot be reached.",
    "13": "The person's carrier blocks texts of this kind for people of this age.",
    "14": "The carrier blocks texts to the person's number.",
    "15": "The person's prepaid card has no credit.",
    "16": "The gateway's quota is used up.",
    "50": "The sender is not registered as the country asks for.",
    "51": "The sender's name is not registered as the country asks for.",
    "52": "The text's words are not registered as the country asks for.",
    "53": "The country's register holds no consent of the person.",
    "54": "The country's rules do not allow this text.",
}


def refusal(code: str, said: str) -> str:
    """Why a text was not taken."""
    return _in_words(_REFUSALS, code, said)


def failure(code: str, said: str) -> str:
    """Why a text that was taken did not arrive."""
    return _in_words(_FAILURES, code, said)


def _in_words(sentences: dict[str, str], code: str, said: str) -> str:
    sentence = sentences.get(code)
    if sentence is None:
        sentence = f"{quoted(said).rstrip('.')}." if said else "Vonage gave no reason."
    return f"{sentence} (Vonage {code})" if code else sentence
