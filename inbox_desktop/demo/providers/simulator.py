"""What the three simulated providers share: texts, a clock, faults, and a memory of every request."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from inbox_desktop.demo.providers.caller import Caller, Signed
from inbox_desktop.demo.providers.faults import Fate, Fault
from inbox_desktop.demo.providers.texts import Pace, SimPicture, SimText
from inbox_desktop.demo.servers import LoopbackServer, drop_connection

_MOST_EXCHANGES = 5_000
_A_MOMENT = timedelta(milliseconds=20)

Clock = Callable[[], datetime]
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Call:
    """A request, read: `values` are those of the query or the form, `body` the JSON of the body."""

    method: str
    path: str
    headers: Mapping[str, str]
    content: bytes
    query: tuple[Pair, ...]

    @property
    def form(self) -> tuple[Pair, ...]:
        """The fields of a form."""
        return tuple(parse_qsl(self.content.decode("utf-8"), keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request that was answered, and the answer: what contract tests look at."""

    call: Call
    status: int
    answer_headers: Mapping[str, str]
    answer: bytes


class Refusal(Exception):  # noqa: N818 - it is an answer, and no error of ours
    """The answer to a request that cannot be met."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


class Violation(Exception):  # noqa: N818 - as above
    """A request that the provider's description does not allow."""


Route = tuple[str, re.Pattern[str], Callable[..., Response]]


