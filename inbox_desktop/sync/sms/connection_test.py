"""“Test connection” for a channel of texts: the settings, the sign-in, the number."""

from __future__ import annotations

from collections.abc import Callable

from inbox_desktop.models.health import TestStep
from inbox_desktop.models.sms_settings import SmsSettings, SmsSettingsError
from inbox_desktop.sync.errors import KEPT, RETRIED
from inbox_desktop.sync.sms.channel import make_provider
from inbox_desktop.sync.sms.provider import ProviderError, Trouble

_STEP_OF = {Trouble.BUSY: "connection", Trouble.SIGN_IN: "sign-in"}


async def try_provider(settings: SmsSettings, secret: str, tell: Callable[[TestStep], None]) -> bool:
    """Sign in and look the number up, telling each step. No text is sent. Returns whether all held."""
    name = settings.provider.value.title()
    try:
        checked = settings.checked()
        tell(TestStep("settings", ok=True, detail=f"{name} and the number {checked.number}."))
        provider = make_provider(checked, secret)
    except (SmsSettingsError, ProviderError) as error:
        tell(TestStep("settings", ok=False, detail=str(error)))
        return False
    try:
        found = await provider.check()
    except ProviderError as error:
        words = " ".join(str(error).replace(KEPT, "").replace(RETRIED, "").split())
        tell(TestStep(_STEP_OF.get(error.trouble, "number"), ok=False, detail=words))
        return False
    finally:
        await provider.close()
    tell(TestStep("number", ok=True, detail=found))
    return True
