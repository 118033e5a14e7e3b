"""The settings of an SMS channel: provider, number, rules. Never the secret itself."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from inbox_desktop.models.addresses import is_address
from inbox_desktop.models.errors import InboxError
from inbox_desktop.models.hosts import is_loopback
from inbox_desktop.models.kinds import ChannelKind
from inbox_desktop.models.phones import PhoneError, read_phone, region_of, show_phone
from inbox_desktop.models.variables import TemplateError, check, render

DEFAULT_AUTO_RESPONDER_TEXT: Final = (
    "{{ organization.prefix }}: We can't reply because you have not consented to SMS. "
    "For help contact us at {{ email }}."
)
AUTO_RESPONDER_VARIABLES: Final = ("organization.prefix", "email", "first_name")
"""What may stand in an auto-responder's text: the brand, where help is given, the customer's first name."""

OUR_WEBSITE: Final = "our website"
"""Where automatic answers send people for help while no address is set."""

LONGEST_ATTRIBUTION: Final = 720
"""Hours: thirty days."""
_LONGEST_ACCOUNT: Final = 200


class Provider(StrEnum):
    """Who carries the texts."""

    TWILIO = "twilio"
    VONAGE = "vonage"
    TELNYX = "telnyx"


class KeywordMatch(StrEnum):
    """Where in a text a word of the STOP group counts: anywhere, or only as the whole text."""

    CONTAINS = "contains"
    EXACT = "exact"


class AutoResponder(StrEnum):
    """Whose texts are answered by themselves."""

    OFF = "off"
    ALL = "all"
    NON_CONSENTED = "non_consented"


class SmsSettingsError(InboxError):
    """A setting cannot be used. The text says which, why, and what to enter instead."""


@dataclass(frozen=True, slots=True)
class SmsSettings:
    """How one number is read and written at its provider.

    `account` is what the provider calls an account (Twilio's account SID, Vonage's API key, Telnyx's
    messaging profile). `number` is E.164. `base_url` replaces the provider's own address (simulators).
    `secret_env` names an environment variable that is read whenever the channel signs in; when it is None
    the secret lies in the operating system's keyring under the channel's id. `brand` and `contact_email`
    stand in automatic answers. `notify_address` gets an e-mail for each new text while `notify` is on; ""
    stands for the owner's address. `attribution_hours` is the window in which a text counts as
    the answer to a campaign. `answer_keywords`: see `is_answered_here`. A relay checks webhooks with
    `webhook_key` (Telnyx's public key), or with what the variable `webhook_secret_env` holds (Vonage's
    signature secret); while both are empty, the keyring may hold that secret.
    """

    KIND: ClassVar = ChannelKind.SMS

    provider: Provider
    account: str
    number: str
    base_url: str | None = None
    secret_env: str | None = None
    keyword_match: KeywordMatch = KeywordMatch.CONTAINS
    auto_responder: AutoResponder = AutoResponder.NON_CONSENTED
    auto_responder_text: str = DEFAULT_AUTO_RESPONDER_TEXT
    brand: str = ""
    contact_email: str = ""
    notify: bool = True
    notify_address: str = ""
    attribution_hours: int = 24
    shorten_links: bool = True
    answer_keywords: bool | None = None
    webhook_key: str = ""
    webhook_secret_env: str | None = None

    def reads_the_same(self, former: dict[str, Any]) -> bool:
        """Whether a channel with these former settings was this very number at the same provider."""
        return all(former.get(name) == getattr(self, name) for name in ("provider", "account", "number"))

    def to_json(self) -> dict[str, Any]:
        """These settings as plain JSON values, for the channel's row."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> SmsSettings:
        """The settings read back from a channel's row; what a newer program added is left out.

        Raises:
            KeyError, TypeError, ValueError: the row does not hold SMS settings.
        """
        known = {name: values[name] for name in cls.__dataclass_fields__ if name in values}
        read: dict[str, Any] = {
            **known,
            "provider": Provider(values["provider"]),
            "keyword_match": KeywordMatch(known.get("keyword_match", KeywordMatch.CONTAINS)),
            "auto_responder": AutoResponder(known.get("auto_responder", AutoResponder.NON_CONSENTED)),
        }
        return cls(**read)

    def checked(self) -> SmsSettings:
        """These settings with the number as E.164 and without space around the texts.

        Raises:
            SmsSettingsError: one of them cannot be used.
        """
        settings = replace(
            self,
            account=self.account.strip(),
            number=_number(self.number),
            base_url=_base_url(self.base_url),
            brand=" ".join(self.brand.split()),
            contact_email=self.contact_email.strip(),
            notify_address=self.notify_address.strip(),
            webhook_key=self.webhook_key.strip(),
        )
        account = settings.account
        if not account or len(account) > _LONGEST_ACCOUNT or not account.isprintable() or " " in account:
            raise SmsSettingsError("Enter the account as the provider shows it, without spaces.")
        for what, address in (
            ("The address for help", settings.contact_email),
            ("The address for notifications", settings.notify_address),
        ):
            if address and not _is_public(address):
                raise SmsSettingsError(
                    f"{what} is no e-mail address. Enter one such as support@shop.example."
                )
        if not 1 <= settings.attribution_hours <= LONGEST_ATTRIBUTION:
            raise SmsSettingsError(
                f"The attribution window is 1 to {LONGEST_ATTRIBUTION} hours (30 days); the usual one is 24."
            )
        if settings.auto_responder is not AutoResponder.OFF:
            _check_text(settings.auto_responder_text)
        return settings

    def responder_text(self, first_name: str = "") -> str:
        """What the auto-responder says to a person.

        Without a brand the channel's number stands for it, without an address for help OUR_WEBSITE.

        Raises:
            variables.TemplateError: the text cannot be read. `checked` refuses such a text.
        """
        values = {
            "organization": {"prefix": self.brand or show_phone(self.number, region_of(self.number))},
            "email": self.contact_email or OUR_WEBSITE,
            "first_name": first_name,
        }
        return render(self.auto_responder_text, values).strip()


def _number(text: str) -> str:
    if any(character.isalpha() for character in text):
        raise SmsSettingsError(
            f"“{text.strip()[:40]}” is a sender's name (an alphanumeric sender ID). Customers can't text "
            "back to a name, so it can't be this channel's number. Enter a phone number of your account, as "
            "in +1 415 555 0132."
        )
    try:
        return read_phone(text)
    except PhoneError as error:
        raise SmsSettingsError(str(error)) from error


def _base_url(text: str | None) -> str | None:
    """The address without its last slash; the account's secret never travels in plain text."""
    address = (text or "").strip().rstrip("/")
    if not address:
        return None
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if not host or parts.scheme not in {"http", "https"} or parts.username or parts.query or parts.fragment:
        raise SmsSettingsError("The base URL is no web address. Leave it empty, or write https://host.")
    if parts.scheme == "http" and not is_loopback(host):
        raise SmsSettingsError(
            f"{host} would receive the secret in plain text. Write https://; http:// is allowed to this "
            "computer only."
        )
    return address


def _is_public(address: str) -> bool:
    """Whether an address has a domain of the Internet, not a computer of the house's own network."""
    return is_address(address) and "." in address.partition("@")[2].strip(".")


def _check_text(text: str) -> None:
    if not text.strip():
        raise SmsSettingsError("The auto-responder has no text. Write one, or switch it off.")
    try:
        check(text, AUTO_RESPONDER_VARIABLES)
    except TemplateError as error:
        raise SmsSettingsError(f"The auto-responder's text can't be used. {error}") from error