class Simulator:
    """A provider with one account and one number, for whoever texts it, and for code that uses its interface.

    Used as a context manager it serves on loopback at `url`. `violations` holds every request that the
    provider's description does not allow, in words. All methods may be called from any thread.
    """

    name = ""

    def __init__(self, account: str, secret: str, number: str, clock: Clock | None = None) -> None:
        self.account = account
        self.secret = secret
        self.number = number
        self.pace = Pace()
        self.skew = timedelta(0)
        """How far the provider's clock is ahead."""
        self.listing_delay = timedelta(0)
        """How long a new text takes to appear in the list."""
        self.page_size = 1_000
        """The most texts on a page, whatever was asked for."""
        self.opted_out: set[str] = set()
        self.failing: dict[str, str] = {}
        """Numbers that texts never reach, with the provider's code of the reason."""
        self.on_sent: Callable[[SimText], None] = lambda _text: None
        """Called, on the server's thread, for each text that was sent through the interface."""
        self.webhook_url = ""
        """Where the number's owner wants to be told of texts that come in, "" for nowhere."""
        self.caller = Caller(f"{self.name} calls")
        self.violations: list[str] = []
        self.exchanges: deque[Exchange] = deque(maxlen=_MOST_EXCHANGES)
        self._texts: dict[str, SimText] = {}
        self._routes = self.routes()
        self._faults: list[Fault] = []
        self._clock = clock or (lambda: datetime.now(UTC))
        self._count = 0
        self._lock = threading.RLock()
        self._server: LoopbackServer | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self, listening: socket.socket | None = None) -> None:
        """Serve on a free port of loopback, or where `listening` listens already."""
        self._server = LoopbackServer(self, f"{self.name} simulator", listening)
        self._server.start()
        self.caller.start()

    def stop(self) -> None:
        """Serve no more, and call nobody; what it knows stays."""
        self.caller.stop()
        if self._server is not None:
            self._server.stop()

    @property
    def url(self) -> str:
        """The address to use instead of the provider's."""
        assert self._server is not None, "not started"
        return self._server.url

    @property
    def now(self) -> datetime:
        """The time by the provider's clock."""
        return self._clock() + self.skew

    @property
    def texts(self) -> list[SimText]:
        """All texts, oldest first."""
        with self._lock:
            return list(self._texts.values())

    @property
    def sent(self) -> list[SimText]:
        """The texts from the number, campaigns too, oldest first."""
        return [text for text in self.texts if not text.is_inbound]

    def text_from(
        self,
        sender: str,
        text: str,
        pictures: Sequence[tuple[bytes, str]] = (),
        *,
        at: datetime | None = None,
        listed_after: timedelta | None = None,
    ) -> SimText:
        """Somebody texts the number. `pictures` are contents with their content types."""
        kept = self.keep(
            SimText(
                id="",
                is_inbound=True,
                sender=sender,
                recipient=self.number,
                text=text,
                at=at or self.now,
                listed_at=self._clock(),
                pictures=[SimPicture(self.new_id("ME"), *picture) for picture in pictures],
            ),
            listed_after,
        )
        self.tell(kept)
        return kept

    def campaign(
        self, to: str, text: str, label: str = "", *, at: datetime | None = None, sender: str | None = None
    ) -> SimText:
        """Something else than us sends a text from the number."""
        return self.keep(
            SimText(
                id="",
                is_inbound=False,
                sender=sender or self.number,
                recipient=to,
                text=text,
                at=at or self.now,
                listed_at=self._clock(),
                label=label,
                failure=self.failing.get(to, ""),
            )
        )

    def meet(self, *faults: Fault) -> None:
        """Let these happen to the next requests, each once they are met."""
        with self._lock:
            self._faults += faults

    def new_id(self, kind: str) -> str:
        """An id that nothing else has, in the provider's form."""
        with self._lock:
            self._count += 1
            return self.format_id(kind, self._count)

    def skip_ids(self, last: int) -> None:
        """Let new ids follow the one of this count: somebody knows texts with earlier ones."""
        with self._lock:
            self._count = max(self._count, last)

    def format_id(self, kind: str, count: int) -> str:
        """The provider's form of an id."""
        raise NotImplementedError

    def routes(self) -> list[Route]:
        """What the provider answers to: method, pattern of the path, and who answers (call, *groups)."""
        raise NotImplementedError

    def not_allowed(self, why: str) -> Response:
        """The provider's answer to a request that its description does not allow."""
        raise NotImplementedError

    def webhook(self, url: str, text: SimText) -> Signed:
        """What is posted to `url` about a text at this moment, signed."""
        raise NotImplementedError

    def tell(self, text: SimText) -> None:
        """Call the number's webhook about a text, as when it came in; also again."""
        if self.webhook_url:
            self.caller.call(self.webhook_url, partial(self.webhook, self.webhook_url, text))

    def report(self, url: str, text: SimText) -> None:
        """Call `url` as the text comes further: when it was sent, and when it arrived or failed."""
        for after in (self.pace.sent, self.pace.delivered):
            if url:
                self.caller.call(url, partial(self.webhook, url, text), after + _A_MOMENT)

    def take(self, text: SimText, report_to: str = "") -> SimText:
        """Keep a text that came through the interface, and tell of it; its progress is told to a URL."""
        kept = self.keep(text)
        self.on_sent(kept)
        self.report(report_to, kept)
        return kept

    def listed(self) -> list[SimText]:
        """The texts that the provider's list shows by now, newest first."""
        now = self._clock()
        shown = [text for text in self.texts if text.listed_at <= now]
        return sorted(shown, key=lambda text: (text.at, text.id), reverse=True)

    def find(self, text_id: str) -> SimText | None:
        """The text of this id."""
        with self._lock:
            return self._texts.get(text_id)

    def keep(self, text: SimText, listed_after: timedelta | None = None) -> SimText:
        """Add a text, which gets an id, and is listed after a while."""
        with self._lock:
            delay = self.listing_delay if listed_after is None else listed_after
            kind = "MM" if text.pictures else "SM"
            kept = replace(text, id=text.id or self.new_id(kind), listed_at=text.listed_at + delay)
            self._texts[kept.id] = kept
            return kept

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        request = Request(scope, receive)
        call = Call(
            method=request.method,
            path=scope["raw_path"].decode("ascii"),
            headers=dict(request.headers),
            content=await request.body(),
            query=tuple(parse_qsl(scope["query_string"].decode("ascii"), keep_blank_values=True)),
        )
        fault = self._next_fault(call)
        if fault is not None and fault.fate is Fate.DROPPED_BEFORE:
            await drop_connection(send)
            return
        if fault is not None and fault.fate is Fate.ANSWERED:
            response = Response(fault.body, fault.status, dict(fault.headers))
        else:
            response = self._answer(call)
        response.headers.setdefault("date", format_datetime(self.now, usegmt=True))
        if fault is not None:
            await self._suffer(fault, response, send)
            if fault.fate in {Fate.DROPPED_AFTER, Fate.CUT_SHORT}:
                return
        await response(scope, receive, send)

    async def _suffer(self, fault: Fault, response: Response, send: Send) -> None:
        if fault.fate is Fate.SLOW_AFTER:
            await asyncio.sleep(fault.seconds)
        elif fault.fate is Fate.DROPPED_AFTER:
            await drop_connection(send)
        elif fault.fate is Fate.CUT_SHORT:
            await send(
                {
                    "type": "http.response.start",
                    "status": response.status_code,
                    "headers": response.raw_headers,
                }
            )
            half = bytes(response.body)[: len(response.body) // 2]
            await send({"type": "http.response.body", "body": half, "more_body": True})
            await drop_connection(send)

    def _next_fault(self, call: Call) -> Fault | None:
        with self._lock:
            for place, fault in enumerate(self._faults):
                if fault.meets(call.method, call.path):
                    del self._faults[place]
                    if fault.times > 1:
                        self._faults.insert(place, replace(fault, times=fault.times - 1))
                    return fault
        return None

    def _answer(self, call: Call) -> Response:
        try:
            response = self._dispatch(call)
        except Refusal as refusal:
            response = refusal.response
        except Violation as violation:
            self._remember(call, str(violation))
            response = self.not_allowed(str(violation))
        except Exception as error:  # noqa: BLE001 - a mistake of the simulator fails the test, on its own thread
            self._remember(call, f"the simulator failed: {error!r}")
            response = Response(b"", 500)
        with self._lock:
            self.exchanges.append(
                Exchange(call, response.status_code, dict(response.headers), bytes(response.body))
            )
        return response

    def _dispatch(self, call: Call) -> Response:
        for method, pattern, answer in self._routes:
            found = pattern.fullmatch(call.path)
            if found is not None and method == call.method:
                with self._lock:
                    return answer(call, *found.groups())
        raise Violation("there is no such thing to ask for")

    def _remember(self, call: Call, why: str) -> None:
        with self._lock:
            self.violations.append(f"{call.method} {call.path}: {why}")


def json_response(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer in JSON."""
    return Response(json.dumps(value).encode("utf-8"), status, headers, "application/json")


def check_names(
    pairs: Sequence[Pair], allowed: Mapping[str, str], required: Sequence[str] = ()
) -> dict[str, str]:
    """The values by name, each of which must match its pattern.

    Raises:
        Violation: a name that is unknown, missing or there twice, or a value of another form.
    """
    values: dict[str, str] = {}
    for name, value in pairs:
        if name not in allowed:
            raise Violation(f"there is no parameter {name!r}")
        if name in values:
            raise Violation(f"{name!r} is there twice")
        if not re.fullmatch(allowed[name], value, re.DOTALL):
            raise Violation(f"{name!r} may not be {value!r}")
        values[name] = value
    for name in required:
        if name not in values:
            raise Violation(f"{name!r} is missing")
    return values
