"""Every request to Telnyx, and every answer of its simulator, against what its reference pages say."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inbox_desktop.demo.providers.telnyx import TelnyxSimulator
from inbox_desktop.models.kinds import Direction
from inbox_desktop.sync.sms.provider import Picture
from inbox_desktop.sync.sms.telnyx import Telnyx
from tests.sync.sms.contract import Contract
from tests.sync.sms.desk import CUSTOMER, NUMBER, OTHER, SECRET, failure_of
from tests.sync.sms.telnyx_description import DESCRIPTION


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract(DESCRIPTION, "https://api.telnyx.com/v2", list(DESCRIPTION["paths"]))


async def test_all_that_is_said_keeps_to_the_reference(contract: Contract) -> None:
    with TelnyxSimulator(SECRET, NUMBER) as sim:
        telnyx = Telnyx("shop", SECRET, NUMBER, sim.url)
        sim.page_size = 2
        sim.pace.sent = timedelta(0)
        since = sim.now - timedelta(hours=1)
        for count in range(5):
            sim.text_from(CUSTOMER, f"text {count}", [(b"\x89PNG", "image/png")] if count == 3 else ())
            sim.campaign(CUSTOMER, f"offer {count}")
        sim.failing[OTHER] = "40001"
        await telnyx.check()
        await telnyx.send(CUSTOMER, "Olá 🙂", "1", ["https://shop.example/a.png"])
        await telnyx.send(OTHER, "plain", "2")
        assert await telnyx.find_sent(OTHER, "plain", "2", since) is not None
        pictures: list[Picture] = []
        for direction in Direction:
            async for text in telnyx.texts(direction, since, sim.now + timedelta(minutes=1)):
                pictures += text.pictures
        await telnyx.picture(next(item for item in pictures if item.content_type == "image/png"))
        sim.opted_out.add(CUSTOMER)
        await failure_of(telnyx.send(CUSTOMER, "refused", "3"))
        await failure_of(telnyx.send("+1", "refused", "4"))
        await telnyx.close()
    assert sim.violations == []
    described = [item for item in sim.exchanges if item.call.path.startswith("/v2/")]
    assert len(described) > 20
    assert [fault for item in described for fault in contract.faults(item)] == []


async def test_the_contract_sees_what_the_reference_does_not_allow(contract: Contract) -> None:
    with TelnyxSimulator(SECRET, NUMBER) as sim:
        telnyx = Telnyx("shop", SECRET, NUMBER, sim.url)
        records = [("filter[record_type]", "messaging")]
        await telnyx._http.get("/v2/detail_records")
        await telnyx._http.get("/v2/detail_records", [*records, ("page[size]", "51")])
        await telnyx._http.get("/v2/detail_records", [*records, ("cursor", "1")])
        moment = "2026-03-01T12:00:00Z"
        await telnyx._http.get("/v2/detail_records", [*records, ("filter[created_at][gte]", moment)])
        await telnyx._http.post("/v2/messages", body={"from": NUMBER})
        await telnyx._http.post("/v2/messages", body={"from": NUMBER, "to": CUSTOMER, "text": ""})
        await telnyx._http.post("/v2/messages", body={"from": NUMBER, "to": CUSTOMER, "reference": "1"})
        await telnyx.close()
    assert all(contract.faults(item) for item in sim.exchanges)
    assert len(sim.violations) == 7
