"""An e-mail channel's way out: SMTP for the message, the Sent folder for its copy."""

from collections.abc import Callable

from inbox_desktop.models.attachments import AttachmentStore
from inbox_desktop.models.errors import StorageError
from inbox_desktop.models.kinds import DeliveryState
from inbox_desktop.models.mail_settings import MailSettings
from inbox_desktop.sync.blocking import in_thread
from inbox_desktop.sync.email.compose import Options, compose, needs_utf8
from inbox_desktop.sync.email.sent_copy import SentFolder
from inbox_desktop.sync.email.smtp import Submission
from inbox_desktop.sync.email.smtp_session import Login, Timeouts
from inbox_desktop.sync.errors import ChannelError
from inbox_desktop.sync.sending import HandOver, LookUp, NoCopyError, OutgoingMail, SendResult, same_for_all

# These put what is submitted to them into the Sent folder themselves; a copy of ours would be a second one.
# https://support.google.com/mail/answer/78892 and
# https://learn.microsoft.com/en-us/exchange/clients-and-mobile-in-exchange-online/authenticated-client-smtp-submission
_FILE_THEIR_OWN_COPIES = {"smtp.gmail.com", "smtp.office365.com", "smtp-mail.outlook.com"}


class EmailSender:
    """Sends from one mailbox. `password` may block and raises ChannelError when there is none."""

    def __init__(
        self,
        settings: MailSettings,
        password: Callable[[], str],
        attachments: AttachmentStore,
        *,
        quote_last_message: bool = True,
        timeouts: Timeouts | None = None,
    ) -> None:
        self._settings = settings
        self._password = password
        self._attachments = attachments
        self._quote_last_message = quote_last_message
        self._timeouts = timeouts or Timeouts()

    async def send(self, mail: OutgoingMail, hand_over: HandOver) -> SendResult:
        """Try once; see `sending.Sender`."""
        try:
            password = await in_thread("password", self._password)
            files = await in_thread("files", lambda: self._read_files(mail))
        except ChannelError as error:
            words = f"Not sent yet. {error}"
            return same_for_all(mail, DeliveryState.QUEUED, words, server_trouble=True, needs_person=True)
        except StorageError as error:
            return same_for_all(mail, DeliveryState.FAILED, f"Not sent. {error}")
        submission = Submission(
            self._settings.smtp,
            Login(self._settings.user, password),
            mail,
            lambda utf8: self._compose(mail, files, utf8=utf8),
            self._timeouts,
        )
        return await submission.submit(hand_over)

    async def look_up(self, mail: OutgoingMail) -> LookUp | None:
        """Whether it lies in the Sent folder; it is not found where there is no such folder or no IMAP."""
        try:
            folder = await self._sent_folder()
            if folder is None:
                return LookUp(found=False)
            return LookUp(await in_thread("look-up", lambda: folder.holds(mail.external_id)))
        except ChannelError:
            return None

    async def file_copy(self, mail: OutgoingMail) -> None:
        """Put a copy into the Sent folder; see `sending.Sender`."""
        if self._settings.smtp.host.lower().rstrip(".") in _FILE_THEIR_OWN_COPIES:
            return
        folder = await self._sent_folder()
        if folder is None:
            raise NoCopyError("The channel has no mailbox to keep a copy in.")
        files = await in_thread("files", lambda: self._read_files(mail))
        content = self._compose(mail, files, utf8=any(map(needs_utf8, (*mail.to, *mail.cc))))
        await in_thread("copy", lambda: folder.file(mail.external_id, content))

    async def _sent_folder(self) -> SentFolder | None:
        if self._settings.imap is None:
            return None
        password = await in_thread("password", self._password)
        return SentFolder(self._settings.imap, self._settings.user, password)

    def _read_files(self, mail: OutgoingMail) -> dict[str, bytes]:
        return {file.sha256: self._attachments.get(file.sha256) for file in mail.files}

    def _compose(self, mail: OutgoingMail, files: dict[str, bytes], *, utf8: bool) -> bytes:
        options = Options(quote_last_message=self._quote_last_message, smtputf8=utf8)
        return compose(mail, files.__getitem__, options)
