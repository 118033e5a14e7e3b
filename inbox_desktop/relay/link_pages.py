"""The page of a short link that leads nowhere, in the reader's language."""

from __future__ import annotations

from html import escape
from typing import Final

_UNKNOWN: Final = {
    "en": ("There is no such link", "Perhaps a letter is missing. Open the link from the message again."),
    "pt": ("Este link não existe", "Talvez falte uma letra. Abra novamente o link a partir da mensagem."),
    "es": ("Este enlace no existe", "Quizá falta una letra. Abra otra vez el enlace desde el mensaje."),
}
_EXPIRED: Final = {
    "en": ("This link has expired", "Links in texts work for 90 days. Answer the text to ask for a new one."),
    "pt": (
        "Este link expirou",
        "Os links em mensagens funcionam durante 90 dias. Responda à mensagem para pedir um novo.",
    ),
    "es": (
        "Este enlace ha caducado",
        "Los enlaces de los mensajes funcionan durante 90 días. Responda al mensaje para pedir otro.",
    ),
}
_PAGE: Final = """<!DOCTYPE html>
<html lang="{language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<h1>{title}</h1>
<p>{words}</p>
</html>
"""


def link_page(accept_language: str, *, expired: bool) -> str:
    """HTML that says why a link leads nowhere. `accept_language` is the header of RFC 9110, 12.5.4."""
    pages = _EXPIRED if expired else _UNKNOWN
    language = next((one for one in _languages(accept_language) if one in pages), "en")
    title, words = pages[language]
    return _PAGE.format(language=language, title=escape(title), words=escape(words))


def _languages(accept_language: str) -> list[str]:
    """The languages of the header in their order, without regions; weights are in that order by custom."""
    return [part.split(";")[0].split("-")[0].strip().lower() for part in accept_language[:200].split(",")]
