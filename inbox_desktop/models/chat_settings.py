"""The settings of a web chat: what a desktop keeps of it, and what the relay applies."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from inbox_desktop.models.addresses import is_address
from inbox_desktop.models.errors import InboxError
from inbox_desktop.models.hosts import is_loopback
from inbox_desktop.models.json_values import yes_or_no
from inbox_desktop.models.kinds import ChannelKind
from inbox_desktop.models.rules.business_hours import BusinessHours, BusinessHoursError
from inbox_desktop.models.variables import TemplateError, check

LOCALES: Final = ("en", "pt", "es")
"""The widget's languages; the first stands in for all others."""
AUTO_LOCALE: Final = "auto"
"""Each visitor's own language, as their browser says."""

CHAT_VARIABLES: Final = ("first_name", "opens_at")
"""What may stand in an automatic text: the visitor's first name, and when the shop opens next, in words."""

LONGEST_NAME: Final = 80
LONGEST_TEXT: Final = 2_000
LONGEST_QUESTION: Final = 200
MOST_FAQ: Final = 20
MOST_ORIGINS: Final = 50
LARGEST_FILE_MB: Final = 25
LONGEST_FOLLOW_UP: Final = 24 * 60
"""Minutes."""
LONGEST_RETENTION: Final = 3_650
"""Days."""
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_CHAT_ID: Final = re.compile(r"[A-Za-z0-9_-]{22}")

DEFAULT_WELCOME: Final[Mapping[str, str]] = {
    "en": "Hi {{ first_name|default('there') }}! How can we help?",
    "pt": "Olá! Como podemos ajudar?",
    "es": "¡Hola! ¿En qué podemos ayudarte?",
}
DEFAULT_IN_HOURS: Final[Mapping[str, str]] = {
    "en": "Thanks for your message. We'll be with you in a few minutes.",
    "pt": "Obrigado pela mensagem. Respondemos em poucos minutos.",
    "es": "Gracias por tu mensaje. Te respondemos en unos minutos.",
}
DEFAULT_AWAY: Final[Mapping[str, str]] = {
    "en": "We're away at the moment and back {{ opens_at|default('soon') }}. Your message waits for us.",
    "pt": "Estamos ausentes e voltamos {{ opens_at|default('em breve') }}. A sua mensagem fica guardada.",
    "es": "Ahora no estamos y volvemos {{ opens_at|default('pronto') }}. Tu mensaje nos espera.",
}


class ChatSettingsError(InboxError):
    """A setting cannot be used. The text says which, why, and what to enter instead."""


class Position(StrEnum):
    """In which lower corner of the page the widget stands."""

    LEFT = "left"
    RIGHT = "right"


