"""What stands in the e-mails of a chat, in the visitor's language. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from inbox_desktop.models.chat_settings import ChatSite
from inbox_desktop.models.kinds import MailJobKind


class Line(NamedTuple):
    """One message of a chat: who wrote it ("" for the visitor), what, when, and the names of its files."""

    author: str
    text: str
    at: datetime
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChatMail:
    """Subject and text of an e-mail."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class _Words:
    hello: str
    hello_name: str
    subject: str
    answered: str
    how: str
    page: str
    transcript_subject: str
    transcript: str
    you: str
    file: str


_WORDS: Final = {
    "en": _Words(
        hello="Hello,",
        hello_name="Hello {name},",
        subject="{shop} has answered you",
        answered="you left our chat before you saw this:",
        how="Just answer this e-mail, and we go on.",
        page="You can also go on in the chat: {page}",
        transcript_subject="Your chat with {shop}",
        transcript="here is your chat with {shop}, as you asked. If you need anything else, answer this "
        "e-mail.",
        you="You",
        file="File: {name}",
    ),
    "pt": _Words(
        hello="Olá,",
        hello_name="Olá, {name},",
        subject="{shop} respondeu",
        answered="você saiu do nosso chat antes de ver isto:",
        how="Responda a este e-mail para continuar a conversa.",
        page="Também pode continuar no chat: {page}",
        transcript_subject="A sua conversa com {shop}",
        transcript="aqui está a sua conversa com {shop}, como pediu. Se precisar de mais alguma coisa, "
        "responda a este e-mail.",
        you="Você",
        file="Arquivo: {name}",
    ),
    "es": _Words(
        hello="Hola:",
        hello_name="Hola, {name}:",
        subject="{shop} te ha respondido",
        answered="saliste de nuestro chat antes de ver esto:",
        how="Responde a este correo y seguimos por aquí.",
        page="También puedes seguir en el chat: {page}",
        transcript_subject="Tu chat con {shop}",
        transcript="aquí tienes tu chat con {shop}, como pediste. Si necesitas algo más, responde a este "
        "correo.",
        you="Tú",
        file="Archivo: {name}",
    ),
}


def chat_mail(
    kind: MailJobKind, site: ChatSite, lines: Sequence[Line], *, locale: str, name: str, page: str
) -> ChatMail:
    """The e-mail: the answers that a visitor has not seen, or the whole conversation.

    `locale` is what the visitor's browser says, `name` the visitor's, `page` where they chatted; both may be
    "". Times are those of the shop's clock.
    """
    words = _WORDS[site.locale_for(locale)]
    greeting = words.hello_name.format(name=_one_line(name)) if name.strip() else words.hello
    if kind is MailJobKind.TRANSCRIPT:
        zone = ZoneInfo(site.hours.time_zone)
        told = [_told(line, words, zone) for line in lines]
        parts = [greeting, words.transcript.format(shop=site.name), *told, site.name]
        return ChatMail(words.transcript_subject.format(shop=site.name), "\n\n".join(parts))
    answers = [_content(line, words) for line in lines]
    ways = words.how + (
        f"\n{words.page.format(page=page)}" if page.startswith(("https://", "http://")) else ""
    )
    author = next((line.author for line in reversed(lines) if line.author), "")
    signature = f"{author}, {site.name}" if author else site.name
    parts = [greeting, words.answered, *answers, ways, signature]
    return ChatMail(words.subject.format(shop=site.name), "\n\n".join(parts))


def _told(line: Line, words: _Words, zone: ZoneInfo) -> str:
    author = line.author or words.you
    return f"{author} ({line.at.astimezone(zone):%Y-%m-%d %H:%M}):\n{_content(line, words)}"


def _content(line: Line, words: _Words) -> str:
    files = [words.file.format(name=_one_line(name)) for name in line.files]
    return "\n".join(filter(None, (line.text.strip(), *files)))


def _one_line(text: str) -> str:
    return " ".join(text.split())
