"""The settings' page with the numbers for texts."""

from typing import ClassVar

from PySide6.QtWidgets import QWidget

from inbox_desktop.models.channel_settings import ChannelSettings
from inbox_desktop.models.kinds import ChannelKind
from inbox_desktop.models.queries.rows import ChannelRow
from inbox_desktop.models.sms_settings import SmsSettings
from inbox_desktop.ui.connect.kind_page import KindPage, PageWords
from inbox_desktop.ui.connect.sms_form import SmsForm


class SmsPage(KindPage):
    """All numbers, and the form that adds one or changes one."""

    KIND: ClassVar = ChannelKind.SMS
    WORDS: ClassVar = PageWords(
        icon="phone",
        none="No number yet",
        none_text="Connect a number at Twilio, Vonage or Telnyx, and its texts become tickets.",
        add="Add a number",
        removing="New texts will no longer arrive, and its tickets can no longer be answered. The tickets "
        "and everybody's consent stay here; at the provider everything stays as it is.",
    )

    @property
    def form(self) -> SmsForm | None:
        """The form, while it is shown."""
        return self._open_form if isinstance(self._open_form, SmsForm) else None

    def make_form(self, parent: QWidget) -> SmsForm:
        """The form of a number."""
        form = SmsForm(self._bridge, parent)
        form.connected.connect(lambda _channel_id: self.show_form(shown=False))
        return form

    def make_change_form(self, parent: QWidget, channel: ChannelRow, settings: ChannelSettings) -> SmsForm:
        """The form of this number."""
        assert isinstance(settings, SmsSettings)
        form = SmsForm(self._bridge, parent, channel_id=channel.id, settings=settings)
        form.saved.connect(lambda: self.show_form(shown=False))
        return form
