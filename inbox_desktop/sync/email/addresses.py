"""Address fields (RFC 5322, 3.4): an iterative reader that tells whether a field is unambiguous."""

import re
from typing import Final

from inbox_desktop.sync.email.charsets import has_controls, single_line
from inbox_desktop.sync.email.headers import Headers, decode_words
from inbox_desktop.sync.email.limits import MAX_ADDRESSES
from inbox_desktop.sync.email.parsed import Address

_ATOM: Final = r"[^\s@<>\"(),:;\\\[\]\x00-\x1f\x7f-\x9f\ud800-\udfff]"
_SIMPLE = re.compile(
    rf'[ \t]*(?:"([^"\\<>@\n]*)"|([^"<>,;:()@\\\[\]\n]*?))[ \t]*<({_ATOM}{{1,200}}@{_ATOM}{{1,255}})>[ \t]*'
)
_BARE = re.compile(rf"[ \t]*({_ATOM}{{1,200}}@{_ATOM}{{1,255}})[ \t]*")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|<[^<>]*>?|[(),;:]|[^"<(),;:]+', re.DOTALL)
_ADDRESS = re.compile(rf"{_ATOM}{{1,200}}@{_ATOM}{{1,255}}")
_QUOTED_LOCAL = re.compile(rf'"[^"\\\s\x00-\x1f\x7f-\x9f]{{1,64}}"@{_ATOM}{{1,255}}')
_ADDRESS_IN_NAME = re.compile(r"[^\s@<>]+[@＠][^\s@<>]+\.[^\s@<>]+")
_HIDDEN: Final = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
MAX_NAME_CHARS: Final = 200


def read_addresses(headers: Headers, name: str) -> tuple[tuple[Address, ...], bool]:
    """All addresses of a field (every occurrence), at most MAX_ADDRESSES, and whether some were left out."""
    found: list[Address] = []
    for value in headers.all(name):
        addresses, _, more = parse_addresses(value, MAX_ADDRESSES - len(found))
        found.extend(addresses)
        if more:
            return tuple(found), True
    return tuple(found), False


def read_from(headers: Headers) -> tuple[Address | None, bool]:
    """The author and whether the From header names one person beyond doubt.

    Parsers disagree about two From lines, several addresses, stray characters and names that hold an
    address; whoever trusts one reading can be spoofed through another. In all these cases the first address
    is returned as unverified.
    """
    values = headers.all("from")
    if not values:
        return None, False
    addresses, clean, _ = parse_addresses(values[0], 2)
    if not addresses:
        return None, False
    sender = addresses[0]
    decoded = decode_words(values[0])
    verified = (
        len(values) == 1
        and len(addresses) == 1
        and clean
        and not headers.malformed
        and not has_controls(decoded)
        and _HIDDEN.search(decoded) is None
        and not _names_another(sender)
        and "." in sender.address.rpartition("@")[2].strip(".")
    )
    return sender, verified


def _names_another(sender: Address) -> bool:
    """Whether the display name shows an address that is not the sender's own."""
    shown = _ADDRESS_IN_NAME.search(sender.name)
    return shown is not None and shown.group().strip("'\"()[]").lower() != sender.address.lower()


def parse_addresses(value: str, limit: int = MAX_ADDRESSES) -> tuple[list[Address], bool, bool]:
    """Read one address field.

    Returns:
        the addresses, whether the field was well-formed and without groups, and whether `limit` left
        some out. Groups (`Team: a@x, b@y;`) give their members. Encoded words are decoded after the field
        was taken apart, so that a decoded comma or bracket cannot make an address.
    """
    value = value.replace("\n", " ")
    simple = _SIMPLE.fullmatch(value)
    if simple is not None:
        return [_address(simple.group(1) or simple.group(2) or "", simple.group(3))], True, False
    bare = _BARE.fullmatch(value)
    if bare is not None:
        return [_address("", bare.group(1))], True, False
    return _read_tokens(value, limit)


def _read_tokens(value: str, limit: int) -> tuple[list[Address], bool, bool]:
    """Read an address field token by token, without recursion (1,000 opening brackets are no danger)."""
    found: list[Address] = []
    clean = balanced = value.count("(") == value.count(")")
    depth = 0
    mailbox = _Mailbox()
    for token in (*_TOKEN.findall(value), ","):
        if token in {"(", ")"}:
            depth = max(0, depth + (1 if token == "(" else -1)) if balanced else 0
        elif depth:
            mailbox.comment += token
        elif token in {",", ";"}:
            if not mailbox.empty:
                if len(found) >= limit:
                    return found, False, True
                address = mailbox.address()
                clean = clean and mailbox.clean and address is not None
                found.extend([address] if address else [])
            mailbox = _Mailbox()
        elif token == ":":
            clean = False
            mailbox = _Mailbox()
        else:
            mailbox.add(token)
    return found, clean, False


class _Mailbox:
    """The tokens of one mailbox while it is being read."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.angle: str | None = None
        self.comment = ""
        self.clean = True

    @property
    def empty(self) -> bool:
        """Whether nothing but space has been read."""
        return self.angle is None and not any(word.strip() for word in self.words)

    def add(self, token: str) -> None:
        """Take a word, a quoted string or an address in angle brackets."""
        if token.startswith("<"):
            self.clean = self.clean and self.angle is None and token.endswith(">")
            if self.angle is None:
                self.angle = token.strip("<>").strip()
        else:
            self.clean = self.clean and not (self.angle is not None and token.strip())
            self.clean = self.clean and not (
                token.startswith('"') and (len(token) < 2 or not token.endswith('"'))
            )
            self.words.append(token)

    def address(self) -> Address | None:
        """The mailbox, or None if it holds no address."""
        if self.angle is None:
            return self._bare()
        spec = self.angle
        if spec.startswith("@") and ":" in spec:  # an old source route: <@a,@b:c@d>
            spec = spec.rpartition(":")[2]
            self.clean = False
        if not (_ADDRESS.fullmatch(spec) or _QUOTED_LOCAL.fullmatch(spec)):
            self.clean = False
            inner = _ADDRESS.search(spec)
            if inner is None:
                return None
            spec = inner.group()
        name = "".join(_unquote(word) for word in self.words)
        if "@" in name:
            self.clean = self.clean and all(word.startswith('"') or "@" not in word for word in self.words)
        return _address(name, spec)

    def _bare(self) -> Address | None:
        """A mailbox without angle brackets: `a@b`, with a comment as the name (`a@b (Ana)`)."""
        text = "".join(self.words).strip()
        if _ADDRESS.fullmatch(text) or _QUOTED_LOCAL.fullmatch(text):
            return _address(self.comment, text)
        self.clean = False
        inner = _ADDRESS.search(text)
        return None if inner is None else _address(text[: inner.start()].strip(), inner.group())


def _unquote(word: str) -> str:
    """A quoted string without quotes and backslashes; other words as they are."""
    if not word.startswith('"'):
        return word
    return re.sub(r"\\(.)", r"\1", word[1:-1] if word.endswith('"') and len(word) > 1 else word[1:])


def _address(name: str, spec: str) -> Address:
    """A cleaned address: decoded name on one line without hidden characters, domain in lower case."""
    local, _, domain = spec.rpartition("@")
    shown = clean_name(decode_words(name))
    return Address(shown, f"{single_line(local)}@{single_line(domain).lower().rstrip('.')}")


def clean_name(name: str) -> str:
    """A display name as one line of plain text without zero-width and direction characters."""
    return " ".join(_HIDDEN.sub("", single_line(name)).split()).strip(" '\"")[:MAX_NAME_CHARS]
