"""A chat's way out: one request to the relay, which knows our message by its id and takes it once."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from inbox_desktop.models.errors import StorageError
from inbox_desktop.models.kinds import DeliveryState
from inbox_desktop.models.queries.chats import chat_of
from inbox_desktop.sync.errors import ChannelError
from inbox_desktop.sync.relay.client import RelayClient, RelayError
from inbox_desktop.sync.sending import HandOver, LookUp, NoCopyError, OutgoingMail, SendResult, same_for_all
from inbox_desktop.sync.services import Services


class ChatSender:
    """Sends in one chat. See `sending.Sender`.

    The relay answers a message that it has already like the first time, so nothing is ever unknown: what
    ended ambiguously is sent again.
    """

    def __init__(self, services: Services) -> None:
        self._services = services

    async def send(self, mail: OutgoingMail, hand_over: HandOver) -> SendResult:
        """Try once. Nothing is handed over: to send it again would do no harm."""
        chat = await self._services.read(partial(chat_of, ticket_id=mail.ticket_id))
        if chat is None:
            words = "Not sent: this ticket has no conversation at the relay. The text is kept in the ticket."
            return same_for_all(mail, DeliveryState.FAILED, words)
        try:
            client = await self._services.relay.client()
            body = {
                "client_id": mail.message_id,
                "text": mail.text,
                "agent_name": mail.author_name,
                "file_ids": [await self._upload(mail, place, client) for place in range(len(mail.files))],
            }
            taken = await client.post(f"conversations/{chat.conversation_id}/messages", body)
        except ChannelError as error:
            return _later(mail, error, needs_person=error.needs_person)
        except RelayError as error:
            return _refused(mail, error) if error.is_final else _not_now(mail, error)
        except StorageError as error:
            return same_for_all(mail, DeliveryState.FAILED, f"Not sent. {error}")
        result = same_for_all(mail, DeliveryState.SENT, "")
        return replace(result, external_id=str(taken["message"]["id"]), is_repeatable=True)

    async def look_up(self, mail: OutgoingMail) -> LookUp | None:
        """Nothing is ever left open."""
        return LookUp(found=False)

    async def file_copy(self, mail: OutgoingMail) -> None:
        """The relay keeps the conversation."""
        raise NoCopyError("Chats have no folder of sent messages.")

    async def _upload(self, mail: OutgoingMail, place: int, client: RelayClient) -> str:
        file = mail.files[place]
        content = await self._services.files.call(self._services.store.attachments.get, file.sha256)
        # The same id every time: a file that was handed over already is not kept twice.
        params = {"name": file.filename, "client_id": f"{mail.message_id}-{place}"}
        found = await client.upload("files", content, file.content_type, params)
        return str(found["file_id"])


def _refused(mail: OutgoingMail, error: RelayError) -> SendResult:
    if error.status == 404:
        words = (
            "Not sent: the relay no longer has this conversation. The text is kept in the ticket. If the "
            "visitor left an e-mail address, write to that."
        )
        return same_for_all(mail, DeliveryState.FAILED, words)
    return same_for_all(mail, DeliveryState.FAILED, f"Not sent. {error}")


def _not_now(mail: OutgoingMail, error: RelayError) -> SendResult:
    result = _later(mail, error, needs_person=error.needs_person)
    return replace(result, retry_after=error.rest or None)


def _later(mail: OutgoingMail, error: Exception, *, needs_person: bool) -> SendResult:
    words = f"Not sent yet. {error}"
    return same_for_all(mail, DeliveryState.QUEUED, words, server_trouble=True, needs_person=needs_person)