class AskContact(StrEnum):
    """Whether visitors are asked for name and e-mail address before their first message."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """How a desktop reaches one chat: which one (`chat_id`, 22 letters, public), at which relay.

    The relay's token is the inbox's, not the channel's: `secret_env` names the environment variable that
    holds it, None stands for the keyring.
    """

    KIND: ClassVar = ChannelKind.CHAT

    chat_id: str
    relay_url: str
    secret_env: str | None = None

    @property
    def account(self) -> str:
        """A chat signs in nowhere by itself: the relay's link does."""
        return ""

    def reads_the_same(self, former: dict[str, Any]) -> bool:
        """Whether a channel with these former settings was this very chat, wherever the relay was then."""
        return former.get("chat_id") == self.chat_id

    def to_json(self) -> dict[str, Any]:
        """These settings as plain JSON values, for the channel's row."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> ChatSettings:
        """The settings read back from a channel's row.

        Raises:
            KeyError, TypeError: the row does not hold a chat's settings.
        """
        return cls(values["chat_id"], values["relay_url"], values.get("secret_env"))


def is_chat_id(text: str) -> bool:
    """Whether a text has the form of a chat's id."""
    return _CHAT_ID.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Faq:
    """A question that visitors may choose, and its answer."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class ChatSite:
    """What the relay applies to one chat. Its truth is at the relay, for several desktops may change it.

    `origins` are the pages' origins that may use the chat ("https://shop.example"). `welcome`,
    `in_hours_reply` and `away_reply` are texts by locale, with CHAT_VARIABLES; none or a blank one is not
    sent. `support_address` is the e-mail channel's address that follow-ups and transcripts come from; "" =
    neither. `retention_days` 0 = for ever. With `identity_required` only visitors whose identity the shop's
    server signed may write.
    """

    name: str
    origins: tuple[str, ...]
    colour: str = "#1f6feb"
    position: Position = Position.RIGHT
    locale: str = AUTO_LOCALE
    ask_contact: AskContact = AskContact.OPTIONAL
    welcome: Mapping[str, str] = field(default_factory=lambda: dict(DEFAULT_WELCOME))
    in_hours_reply: Mapping[str, str] = field(default_factory=lambda: dict(DEFAULT_IN_HOURS))
    away_reply: Mapping[str, str] = field(default_factory=lambda: dict(DEFAULT_AWAY))
    hours: BusinessHours = field(default_factory=BusinessHours)
    follow_up: bool = True
    follow_up_minutes: int = 3
    support_address: str = ""
    faq: tuple[Faq, ...] = ()
    max_file_mb: int = 10
    retention_days: int = 365
    identity_required: bool = False

    def to_json(self) -> dict[str, Any]:
        """This site as plain JSON values."""
        return {**asdict(self), "origins": list(self.origins), "hours": self.hours.to_json()}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> ChatSite:
        """The site that `to_json` wrote, unchecked; what a newer program added is left out.

        Raises:
            TypeError, ValueError, KeyError, AttributeError: this is no chat's site.
        """
        read = {name: reader(values[name]) for name, reader in _READERS.items() if name in values}
        return cls(**read)

    def checked(self) -> ChatSite:
        """This site with origins as browsers write them and without space around the texts.

        Raises:
            ChatSettingsError: one of the settings cannot be used.
        """
        site = replace(
            self,
            name=" ".join(self.name.split()),
            origins=tuple(dict.fromkeys(map(origin_checked, self.origins))),
            colour=self.colour.strip().lower(),
            welcome=_texts_checked("The welcome message", self.welcome),
            in_hours_reply=_texts_checked("The reply during business hours", self.in_hours_reply),
            away_reply=_texts_checked("The away message", self.away_reply),
            hours=_hours_checked(self.hours),
            support_address=self.support_address.strip(),
            faq=tuple(map(_faq_checked, self.faq)),
        )
        _check_look(site)
        _check_numbers(site)
        if site.support_address and not is_address(site.support_address):
            raise ChatSettingsError(
                "The support address is no e-mail address. Enter one such as support@shop.example."
            )
        return site

    def locale_for(self, visitors: str) -> str:
        """In which of LOCALES a visitor is spoken to, whose browser says `visitors` ("pt-BR")."""
        wanted = visitors if self.locale == AUTO_LOCALE else self.locale
        language = wanted.replace("_", "-").split("-")[0].lower()
        return language if language in LOCALES else LOCALES[0]


def _texts_read(texts: Any) -> dict[str, str]:
    return {str(locale): str(text) for locale, text in texts.items()}


def _faq_read(entries: Any) -> tuple[Faq, ...]:
    return tuple(Faq(str(one["question"]), str(one["answer"])) for one in entries)


_READERS: Final[dict[str, Callable[[Any], Any]]] = {
    "name": str,
    "origins": lambda origins: tuple(map(str, origins)),
    "colour": str,
    "position": Position,
    "locale": str,
    "ask_contact": AskContact,
    "welcome": _texts_read,
    "in_hours_reply": _texts_read,
    "away_reply": _texts_read,
    "hours": BusinessHours.from_json,
    "follow_up": yes_or_no,
    "follow_up_minutes": int,
    "support_address": str,
    "faq": _faq_read,
    "max_file_mb": int,
    "retention_days": int,
    "identity_required": yes_or_no,
}
"""How each of a site's JSON values is read back."""


def text_for(texts: Mapping[str, str], locale: str) -> str:
    """The text in a language, else in the first of LOCALES that has one; "" when there is none."""
    return next((texts[one] for one in (locale, *LOCALES) if texts.get(one, "").strip()), "")


