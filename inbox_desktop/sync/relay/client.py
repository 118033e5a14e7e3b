"""Talking with the relay over HTTPS. A request that ended in the dark may be made again, but two.

Joining uses its code up, and each POST to `chats` makes a chat: these a person repeats, never the program.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from inbox_desktop.models.hosts import is_loopback
from inbox_desktop.sync.errors import KEPT, RETRIED, SIGN_IN_AGAIN_SECONDS, OutsideError, quoted
from inbox_desktop.sync.transport import Transport
from inbox_desktop.sync.web import TooLargeError, not_reached, web_context, whole_content

PROTOCOL: Final = 1
LARGEST_ANSWER: Final = 30_000_000
CONNECT_SECONDS: Final = 10.0
ANSWER_SECONDS: Final = 30.0
LONGEST_WAIT: Final = 3_600.0
"""The longest Retry-After that is believed, in seconds."""

WAITING: Final = (
    "Visitors' messages wait there or in their browsers; your answers wait in the outbox. "
    "It is tried again by itself."
)


class RelayError(OutsideError):
    """The relay cannot be asked, or said no. The text is for people.

    `status` is the HTTP status of a refusal and None when there was no answer; `code` and `data` are the
    relay's own. `is_final`: asking again will not help.
    """

    def __init__(
        self,
        text: str,
        *,
        status: int | None = None,
        code: str = "",
        data: Mapping[str, Any] | None = None,
        needs_person: bool = False,
        rest: float = 0.0,
    ) -> None:
        super().__init__(text, needs_person=needs_person, rest=rest)
        self.status = status
        self.code = code
        self.data: Mapping[str, Any] = data or {}

    @property
    def is_final(self) -> bool:
        """Whether the relay understood the request, and will always say no to it."""
        return self.status is not None and 400 <= self.status < 500 and self.status not in {401, 408, 429}


@dataclass(frozen=True, slots=True)
class Me:
    """Who the relay is, and who it takes us for."""

    protocol: int
    version: str
    epoch: str
    head: int
    public_url: str
    desktop_id: str
    desktop_name: str


class RelayClient:
    """The connections to one relay. `token` goes there and nowhere else; "" before this desktop has one.

    Raises:
        RelayError: the address is none, or would send the token in plain text over a network.
    """

    def __init__(self, url: str, token: str = "", context: ssl.SSLContext | None = None) -> None:
        self.url = relay_url(url)
        self._token = token
        self._base = httpx.URL(self.url)
        self.context = context or web_context()
        self._client = httpx.AsyncClient(
            transport=Transport(self.context, httpx.Limits(max_connections=8)),
            timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
            trust_env=False,
            headers={"Accept": "application/json", "User-Agent": "InboxDesktop"},
        )

    @property
    def host(self) -> str:
        """Where the relay is, for people."""
        return self._base.netloc.decode("ascii")

    @property
    def token(self) -> str:
        """What this desktop signs in with."""
        return self._token

    async def me(self) -> Me:
        """Who the relay is.

        Raises:
            RelayError: it cannot be asked, or speaks another protocol.
        """
        found = await self.get("me")
        try:
            me = Me(
                int(found["protocol"]),
                str(found["version"]),
                str(found["epoch"]),
                int(found["head"]),
                str(found["public_url"]),
                str(found["desktop"]["id"]),
                str(found["desktop"]["name"]),
            )
        except (KeyError, TypeError, ValueError):
            raise self._not_a_relay() from None
        if me.protocol != PROTOCOL:
            raise RelayError(
                f"The relay at {self.host} speaks version {me.protocol} of the protocol, this program "
                f"{PROTOCOL}. {KEPT} Update whichever is older.",
                needs_person=True,
                rest=SIGN_IN_AGAIN_SECONDS,
            )
        return me

    async def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """Ask for something below /api/v1/. Returns the JSON answer.

        Raises:
            RelayError: no whole answer came, or a refusal.
        """
        return await self._json("GET", path, params=dict(params or {}))

    async def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Have something done. Returns the JSON answer.

        Raises:
            RelayError: it may or may not have been done, or a refusal.
        """
        return await self._json("POST", path, json=dict(body or {}))

    async def put(self, path: str, body: Mapping[str, Any]) -> Any:
        """Have something replaced. Returns the JSON answer.

        Raises:
            RelayError: as `post`.
        """
        return await self._json("PUT", path, json=dict(body))

    async def delete(self, path: str) -> None:
        """Have something removed.

        Raises:
            RelayError: as `post`.
        """
        await self._json("DELETE", path)

    async def upload(self, path: str, content: bytes, content_type: str, params: Mapping[str, Any]) -> Any:
        """Hand a file over. Returns the JSON answer.

        Raises:
            RelayError: as `post`.
        """
        headers = {"Content-Type": content_type}
        return await self._json("PUT", path, content=content, headers=headers, params=dict(params))

    async def download(self, path: str) -> bytes:
        """The content of a file.

        Raises:
            RelayError: as `get`; its status is 404 or 410 when the file is gone.
        """
        return (await self._answered("GET", path)).content

    async def close(self) -> None:
        """End the connections."""
        await self._client.aclose()

    async def _json(self, method: str, path: str, **request: Any) -> Any:
        answer = await self._answered(method, path, **request)
        if not answer.content:
            return None
        try:
            return answer.json()
        except ValueError:
            raise self._not_a_relay() from None

    async def _answered(self, method: str, path: str, **request: Any) -> httpx.Response:
        if self._client.is_closed:
            raise RelayError("The relay's settings have just been changed. It is tried again by itself.")
        headers = dict(request.pop("headers", {}))
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        built = self._client.build_request(
            method, self._base.join(f"/api/v1/{path}"), headers=headers, **request
        )
        try:
            async with asyncio.timeout(CONNECT_SECONDS + 2 * ANSWER_SECONDS):
                answer = await self._client.send(built, stream=True, follow_redirects=False)
                try:
                    content = await whole_content(answer, LARGEST_ANSWER)
                finally:
                    await answer.aclose()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise self._unreached(_plain(not_reached(error, self._base))) from None
        except httpx.LocalProtocolError:
            raise self._refused_token() from None
        except (httpx.TimeoutException, TimeoutError):
            raise self._unreached("It did not answer in time.") from None
        except TooLargeError:
            raise self._not_a_relay() from None
        except (httpx.RequestError, httpx.InvalidURL, httpx.StreamError):
            raise self._unreached("It ended the connection without a whole answer.") from None
        whole = httpx.Response(answer.status_code, headers=_kept(answer.headers), content=content)
        if whole.is_success:
            return whole
        raise self._failure(whole)

    def _failure(self, answer: httpx.Response) -> RelayError:
        data = _refusal(answer)
        code, words = str(data.get("error", "")), quoted(str(data.get("message", "")))
        status = answer.status_code
        if status == 401:
            return self._refused_token()
        if not code and (status < 500 or answer.is_redirect):
            return self._not_a_relay(status)
        if status in {408, 429} or status >= 500:
            what = "asks to go slower" if status == 429 else "can't do it now"
            said = f": {words}" if words else ""
            return RelayError(
                f"The relay at {self.host} {what}{said}. {WAITING}",
                status=status,
                code=code,
                data=data,
                rest=_retry_after(answer),
            )
        text = f"The relay at {self.host} said no: {words or code}"
        return RelayError(text, status=status, code=code, data=data)

    def _unreached(self, reason: str) -> RelayError:
        return RelayError(f"The relay at {self.host} can't be reached: {reason} {WAITING}")

    def _refused_token(self) -> RelayError:
        return RelayError(
            f"The relay at {self.host} does not know this desktop (any more). {KEPT} Ask whoever runs it for "
            "an invitation (inbox-relay invite), and connect to it again in the settings of web chat.",
            status=401,
            code="unauthorized",
            needs_person=True,
            rest=SIGN_IN_AGAIN_SECONDS,
        )

    def _not_a_relay(self, status: int | None = None) -> RelayError:
        number = f" (HTTP {status})" if status else ""
        return RelayError(
            f"What answers at {self.host} is no relay of Inbox Desktop{number}, or this network asks for a "
            f"sign-in first. {KEPT} Check the address in the settings of web chat. {RETRIED}",
            rest=60.0,
        )


