"""A channel of text messages as the synchronisation sees it, and the provider that its settings name."""

from __future__ import annotations

from dataclasses import dataclass

from inbox_desktop.models.sms_settings import Provider as ProviderName
from inbox_desktop.models.sms_settings import SmsSettings
from inbox_desktop.sync.sms.provider import Known, Provider


@dataclass(frozen=True, slots=True)
class TextChannel:
    """One number at one provider: its id here, its name for people, and how it is set."""

    id: str
    name: str
    settings: SmsSettings


def make_provider(
    settings: SmsSettings, secret: str, known: Known | None = None, report_to: str = ""
) -> Provider:
    """The provider's interface, which will sign in with `secret`. Nothing is asked yet.

    `known` says which texts need not be read again. What becomes of a text that is sent is told to the URL
    `report_to`, besides being listed.

    Raises:
        ProviderError: the base URL is none, or would send the secret in plain text to another computer.
    """
    # Loaded when there is a channel of texts: the HTTP library would slow every other start.
    from inbox_desktop.sync.sms.telnyx import Telnyx  # noqa: PLC0415
    from inbox_desktop.sync.sms.twilio import Twilio  # noqa: PLC0415
    from inbox_desktop.sync.sms.vonage import Vonage  # noqa: PLC0415

    account = (settings.account, secret, settings.number, settings.base_url)
    match settings.provider:
        case ProviderName.TWILIO:
            return Twilio(*account, report_to=report_to)
        case ProviderName.VONAGE:
            return Vonage(*account, known=known, report_to=report_to)
        case ProviderName.TELNYX:
            return Telnyx(*account, known=known, report_to=report_to)
