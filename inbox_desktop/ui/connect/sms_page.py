"""The settings' page with the numbers for texts."""

from functools import partial
from typing import Any, ClassVar

from PySide6.QtWidgets import QWidget

from inbox_desktop.models.kinds import ChannelKind
from inbox_desktop.models.queries.directory import channel_settings
from inbox_desktop.models.sms_settings import SmsSettings
from inbox_desktop.models.store import Reader
from inbox_desktop.ui.connect.kind_page import KindPage, PageWords
from inbox_desktop.ui.connect.sms_form import SmsForm
from inbox_desktop.ui.kit import Card


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
    CAN_CHANGE: ClassVar = True

    @property
    def form(self) -> SmsForm | None:
        """The form, while it is shown."""
        return self._open_form if isinstance(self._open_form, SmsForm) else None

    def make_form(self, parent: QWidget) -> SmsForm:
        """The form of a number."""
        form = SmsForm(self._bridge, parent)
        form.connected.connect(lambda _channel_id: self.show_form(shown=False))
        return form

    def begin_change(self, channel_id: str) -> None:
        """Read how the channel is set, and show that in the form."""
        question = partial(_settings, channel_id=channel_id)
        self._bridge.query(question, partial(self._show_change, channel_id), self._failed)

    def _show_change(self, channel_id: str, settings: SmsSettings | None) -> None:
        if settings is None or channel_id not in self._cards:
            self._failed("The channel's settings cannot be read. Remove it and connect it again.")
            return
        self._failed("")
        card = Card(f"Change {self._cards[channel_id].title}", parent=self)
        form = SmsForm(self._bridge, card, channel_id=channel_id, settings=settings)
        form.saved.connect(lambda: self.show_form(shown=False))
        self.show_change(card, form)


def _settings(reader: Reader, channel_id: str) -> SmsSettings | None:
    values: dict[str, Any] = channel_settings(reader, channel_id) or {}
    try:
        return SmsSettings.from_json(values)
    except (KeyError, TypeError, ValueError):
        return None