def relay_url(text: str) -> str:
    """A relay's address with its scheme, https unless it is on this computer, and without its last slash.

    Raises:
        RelayError: it is none, or would send the token in plain text over a network.
    """
    try:
        url = httpx.URL(_with_scheme(text.strip()).rstrip("/"))
        host = url.host
    except (httpx.InvalidURL, UnicodeError):  # IDNA's errors are of the latter kind
        url, host = httpx.URL(""), ""
    is_plain = url.scheme == "http"
    is_host = bool(host) and "%" not in host  # httpx escapes what no host may have, as blanks
    if url.scheme not in {"http", "https"} or not is_host or url.userinfo or url.query or url.fragment:
        raise RelayError(
            "This is no relay's address. Write it as https://chat.shop.example.", needs_person=True
        )
    if url.path.strip("/"):
        raise RelayError("A relay's address has no path. Leave out what follows the host.", needs_person=True)
    if is_plain and not is_loopback(host):
        raise RelayError(
            f"{host} would receive this desktop's token and everybody's messages in plain text. Write "
            "https://; http:// is allowed to this computer only.",
            needs_person=True,
        )
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def _with_scheme(address: str) -> str:
    if "://" in address or not address:
        return address
    host = httpx.URL(f"//{address}").host
    return f"{'http' if is_loopback(host) else 'https'}://{address}"


def _refusal(answer: httpx.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _kept(headers: httpx.Headers) -> dict[str, str]:
    """The headers that matter; the content is decoded already."""
    return {name: headers[name] for name in ("content-type", "retry-after") if name in headers}


def _retry_after(answer: httpx.Response) -> float:
    value = answer.headers.get("retry-after", "").strip()
    return min(float(value[:9]), LONGEST_WAIT) if value.isascii() and value.isdecimal() else 0.0


def _plain(words: str) -> str:
    """What is wrong with a connection, without what other channels say besides."""
    return " ".join(words.replace(KEPT, "").replace(RETRIED, "").replace("channel's ", "").split())
