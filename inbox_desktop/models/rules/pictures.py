"""What pictures may go with a text, by provider: it decides before anything is published or sent."""

from dataclasses import dataclass
from typing import Final

from inbox_desktop.models.sms_settings import Provider

PICTURE_TYPES: Final = ("image/jpeg", "image/png", "image/gif")
"""What providers hand on as it is; see twilio.com/docs/messaging/guides/accepted-mime-types."""


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """How many pictures one text takes, and how many bytes all of them together."""

    most: int
    most_bytes: int


PICTURE_LIMITS: Final = {
    Provider.TWILIO: PictureLimits(10, 5_000_000),
    Provider.TELNYX: PictureLimits(10, 1_000_000),
}
"""A provider that is not here sends none."""
