"""The Sent folder: finding it, finding a message in it, and putting a copy there. All of it blocks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from inbox_desktop.models.mail_settings import Server
from inbox_desktop.sync.email.imap import TIMEOUT_SECONDS, close_imap, faults, open_imap
from inbox_desktop.sync.sending import NoCopyError

_SENT = b"\\sent"  # RFC 6154, section 2
_NOT_SELECTABLE = {b"\\noselect", b"\\nonexistent"}

# How mail programs and servers name the folder where they do not mark it.
_USUAL_NAMES = frozenset(
    {
        *("sent", "sent items", "sent mail", "sent messages"),
        *("gesendet", "gesendete elemente", "gesendete objekte", "gesendete nachrichten"),
        *("envoyés", "messages envoyés", "éléments envoyés", "courrier envoyé", "objets envoyés"),
        *("enviados", "elementos enviados", "mensajes enviados", "correo enviado"),
        *("itens enviados", "mensagens enviadas", "enviadas"),
        *("inviati", "inviata", "posta inviata", "messaggi inviati", "elementi inviati"),
        *("verzonden", "verzonden items", "verzonden berichten", "verzonden objecten"),
        *("skickat", "skickade", "skickade objekt", "sendt", "sendte", "sendt post", "sendte elementer"),
        *("lähetetyt", "lähetetyt viestit", "wysłane", "elementy wysłane", "odeslané", "odeslaná pošta"),
        *("odoslané", "odoslaná pošta", "elküldött", "elküldött elemek", "trimise", "poslano", "poslane"),
        *("отправленные", "надіслані", "изпратени", "gönderilenler", "gönderilmiş öğeler", "απεσταλμένα"),
        *("已发送", "已发送邮件", "已傳送", "寄件備份", "送信済み", "送信済みメール", "送信済みアイテム"),
        *("보낸편지함", "보낸 편지함", "المرسلة", "العناصر المرسلة", "נשלחו", "פריטים שנשלחו"),
    }
)


@dataclass(frozen=True, slots=True)
class SentFolder:
    """The Sent folder of one mailbox. Each call makes a connection of its own and ends it."""

    server: Server
    user: str
    password: str = field(repr=False)
    timeout: float = TIMEOUT_SECONDS

    def holds(self, message_id: str) -> bool:
        """Whether a message with this Message-ID lies there.

        Raises:
            ChannelError: the server can't be reached or does not let us in.
        """
        with self._client() as client:
            folder = find_sent_folder(client)
            return folder is not None and _is_in(client, folder, message_id)

    def file(self, message_id: str, content: bytes) -> None:
        """Put a copy there, marked as read, unless one is there already.

        Raises:
            NoCopyError: the mailbox has no Sent folder.
            ChannelError: it did not work now.
        """
        with self._client() as client:
            folder = find_sent_folder(client)
            if folder is None:
                raise NoCopyError(f"The mailbox {self.user} on {self.server} has no folder for sent mail.")
            if not _is_in(client, folder, message_id):
                client.append(folder, content, flags=(b"\\Seen",))

    @contextmanager
    def _client(self) -> Iterator[IMAPClient]:
        client = open_imap(self.server, self.user, self.password, timeout=self.timeout)
        try:
            with faults(self.server):
                yield client
        except BaseException:
            close_imap(client)
            raise
        close_imap(client, politely=True)


def find_sent_folder(client: IMAPClient) -> str | None:
    """The folder that the server marks as Sent (RFC 6154), else one with a usual name, else None."""
    by_name = []
    for flags, delimiter, name in client.list_folders():
        marks = {flag.lower() for flag in flags}
        if not isinstance(name, str) or marks & _NOT_SELECTABLE:
            continue
        if _SENT in marks:
            return name
        separator = delimiter.decode("ascii", "replace") if delimiter else ""
        if _is_usual(name, separator):
            by_name.append(name)
    return min(by_name, key=len, default=None)


def _is_usual(name: str, separator: str) -> bool:
    """Whether it is a top folder, or one below INBOX, with a usual name."""
    parts = name.split(separator) if separator else [name]
    if parts[0].upper() == "INBOX" or parts[0] in {"[Gmail]", "[Google Mail]"}:
        parts = parts[1:]
    return len(parts) == 1 and parts[0].casefold() in _USUAL_NAMES


def _is_in(client: IMAPClient, folder: str, message_id: str) -> bool:
    try:
        client.select_folder(folder, readonly=True)
    except IMAPClientError as error:
        if "[NONEXISTENT]" not in str(error).upper():
            raise
        return False  # listed, and made by the server only when something comes into it
    return bool(client.search(["HEADER", "Message-ID", message_id]))
