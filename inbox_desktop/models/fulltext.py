"""The full-text index: SQLite FTS5 over subjects, people and message texts."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, text

from inbox_desktop.models.bulk import insert_rows, insert_values
from inbox_desktop.models.tables import SearchDocument

_WORD = re.compile(r"\w+", re.UNICODE)
_PHRASE = re.compile(r'"([^"]*)"|(\S+)')
# Chinese and Japanese write no spaces, and FTS5's tokenizer would take a whole clause for one word: each of
# their characters is indexed as a word of its own, and a run of them is looked for as a phrase.
_UNSPACED = re.compile(
    "([\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff])"
)
_LONGEST_BODY = 200_000


class Document(NamedTuple):
    """What the index learns of one message."""

    message_id: str
    ticket_id: str
    subject: str
    people: str
    body: str


def index(connection: Connection, documents: Sequence[Document]) -> None:
    """Add the documents to the index, in the caller's transaction."""
    if not documents:
        return
    first = connection.execute(text("SELECT coalesce(max(id), 0) FROM search_documents")).scalar_one() + 1
    numbered = list(enumerate(documents, first))
    insert_rows(
        connection,
        SearchDocument,
        [{"id": n, "message_id": d.message_id, "ticket_id": d.ticket_id} for n, d in numbered],
    )
    insert_values(
        connection,
        "message_search",
        ("rowid", "subject", "people", "body"),
        [(n, spaced(d.subject), spaced(d.people), spaced(d.body[:_LONGEST_BODY])) for n, d in numbered],
    )


def spaced(content: str) -> str:
    """The text with spaces around each character that is indexed as a word of its own."""
    # Splitting keeps what is in the group, and is several times as fast as a replacement.
    return content if content.isascii() else " ".join(_UNSPACED.split(content))


def words_of(query: str) -> list[str]:
    """The words in what a person typed."""
    return _WORD.findall(query)


def places_of(words: Sequence[str], content: str) -> list[tuple[int, int]]:
    """Where the words stand in a text, as the index finds them, each as start and end, in order.

    That is at the beginning of a word of the text, in any case. (With other accents the index finds them,
    too; this does not.)
    """
    lower = _lowered(content)
    return sorted({place for word in words for place in _places_of(word.lower(), lower)})


def first_place_of(words: Sequence[str], content: str) -> int | None:
    """Where the first of `places_of` begins, without looking for the others; None if there is none."""
    lower = _lowered(content)
    firsts = (next(_places_of(word.lower(), lower), None) for word in words)
    return min((place[0] for place in firsts if place is not None), default=None)


def _lowered(content: str) -> str:
    """The text in small letters if each stays where it is: a few capital letters have two small ones."""
    lower = content.lower()
    return lower if len(lower) == len(content) else content


def _places_of(word: str, content: str) -> Iterator[tuple[int, int]]:
    anywhere = _UNSPACED.match(word) is not None
    start = content.find(word)
    while start >= 0:
        before = content[start - 1 : start]
        if anywhere or not before.isalnum() or _UNSPACED.match(before):
            yield start, start + len(word)
        start = content.find(word, start + 1)


def match_terms(query: str) -> list[str]:
    """What a person typed, an FTS5 expression for each word; the last one may be a beginning.

    Quoted words are one phrase. Nothing of FTS5's own syntax comes through.
    """
    terms: list[str] = []
    open_ended = False
    for quoted, bare in _PHRASE.findall(query):
        words = _WORD.findall(spaced(quoted or bare))
        if words:
            terms.append(f'"{" ".join(words)}"')
            open_ended = not quoted
    if open_ended:
        terms[-1] += "*"
    return terms


def match_expression(query: str) -> str | None:
    """An FTS5 expression for the messages in which all of `match_terms` occur; None when no word is left."""
    return " ".join(match_terms(query)) or None
