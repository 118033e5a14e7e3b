"""Handing one message to a submission server, and telling for each recipient what became of it (RFC 5321)."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import aiosmtplib
from aiosmtplib import SMTPException, SMTPResponse, SMTPTimeoutError

from inbox_desktop.models.actions.deliveries import RecipientResult
from inbox_desktop.models.kinds import DeliveryState
from inbox_desktop.models.mail_settings import Server
from inbox_desktop.sync.blocking import in_thread
from inbox_desktop.sync.email.compose import needs_utf8, wire_address
from inbox_desktop.sync.email.smtp_faults import reply_words, smtp_fault
from inbox_desktop.sync.email.smtp_session import Login, Timeouts, smtp_session
from inbox_desktop.sync.errors import ChannelError, Fault
from inbox_desktop.sync.sending import HandOver, OutgoingMail, SendResult, same_for_all

_ENVELOPE_ADDRESS = re.compile(r'[^\s<>"@\x00-\x20\x7f]{1,64}@[^\s<>"@\x00-\x20\x7f]{1,255}')
_SIGN_IN_WANTED = {530, 534, 538}
_SHUTTING_DOWN = 421


@dataclass(frozen=True, slots=True)
class Submission:
    """One message on its way to one server. `compose` makes its bytes, with UTF-8 addresses or without."""

    server: Server
    login: Login
    mail: OutgoingMail
    compose: Callable[[bool], bytes]
    timeouts: Timeouts = Timeouts()  # noqa: RUF009 - frozen, so one for all is fine

    async def submit(self, hand_over: HandOver) -> SendResult:
        """Try once.

        `hand_over` is awaited between the server's "go on" (354) and the first byte of the message. What
        ends before it has certainly sent nothing; what breaks off after it is UNKNOWN. What `hand_over`
        and `compose` raise passes.
        """
        try:
            async with smtp_session(self.server, self.login, self.timeouts) as client:
                return await _Transaction(self, client).run(hand_over)
        except ChannelError as fault:
            return same_for_all(
                self.mail,
                DeliveryState.QUEUED,
                f"Not sent yet. {fault}",
                server_trouble=True,
                needs_person=fault.needs_person,
            )


class _EndedError(Exception):
    """The transaction has its result before the message was handed over."""

    def __init__(self, result: SendResult) -> None:
        self.result = result


class _Transaction:
    """MAIL, RCPT, DATA on a signed-in connection."""

    def __init__(self, submission: Submission, client: aiosmtplib.SMTP) -> None:
        self.server = submission.server
        self.mail = submission.mail
        self.compose = submission.compose
        self.timeouts = submission.timeouts
        self.client = client
        self.refused: dict[str, RecipientResult] = {}

    async def run(self, hand_over: HandOver) -> SendResult:
        try:
            utf8 = self._settle_utf8()
            content = await in_thread("composing", lambda: _stuffed(self.compose(utf8)))
            await self._begin(len(content), utf8=utf8)
            accepted = await self._name_recipients()
            await self._ask_for_data()
        except _EndedError as ended:
            return ended.result
        except (SMTPException, OSError) as error:
            raise smtp_fault(error, self.server) from error
        await hand_over(accepted)
        return await self._deliver(content)

    def _settle_utf8(self) -> bool:
        """Whether UTF-8 addresses are used (RFC 6531); without the server's help those recipients fail."""
        if self.client.supports_extension("smtputf8"):
            return any(map(needs_utf8, (self.mail.from_address, *self.mail.recipients)))
        words = f"{self.server.host} can’t write to addresses with such characters (it lacks SMTPUTF8)."
        if needs_utf8(self.mail.from_address):
            raise _EndedError(same_for_all(self.mail, DeliveryState.FAILED, f"Not sent from here: {words}"))
        for address in self.mail.recipients:
            if needs_utf8(address):
                self._refuse(address, DeliveryState.FAILED, words)
        return False

    async def _begin(self, size: int, *, utf8: bool) -> None:
        limit = self.client.esmtp_extensions.get("size", "").strip()
        if limit.isdigit() and 0 < int(limit) < size:  # RFC 1870, section 5
            words = (
                f"Not sent: with its files the message has {_megabytes(size)}, and {self.server.host} takes "
                f"{_megabytes(int(limit))} at most. Send the files in another way."
            )
            raise _EndedError(same_for_all(self.mail, DeliveryState.FAILED, words))
        options = [f"SIZE={size}"] if "size" in self.client.esmtp_extensions else []
        options += ["SMTPUTF8"] if utf8 else []
        sender = wire_address(self.mail.from_address)
        reply = await self._command(b"MAIL", f"FROM:<{sender}>", *options)
        if reply.code in _SIGN_IN_WANTED:
            raise ChannelError(
                Fault.SIGN_IN,
                f"{self.server} wants a sign-in first: {reply_words(*reply)}. Check the user name and the "
                "password in the channel's settings.",
            )
        self._require(reply, f"{self.server.host} does not take mail from {sender}")

    async def _name_recipients(self) -> list[str]:
        """RCPT for each; returns whom the server accepts. Ends the transaction if it is nobody."""
        accepted = []
        for address in self.mail.recipients:
            if address in self.refused:
                continue
            target = wire_address(address)
            if not _ENVELOPE_ADDRESS.fullmatch(target):
                self._refuse(address, DeliveryState.FAILED, "This is no e-mail address.")
                continue
            reply = await self._command(b"RCPT", f"TO:<{target}>")
            if reply.code // 100 == 2:
                accepted.append(address)
            else:
                state = DeliveryState.QUEUED if reply.code // 100 == 4 else DeliveryState.FAILED
                self._refuse(address, state, f"{self.server.host} says {reply_words(*reply)}.")
        if not accepted:
            raise _EndedError(self._result(DeliveryState.FAILED))
        return accepted

    async def _ask_for_data(self) -> None:
        reply = await self._command(b"DATA")
        self._require(reply, f"{self.server.host} does not take the message", good=3)

    async def _deliver(self, content: bytes) -> SendResult:
        """The message itself. From here on silence means that nobody knows."""
        protocol = self.client.protocol
        if protocol is None or not self.client.is_connected:
            raise smtp_fault(ConnectionResetError(), self.server)
        patience = self.timeouts.data + len(content) / self.timeouts.bytes_per_second
        try:
            protocol.write(content)
            reply = await protocol.read_response(timeout=patience)
        except (SMTPException, OSError) as error:
            return self._result(DeliveryState.UNKNOWN, self._unknown_words(error))
        match reply.code // 100:
            case 2:
                return self._result(DeliveryState.SENT)
            case 4:
                return self._result(DeliveryState.QUEUED, self._words("Not sent yet", reply))
            case 5:
                return self._result(DeliveryState.FAILED, self._words("Not sent", reply))
            case _:
                return self._result(DeliveryState.UNKNOWN, self._unknown_words(None))

    async def _command(self, verb: bytes, *arguments: str) -> SMTPResponse:
        """One command and its reply; a server that says goodbye (421) is a fault of the server."""
        words = [argument.encode() for argument in arguments]
        reply = await self.client.execute_command(verb, *words, timeout=self.timeouts.reply)
        if reply.code == _SHUTTING_DOWN:
            raise ChannelError(Fault.SERVER, f"{self.server} is going away: {reply_words(*reply)}.")
        return reply

    def _require(self, reply: SMTPResponse, refusal: str, good: int = 2) -> None:
        """End the transaction for everybody unless the reply is good: 5xx for good, else for now."""
        if reply.code // 100 == good:
            return
        state = DeliveryState.FAILED if reply.code // 100 == 5 else DeliveryState.QUEUED
        begin = "Not sent" if state is DeliveryState.FAILED else "Not sent yet"
        raise _EndedError(self._result(state, f"{begin}. {refusal}: {reply_words(*reply)}."))

    def _refuse(self, address: str, state: DeliveryState, words: str) -> None:
        self.refused[address] = RecipientResult(address, state, words)

    def _result(self, state: DeliveryState, words: str = "") -> SendResult:
        """The result of the attempt: `state` for all but those who were refused before.

        After UNKNOWN nobody is tried again without a person, so nobody may stay queued.
        """
        results = tuple(
            self.refused.get(address) or RecipientResult(address, state, words)
            for address in self.mail.recipients
        )
        if state is DeliveryState.UNKNOWN:
            results = tuple(_not_queued(result) for result in results)
        states = {result.state for result in results}
        whole = next(s for s in _STRONGEST_FIRST if s in states)
        details = [words] if words else []
        details += [f"{r.address}: {r.detail}" for r in self.refused.values()]
        return SendResult(whole, " ".join(details), results)

    def _words(self, begin: str, reply: SMTPResponse) -> str:
        return f"{begin}. {self.server.host} did not take the message: {reply_words(*reply)}."

    def _unknown_words(self, error: BaseException | None) -> str:
        host = self.server.host
        match error:
            case None:
                what = f"{host} gave an answer that means nothing"
            case SMTPTimeoutError():
                what = f"{host} did not answer in time"
            case _:
                what = f"the connection to {host} broke off"
        return (
            f"Perhaps sent: after the message was handed over, {what}. It is not sent again by itself. Look "
            "into the Sent folder or ask the recipient, then choose whether it was sent."
        )


_STRONGEST_FIRST = (
    DeliveryState.UNKNOWN,
    DeliveryState.SENT,
    DeliveryState.QUEUED,
    DeliveryState.FAILED,
)


def _not_queued(result: RecipientResult) -> RecipientResult:
    if result.state is not DeliveryState.QUEUED:
        return result
    return RecipientResult(result.address, DeliveryState.FAILED, result.detail)


def _stuffed(content: bytes) -> bytes:
    """The message as DATA has it (section 4.5.2): CRLF, leading dots doubled, a lone dot at the end."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", content)
    if not lines.endswith(b"\r\n"):
        lines += b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", lines) + b".\r\n"


def _megabytes(size: int) -> str:
    return f"{size / 1_048_576:.1f} MB"
