"""Tells the channels of texts, by the health of the relay's link, whether the relay is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from inbox_desktop.models.health import Health
from inbox_desktop.models.kinds import ChannelState

if TYPE_CHECKING:
    from inbox_desktop.sync.services import Services


def telling_texts(services: Services) -> Callable[[Health], None]:
    """A listener for the link's health. Belongs to the event loop."""

    def hear(health: Health) -> None:
        if health.state is ChannelState.CONNECTED:
            if services.hooks.relay is None:
                from inbox_desktop.sync.relay.texts import RelayTexts  # noqa: PLC0415 - only with a relay

                services.hooks.up(RelayTexts(services))
        elif health.state in {ChannelState.OFFLINE, ChannelState.FAILED}:
            if services.relay.is_connected:
                services.hooks.down()
            else:
                services.hooks.gone()

    return hear