def origin_checked(text: str) -> str:
    """An origin as browsers write it: scheme and host in small letters, no usual port (RFC 6454, 6.2).

    Raises:
        ChatSettingsError: it is none, or an unencrypted one that is not on this computer.
    """
    address = text.strip().rstrip("/")
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except (ValueError, UnicodeError):
        parts, host, port = urlsplit(""), "", None
    if (
        not host
        or "*" in host
        or parts.scheme not in {"http", "https"}
        or parts.username is not None
        or parts.path
        or parts.query
        or parts.fragment
    ):
        raise ChatSettingsError(
            f"“{text.strip()[:80]}” is no page's origin. Write it as https://shop.example, without a path; "
            "every host needs an entry of its own (www.shop.example, too)."
        )
    if parts.scheme == "http" and not is_loopback(host):
        raise ChatSettingsError(
            f"Anybody on the way could read what visitors of http://{host} write. Write https://; http:// is "
            "allowed on this computer only."
        )
    shown = f"[{host}]" if ":" in host else host
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{shown}" + ("" if port in {None, usual} else f":{port}")


def _check_look(site: ChatSite) -> None:
    if not site.name or len(site.name) > LONGEST_NAME:
        raise ChatSettingsError(f"Give the chat a name of up to {LONGEST_NAME} letters; visitors see it.")
    if not site.origins:
        raise ChatSettingsError("Enter the page that shows the chat, as in https://shop.example.")
    if len(site.origins) > MOST_ORIGINS:
        raise ChatSettingsError(f"A chat has at most {MOST_ORIGINS} origins. Make a second chat.")
    if not _COLOUR.fullmatch(site.colour):
        raise ChatSettingsError("The colour is written as # and six digits, as in #1f6feb.")
    if site.locale not in {AUTO_LOCALE, *LOCALES}:
        raise ChatSettingsError(f"The language is {AUTO_LOCALE}, {', '.join(LOCALES[:-1])} or {LOCALES[-1]}.")
    if len(site.faq) > MOST_FAQ:
        raise ChatSettingsError(f"There can be {MOST_FAQ} questions. Remove some.")


def _check_numbers(site: ChatSite) -> None:
    for what, number, least, most, unit in (
        ("The follow-up is sent after", site.follow_up_minutes, 1, LONGEST_FOLLOW_UP, "minutes"),
        ("The largest file has", site.max_file_mb, 1, LARGEST_FILE_MB, "MB"),
        ("Conversations are kept for", site.retention_days, 0, LONGEST_RETENTION, "days (0: for ever)"),
    ):
        if not least <= number <= most:
            raise ChatSettingsError(f"{what} {least:,} to {most:,} {unit}.")


def _texts_checked(what: str, texts: Mapping[str, str]) -> dict[str, str]:
    kept = {}
    for locale, text in texts.items():
        if locale not in LOCALES:
            raise ChatSettingsError(f"{what} can be written in {', '.join(LOCALES)}, not in “{locale[:20]}”.")
        if len(text) > LONGEST_TEXT:
            raise ChatSettingsError(f"{what} is longer than {LONGEST_TEXT:,} letters. Shorten it.")
        try:
            check(text, CHAT_VARIABLES)
        except TemplateError as error:
            raise ChatSettingsError(f"{what} ({locale}) can't be used. {error}") from error
        if text.strip():
            kept[locale] = text.strip()
    return kept


def _hours_checked(hours: BusinessHours) -> BusinessHours:
    try:
        return hours.checked()
    except BusinessHoursError as error:
        raise ChatSettingsError(f"The business hours can't be used. {error}") from error


def _faq_checked(faq: Faq) -> Faq:
    question, answer = " ".join(faq.question.split()), faq.answer.strip()
    if not question or not answer:
        raise ChatSettingsError("Each question needs an answer, and each answer a question.")
    if len(question) > LONGEST_QUESTION or len(answer) > LONGEST_TEXT:
        raise ChatSettingsError(
            f"A question has at most {LONGEST_QUESTION} letters and its answer {LONGEST_TEXT:,}: "
            f"“{question[:40]}”."
        )
    return Faq(question, answer)
