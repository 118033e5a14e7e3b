"""The settings' page with the mailboxes."""

from typing import ClassVar

from PySide6.QtWidgets import QWidget

from inbox_desktop.models.channel_settings import ChannelSettings
from inbox_desktop.models.kinds import ChannelKind
from inbox_desktop.models.mail_settings import MailSettings
from inbox_desktop.models.queries.rows import ChannelRow
from inbox_desktop.ui.connect.kind_page import KindPage, PageWords
from inbox_desktop.ui.connect.mail_form import MailForm


class ChannelsPage(KindPage):
    """All mailboxes, and the form that adds one."""

    KIND: ClassVar = ChannelKind.EMAIL
    WORDS: ClassVar = PageWords(
        icon="mail",
        none="No mailbox yet",
        none_text="Connect a mailbox, and its mail becomes tickets.",
        add="Add a mailbox",
        removing="New mail will no longer arrive, and its tickets can no longer be answered. The tickets "
        "stay here, and the mailbox itself stays as it is.",
    )

    @property
    def form(self) -> MailForm | None:
        """The form, while it is shown."""
        return self._open_form if isinstance(self._open_form, MailForm) else None

    def make_form(self, parent: QWidget) -> MailForm:
        """The form of a mailbox."""
        form = MailForm(self._bridge, parent)
        form.connected.connect(lambda _channel_id: self.show_form(shown=False))
        form.setFocusProxy(form.address)
        return form

    def make_change_form(self, parent: QWidget, channel: ChannelRow, settings: ChannelSettings) -> MailForm:
        """The form of this mailbox."""
        assert isinstance(settings, MailSettings)
        form = MailForm(
            self._bridge, parent, channel_id=channel.id, address=channel.address, settings=settings
        )
        form.saved.connect(lambda: self.show_form(shown=False))
        return form
