"""Every request to Twilio, and every answer of its simulator, against Twilio's own description."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from inbox_desktop.demo.providers.twilio import TwilioSimulator
from inbox_desktop.models.kinds import Direction
from inbox_desktop.sync.sms.provider import Picture
from inbox_desktop.sync.sms.twilio import Twilio
from tests.sync.sms.contract import Contract

NUMBER, CUSTOMER = "+12025550100", "+12025550123"
_ACCOUNT = "/2010-04-01/Accounts/{AccountSid}"


@pytest.fixture(scope="module")
def contract(shared_data: Path) -> Contract:
    description = json.loads((shared_data / "specs" / "twilio_api_v2010.json").read_text("utf-8"))
    paths = ("Messages.json", "Messages/{MessageSid}/Media.json", "IncomingPhoneNumbers.json")
    return Contract(description, "https://api.twilio.com", [f"{_ACCOUNT}/{path}" for path in paths])


async def test_all_that_is_said_keeps_to_twilios_description(contract: Contract) -> None:
    with TwilioSimulator("a-token", NUMBER) as sim:
        twilio = Twilio(sim.account, "a-token", NUMBER, sim.url)
        sim.page_size = 2
        since = sim.now - timedelta(minutes=1)
        for count in range(5):
            sim.text_from(CUSTOMER, f"text {count}", [(b"\x89PNG", "image/png")] if count == 3 else ())
            sim.campaign(CUSTOMER, f"offer {count}")
        sim.pace.sent = timedelta(0)
        sim.failing[CUSTOMER] = "30003"
        await twilio.check()
        await twilio.send(
            CUSTOMER, "Olá 🙂", "ours-1", ["https://shop.example/a.png", "https://shop.example/b.png"]
        )
        await twilio.send(CUSTOMER, "plain", "ours-2")
        await twilio.find_sent(CUSTOMER, "plain", "ours-2", since)
        pictures: list[Picture] = []
        for direction in Direction:
            async for text in twilio.texts(direction, since, sim.now + timedelta(minutes=1)):
                pictures += text.pictures
        await twilio.picture(pictures[0])
        await twilio.close()
    assert sim.violations == []
    described = [item for item in sim.exchanges if item.call.path.endswith(".json")]
    assert len(described) > 10
    assert [fault for item in described for fault in contract.faults(item)] == []


async def test_the_contract_sees_what_the_description_does_not_allow(contract: Contract) -> None:
    with TwilioSimulator("a-token", NUMBER) as sim:
        twilio = Twilio(sim.account, "a-token", NUMBER, sim.url)
        await twilio.check()
        await twilio._http.get(twilio._path("Messages"), [("PageSize", "5000")])
        await twilio._http.get(twilio._path("Messages"), [("Cursor", "5")])
        await twilio._http.post(twilio._path("Messages"), form=[("From", NUMBER)])
        await twilio._http.post(twilio._path("Messages"), form=[("To", CUSTOMER), ("Reference", "1")])
        await twilio.close()
    good, *bad = list(sim.exchanges)
    assert contract.faults(good) == []
    assert all(contract.faults(item) for item in bad)
    assert len(sim.violations) == 4
