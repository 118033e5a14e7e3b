"""A desktop's socket: it says that there is news, who types and who is there; nothing that is kept."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.websockets import WebSocket, WebSocketDisconnect

from inbox_desktop.models.clock import now
from inbox_desktop.relay import access
from inbox_desktop.relay.api import bodies, sockets
from inbox_desktop.relay.api.context import client_address, relay_of
from inbox_desktop.relay.api.errors import ApiError, bad_request
from inbox_desktop.relay.api.sockets import Line, SocketEndError
from inbox_desktop.relay.conversations import visitor_of_conversation
from inbox_desktop.relay.database import News, head_of
from inbox_desktop.relay.hub import DESKTOPS, Event, Signal
from inbox_desktop.relay.service import Relay
from inbox_desktop.relay.visitors import present_conversations

_TYPING: Final = {"conversation_id": bodies.ident, "agent_name": bodies.text(100)}


async def desktop_socket(socket: WebSocket) -> None:
    """Serve one socket until it ends."""
    relay = relay_of(socket)
    await socket.accept()
    try:
        token = (await sockets.hello(socket, {}))["token"]
        desktop = await relay.database.aread(lambda reading: access.desktop_of(reading, token))
    except SocketEndError as error:
        await sockets.end(socket, error.code)
        return
    except (OperationalError, PoolTimeoutError):
        await sockets.end(socket, 1013)
        return
    except WebSocketDisconnect:
        return
    if desktop is None:
        await _refuse(relay, socket)
        return
    await _Ear(socket, relay, desktop.id).run()


async def _refuse(relay: Relay, socket: WebSocket) -> None:
    code = sockets.UNAUTHORIZED
    try:
        relay.gate.guess(client_address(socket))
    except ApiError:
        code = sockets.TOO_MANY
    await sockets.end(socket, code)


class _Ear:
    """One socket of a desktop."""

    def __init__(self, socket: WebSocket, relay: Relay, desktop_id: str) -> None:
        self._socket = socket
        self._relay = relay
        self._desktop_id = desktop_id
        self._line = Line(socket, self._look)
        self._head = -1  # that was told
        self._newest: int | None = None  # that was heard of; None: the database has to be asked
        self._owners: dict[str, str] = {}

    async def run(self) -> None:
        """Tell and listen until the socket ends or the desktop's access is taken."""
        stops = [
            self._relay.hub.subscribe(DESKTOPS, self._hear),
            self._relay.desktops.enter(self._desktop_id, self._end),
        ]
        self._line.look_again()
        try:
            await sockets.both_ways(self._socket, self._line, self._listen)
        finally:
            for stop in stops:
                stop()

    def _hear(self, event: Event) -> None:
        if isinstance(event, News):
            if event.everything:
                self._newest = None
            elif self._newest is not None:  # other processes' news may come later than newer ones of our own
                self._newest = max(self._newest, event.head)
            self._line.look_again()
        elif event.kind == "visitor_typing":
            self._line.put({"type": "typing", "conversation_id": event.conversation_id})
        else:
            self._line.put(_presence(event.conversation_id, present=event.present))

    async def _look(self) -> None:
        try:
            newest = await self._ask() if self._newest is None else self._newest
            present = await self._present() if self._head < 0 else ()
        except (OperationalError, PoolTimeoutError) as error:
            raise SocketEndError(1013) from error
        if newest != self._head:
            self._line.put({"type": "news", "head": newest})
        for conversation_id in present:
            self._line.put(_presence(conversation_id, present=True))
        self._head = newest

    async def _ask(self) -> int:
        """The newest seq of the database, or what was heard of meanwhile."""
        self._newest = 0
        head, _epoch = await self._relay.database.aread(head_of)
        if self._newest is None:  # a gap in the news: it is asked again
            return head
        self._newest = max(self._newest, head)
        return self._newest

    async def _present(self) -> tuple[str, ...]:
        await self._relay.presence.flush()
        at = now()
        return await self._relay.database.aread(lambda reading: present_conversations(reading, at))

    def _end(self) -> None:
        self._line.stop(sockets.UNAUTHORIZED)

    async def _listen(self) -> None:
        while True:
            try:
                frame = await sockets.receive(self._socket)
                await self._do(frame.pop("type"), frame)
            except ApiError as error:
                refusal = {"type": "refused", "error": error.code, "message": error.message}
                self._line.put(refusal)
            except (OperationalError, PoolTimeoutError):
                continue  # a sign of typing is lost

    async def _do(self, kind: str, frame: dict[str, Any]) -> None:
        match kind:
            case "typing":
                given = bodies.fields(frame, _TYPING, {})
                await self._type(given["conversation_id"], given["agent_name"])
            case "ping":
                self._line.put({"type": "pong"})
            case _:
                raise bad_request("The frame's type is unknown.")

    async def _type(self, conversation_id: str, agent_name: str) -> None:
        if not self._relay.gate.typing(f"{self._desktop_id}/{conversation_id}"):
            return
        if conversation_id not in self._owners:
            self._owners[conversation_id] = await self._relay.database.aread(
                lambda reading: visitor_of_conversation(reading, conversation_id)
            )
        visitor_id = self._owners[conversation_id]
        self._relay.tell(Signal("agent_typing", conversation_id, visitor_id, agent_name))


def _presence(conversation_id: str, *, present: bool) -> dict[str, Any]:
    return {"type": "presence", "conversation_id": conversation_id, "present": present}
