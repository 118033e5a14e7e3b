"""Talking HTTP with a provider of texts: one request, once; failures in words, nothing secret in them."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from inbox_desktop.models.hosts import is_loopback
from inbox_desktop.sync.errors import KEPT, RETRIED, quoted
from inbox_desktop.sync.remote_images import is_public
from inbox_desktop.sync.sms.provider import ProviderError, Trouble
from inbox_desktop.sync.transport import IsAllowed, Transport, any_address
from inbox_desktop.sync.web import TooLargeError, not_reached, web_context, whole_content

LARGEST_ANSWER = 10_000_000
CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 30.0
MOST_REDIRECTS = 3
LONGEST_WAIT = 3_600.0
"""The longest Retry-After that is believed, in seconds."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERHAPS_TAKEN = "It may have taken the text all the same."

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider answered, whatever its status."""

    status: int
    headers: httpx.Headers
    content: bytes

    @property
    def is_good(self) -> bool:
        """Whether the status is one of the 200s."""
        return 200 <= self.status < 300

    @property
    def content_type(self) -> str:
        """The media type alone, in lower case."""
        value: str = self.headers.get("content-type", "")
        return value.split(";", maxsplit=1)[0].strip().lower()


class Http:
    """The connections to one provider, whose `name` people know.

    `auth` goes to the provider's own server and nowhere else. `seconds` is how long an answer may take.

    Raises:
        ProviderError: REFUSED, for an address to which the secret would travel in plain text.
    """

    def __init__(
        self,
        name: str,
        base_url: str,
        auth: httpx.Auth,
        seconds: float = ANSWER_SECONDS,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.name = name
        self.clock_offset = timedelta(0)
        """How far the provider's clock is ahead of ours, by its newest answer."""
        self._base = _checked_base(name, base_url)
        self._is_at_home = is_loopback(self._base.host)
        self._auth = auth
        self._seconds = seconds
        self._context = context or web_context()
        self._reading = self._client(httpx.Limits(max_connections=8))
        # A connection that was kept may be dead already, and a text lost on it would count as ambiguous.
        self._sending = self._client(httpx.Limits(max_connections=4, max_keepalive_connections=0))
        # Whoever names a file elsewhere shall not make us ask the machines of this network.
        self._elsewhere = self._client(
            httpx.Limits(max_connections=4), any_address if self._is_at_home else is_public
        )

    def at(self, base_url: str, auth: httpx.Auth) -> Http:
        """The same provider at another address, or signed in otherwise."""
        return Http(self.name, base_url, auth, self._seconds, self._context)

    def _client(self, limits: httpx.Limits, is_allowed: IsAllowed = any_address) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=Transport(self._context, limits, is_allowed),
            timeout=httpx.Timeout(self._seconds, connect=min(CONNECT_SECONDS, self._seconds)),
            trust_env=False,
            headers={"Accept": "application/json", "User-Agent": "InboxDesktop"},
        )

    async def get(self, address: str, params: Pairs = ()) -> Answer:
        """Ask for something. `address` is a path, or a whole URL on the provider's own server.

        Raises:
            ProviderError: BUSY when no whole answer came, REFUSED for an address on another server.
        """
        url = self._own_url(address)
        if params:
            url = url.copy_with(params=list(params))
        with self._words_for(url, sending=False):
            return await self._exchange(self._reading, self._reading.build_request("GET", url), self._auth)

    async def post(self, path: str, *, form: Pairs | None = None, body: object = None) -> Answer:
        """Have something done, once. The body is a form, or JSON.

        Raises:
            ProviderError: BUSY when the request certainly did not leave, AMBIGUOUS when it may have arrived.
        """
        url = self._own_url(path)
        if form is None:
            request = self._sending.build_request("POST", url, json=body)
        else:
            content = str(httpx.QueryParams(list(form))).encode("ascii")
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            request = self._sending.build_request("POST", url, content=content, headers=headers)
        with self._words_for(url, sending=True):
            return await self._exchange(self._sending, request, self._auth)

    async def download(self, address: str) -> tuple[bytes, str]:
        """A file and its content type; redirects are followed, but no secret leaves the provider's server.

        Raises:
            ProviderError: BUSY, or REFUSED for an address that is not asked, or whose file is gone.
        """
        url = self._joined(self._base, address)
        for _ in range(MOST_REDIRECTS + 1):
            answer = await self._download_once(url)
            if answer.status in _REDIRECTS and "location" in answer.headers:
                url = self._joined(url, answer.headers["location"])
            elif answer.is_good:
                return answer.content, answer.content_type
            else:
                raise self.failure(answer, "", "the file is gone" if answer.status in {404, 410} else "")
        raise self.refused("sent the request for a file from address to address")

    async def _download_once(self, url: httpx.URL) -> Answer:
        is_own = _origin(url) == _origin(self._base)
        client, auth = (self._reading, self._auth) if is_own else (self._elsewhere, None)
        if not is_own and url.scheme != "https" and not (self._is_at_home and is_loopback(url.host)):
            raise self.refused("named a file at an address without encryption, which is not asked")
        with self._words_for(url, sending=False):
            return await self._exchange(
                client, client.build_request("GET", url, headers={"Accept": "*/*"}), auth
            )

    async def close(self) -> None:
        """Close every connection."""
        for client in (self._reading, self._sending, self._elsewhere):
            await client.aclose()

    def failure(self, answer: Answer, code: str, words: str, *, sending: bool = False) -> ProviderError:
        """What an answer that is not good means by its status. `words` are the provider's, `code` too.

        A server error may hide a text that was taken: while sending only 503, which says that the server
        takes nothing at present (RFC 9110, 15.6.4), is BUSY.
        """
        said = f": {quoted(words)}" if words else ""
        number = f" (code {code})" if code else f" (HTTP {answer.status})"
        if answer.status in {401, 403}:
            return ProviderError(
                Trouble.SIGN_IN,
                f"{self.name} refused the sign-in{said}{number}. {KEPT} Check the account and its secret in "
                "the channel's settings.",
                code=code,
            )
        if answer.status == 429:
            return self.busy(f"asks to go slower{number}", answer, code)
        if answer.status == 408:  # the request did not come whole (RFC 9110, 15.5.9)
            return self.busy(f"did not get the whole request{number}", answer, code)
        if answer.status < 500:
            return self.refused(f"refused the request{said}{number}", code)
        if sending and answer.status != 503:
            return ProviderError(
                Trouble.AMBIGUOUS,
                f"{self.name} has a fault of its own{said}{number}. It may have taken the text all the same.",
                code=code,
            )
        return self.busy(f"has a fault of its own{said}{number}", answer, code)

    def refused(
        self, what: str, code: str = "", advice: str = "Check the channel's settings."
    ) -> ProviderError:
        """The provider said no: `what` continues its name."""
        return ProviderError(Trouble.REFUSED, f"{self.name} {what}. {KEPT} {advice}", code=code)

    def busy(self, what: str, answer: Answer | None = None, code: str = "") -> ProviderError:
        """The provider cannot do it now: `what` continues its name."""
        return ProviderError(
            Trouble.BUSY,
            f"{self.name} {what}. {KEPT} {RETRIED}",
            code=code,
            retry_after=None if answer is None else self.retry_after(answer),
        )

    def unreadable(self, answer: Answer, *, sending: bool = False) -> ProviderError:
        """A good status, and an answer that is none of the provider's."""
        if answer.content_type == "text/html":
            what = (
                f"A web page came instead of an answer from {self.name}. This network may ask for a sign-in "
                "first: open any page in a browser."
            )
        else:
            what = f"{self.name} gave an answer that cannot be read."
        if sending:
            return ProviderError(Trouble.AMBIGUOUS, f"{what} {_PERHAPS_TAKEN}")
        return ProviderError(Trouble.BUSY, f"{what} {KEPT} {RETRIED}")

    def retry_after(self, answer: Answer) -> float | None:
        """Seconds of a Retry-After header (a number or a date, RFC 9110, 10.2.3), None without one."""
        value = answer.headers.get("retry-after", "").strip()
        if value.isascii() and value.isdecimal():
            seconds = float(value[:9])
        elif (moment := _http_date(value)) is not None:
            seconds = (moment - self.clock_offset - datetime.now(UTC)).total_seconds()
        else:
            return None
        return min(max(seconds, 0.0), LONGEST_WAIT)

    def _own_url(self, address: str) -> httpx.URL:
        url = self._joined(self._base, address)
        if _origin(url) != _origin(self._base):
            raise self.refused(f"named a page on another server ({quoted(url.host)}), which was not asked")
        return url

    def _joined(self, url: httpx.URL, address: str) -> httpx.URL:
        try:
            return url.join(address)
        except httpx.InvalidURL:
            raise self.refused("named an address that cannot be read") from None

    async def _exchange(
        self, client: httpx.AsyncClient, request: httpx.Request, auth: httpx.Auth | None
    ) -> Answer:
        async with asyncio.timeout(CONNECT_SECONDS + 2 * self._seconds):
            response = await client.send(request, auth=auth, stream=True, follow_redirects=False)
            try:
                content = await whole_content(response, LARGEST_ANSWER)
            finally:
                await response.aclose()
        moment = _http_date(response.headers.get("date", ""))
        if moment is not None:
            self.clock_offset = moment - datetime.now(UTC)
        return Answer(response.status_code, response.headers, content)

    @contextmanager
    def _words_for(self, url: httpx.URL, *, sending: bool) -> Iterator[None]:
        """Turn whatever fails on the way into a ProviderError."""
        try:
            yield
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise ProviderError(Trouble.BUSY, not_reached(error, url)) from None
        except httpx.LocalProtocolError:  # a header that may not be written; only the secret varies
            raise ProviderError(
                Trouble.SIGN_IN,
                f"The secret for {self.name} holds characters that none can have, perhaps the end of a line. "
                f"Nothing was sent. {KEPT} Enter it again in the channel's settings.",
            ) from None
        except (httpx.TimeoutException, TimeoutError):
            raise self._lost("did not answer in time", sending=sending) from None
        except TooLargeError:
            raise self._lost("gave an answer of over 10 MB, which was not read", sending=sending) from None
        except (httpx.RequestError, httpx.InvalidURL, httpx.StreamError):
            raise self._lost("ended the connection without a whole answer", sending=sending) from None

    def _lost(self, what: str, *, sending: bool) -> ProviderError:
        if sending:
            return ProviderError(Trouble.AMBIGUOUS, f"{self.name} {what}. {_PERHAPS_TAKEN}")
        return self.busy(what)


def _checked_base(name: str, base_url: str) -> httpx.URL:
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme == "https" and url.host:
        return url
    if url.scheme == "http" and is_loopback(url.host):
        return url
    raise ProviderError(
        Trouble.REFUSED,
        f"{name} cannot be reached at {quoted(base_url, 100)}: the address must begin with https://, or lead "
        "to this computer. Nothing was sent. Correct the address in the channel's settings.",
    )


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
