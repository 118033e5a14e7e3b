"""A visitor's socket: the conversation as it goes on, and what the visitor does."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.websockets import WebSocket, WebSocketDisconnect

from inbox_desktop.relay.api import bodies, conduct, sockets
from inbox_desktop.relay.api.context import client_address, relay_of
from inbox_desktop.relay.api.cors import origin_of
from inbox_desktop.relay.api.errors import ApiError, bad_request, unavailable
from inbox_desktop.relay.api.sockets import Line, SocketEndError
from inbox_desktop.relay.chats import ChatRow
from inbox_desktop.relay.conversations import View, view
from inbox_desktop.relay.hub import Event, Signal, chat_topic, visitor_topic
from inbox_desktop.relay.service import Relay
from inbox_desktop.relay.visitors import visitor_of

_HELLO: Final = {"after": bodies.number, "conversation_id": bodies.ident}


async def visitor_socket(socket: WebSocket) -> None:
    """Serve one socket until it ends."""
    relay = relay_of(socket)
    try:
        relay.gate.request(client_address(socket))
        chat = await relay.chats.chat(socket.path_params["chat_id"])
        origin_of(socket, chat)
    except (ApiError, OperationalError, PoolTimeoutError):
        await socket.close()  # before it is accepted: HTTP 403
        return
    await socket.accept()
    try:
        greeting = await sockets.hello(socket, _HELLO)
        visitor_id = await _visitor(relay, chat, greeting["token"])
        leave = _enter(relay, visitor_id, client_address(socket))
    except SocketEndError as error:
        await sockets.end(socket, error.code)
        return
    except WebSocketDisconnect:
        return
    talk = _Talk(socket, relay, chat, visitor_id)
    try:
        await talk.run(greeting.get("after", 0), greeting.get("conversation_id"))
    finally:
        leave()


async def _visitor(relay: Relay, chat: ChatRow, token: str) -> str:
    try:
        found = await relay.database.aread(lambda connection: visitor_of(connection, chat.id, token))
    except (OperationalError, PoolTimeoutError) as error:
        raise SocketEndError(1013) from error
    if found is None or found.blocked:
        raise SocketEndError(sockets.UNAUTHORIZED)
    return found.id


def _enter(relay: Relay, visitor_id: str, address: str) -> Any:
    try:
        return relay.gate.enter(visitor_id, address)
    except ApiError as error:
        raise SocketEndError(sockets.TOO_MANY) from error


class _Talk:
    """One socket of a visitor, and how far it has been told."""

    def __init__(self, socket: WebSocket, relay: Relay, chat: ChatRow, visitor_id: str) -> None:
        self._socket = socket
        self._relay = relay
        self._chat = chat
        self._visitor_id = visitor_id
        self._line = Line(socket, self._look)
        self._told: View | None = None
        self._first_after: tuple[int, str | None] = (0, None)

    async def run(self, after: int, conversation_id: str | None) -> None:
        """Tell and listen until the socket ends."""
        self._first_after = after, conversation_id
        hub, presence = self._relay.hub, self._relay.presence
        stops = [
            hub.subscribe(topic, self._hear)
            for topic in (visitor_topic(self._visitor_id), chat_topic(self._chat.id))
        ]
        presence.came(self._visitor_id)
        self._line.look_again()
        try:
            await sockets.both_ways(self._socket, self._line, self._listen)
        finally:
            presence.went(self._visitor_id)
            for stop in stops:
                stop()

    def _hear(self, event: Event) -> None:
        if isinstance(event, Signal):
            self._line.put({"type": "typing", "agent_name": event.agent_name})
            return
        if event.everything or self._visitor_id in event.visitors:
            self._line.look_again()
        if event.everything or self._chat.id in event.chats:
            self._line.put({"type": "config"})

    async def _look(self) -> None:
        """Tell what is new since what was told last."""
        told = self._told
        after, conversation_id = (told.head, told.conversation_id) if told else self._first_after
        try:
            seen = await self._relay.database.aread(
                lambda connection: view(
                    connection, self._relay.keys, self._visitor_id, after, conversation_id
                )
            )
        except (OperationalError, PoolTimeoutError) as error:
            raise SocketEndError(1013) from error  # it comes back, and asks again
        self._told = seen
        self._relay.presence.writes_in(self._visitor_id, seen.conversation_id)
        if told is None:
            self._line.put({"type": "ready", **self._state(seen)})
            return
        for message in seen.messages:
            self._line.put({"type": "message", "message": message, "conversation_id": seen.conversation_id})
        is_other = seen.conversation_id != told.conversation_id
        if seen.seen_id and (is_other or seen.seen_id != told.seen_id):
            self._line.put({"type": "seen", "message_id": seen.seen_id})
        if seen.closed and (is_other or not told.closed):
            self._line.put({"type": "closed", "conversation_id": seen.conversation_id})

    def _state(self, seen: View) -> dict[str, Any]:
        return {
            "conversation_id": seen.conversation_id,
            "closed": seen.closed,
            "messages": seen.messages,
            "agent": {
                "typing_name": self._relay.agent_typing(self._visitor_id),
                "seen_id": seen.seen_id,
            },
            "head": seen.head,
        }

    async def _listen(self) -> None:
        while True:
            try:
                frame = await sockets.receive(self._socket)
            except ApiError as error:
                self._require_calm()
                self._refuse(error, None)
                continue
            self._require_calm()
            try:
                await self._do(frame.pop("type"), frame)
            except ApiError as error:
                self._refuse(error, frame.get("client_id"))
            except (OperationalError, PoolTimeoutError) as error:
                self._refuse(unavailable(error), frame.get("client_id"))

    def _require_calm(self) -> None:
        try:
            self._relay.gate.frame(self._visitor_id)
        except ApiError as error:  # no page of ours does so: answering would only go on with it
            raise SocketEndError(sockets.TOO_MANY) from error

    async def _do(self, kind: str, frame: dict[str, Any]) -> None:
        match kind:
            case "message":
                draft = conduct.visitors_draft(frame)
                chat = await self._relay.chats.chat(self._chat.id)
                taken = await conduct.take_message(self._relay, chat, self._visitor_id, draft)
                acknowledged = {"client_id": draft.client_id, **conduct.taken_json(taken)}
                self._line.put({"type": "ack", **acknowledged})
            case "seen":
                await conduct.see(self._relay, self._visitor_id, conduct.seen_message(frame))
            case "typing":
                bodies.fields(frame, {}, {})
                told = self._told.conversation_id if self._told else None
                await conduct.tell_typing(self._relay, self._visitor_id, told)
            case "ping":
                self._line.put({"type": "pong"})
            case _:
                raise bad_request("The frame's type is unknown.")

    def _refuse(self, error: ApiError, client_id: object) -> None:
        frame: dict[str, Any] = {"type": "refused", "error": error.code, "message": error.message}
        if isinstance(client_id, str):
            frame["client_id"] = bodies.clean(client_id)[:64]
        if error.retry_after is not None:
            frame["retry_after"] = error.retry_after
        self._line.put(frame)
