"""Every request to Vonage, and every answer of its simulator, against Vonage's own descriptions."""

from __future__ import annotations

import copy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from inbox_desktop.demo.providers.simulator import Exchange
from inbox_desktop.demo.providers.vonage import VonageSimulator
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import Direction
from inbox_desktop.sync.sms.vonage import Vonage
from tests.sync.sms.contract import Contract
from tests.sync.sms.desk import CUSTOMER, NUMBER, SECRET, failure_of

# The list of numbers has no description among the shared data; the facts are those of
# developer.vonage.com/en/api/numbers, "List the numbers you own".
_NUMBERS: dict[str, Any] = {
    "openapi": "3.0.0",
    "info": {"title": "Numbers", "version": "1"},
    "servers": [{"url": "https://rest.nexmo.com"}],
    "paths": {
        "/account/numbers": {
            "get": {
                "parameters": [
                    {"name": "pattern", "in": "query", "schema": {"type": "string"}},
                    {
                        "name": "search_pattern",
                        "in": "query",
                        "schema": {"type": "integer", "enum": [0, 1, 2]},
                    },
                    {"name": "size", "in": "query", "schema": {"type": "integer", "maximum": 100}},
                    {"name": "index", "in": "query", "schema": {"type": "integer", "minimum": 1}},
                ],
                "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": {}}}}},
            }
        }
    },
}


class Descriptions:
    """Which of Vonage's descriptions a request falls under."""

    def __init__(self, folder: Path) -> None:
        sms = _without_faults(yaml.safe_load((folder / "vonage_sms.yml").read_text("utf-8")))
        reports = _without_faults(yaml.safe_load((folder / "vonage_reports.yml").read_text("utf-8")))
        self._by_path = {
            "/sms/json": Contract(sms, "https://rest.nexmo.com/sms", ["/{format}"]),
            "/v2/reports/records": Contract(reports, "https://api.nexmo.com", ["/v2/reports/records"]),
            "/account/numbers": Contract(_NUMBERS, "https://rest.nexmo.com", ["/account/numbers"]),
        }

    def faults(self, exchange: Exchange) -> list[str]:
        return self._by_path[exchange.call.path].faults(exchange)


def _without_faults(description: dict[str, Any]) -> dict[str, Any]:
    """The description with what it says otherwise than Vonage's own pages put right.

    - `oneOf` over schemas without a required member never holds: every answer fits several.
    - `format: date` stands at moments, whose form the text beside it gives with a time.
    - A default is none of the values that are allowed.
    - A `client_ref` has up to 40 characters (the SMS API), not exactly 40.
    - `cursor` and `iv` are missing (developer.vonage.com/en/reports/guides/how-to-handle-pagination).
    - A form's schema without `type: object` is read as text.
    """
    description = _walked(copy.deepcopy(description))
    schemas = description["components"]["schemas"]
    if "client_ref" in schemas:
        schemas["client_ref"].pop("minLength")
        text = {"type": "string"}
        records = description["paths"]["/v2/reports/records"]["get"]
        records["parameters"] += [{"name": name, "in": "query", "schema": text} for name in ("cursor", "iv")]
        schemas["report_response_top_level"]["properties"] |= {"cursor": text, "iv": text}
        links = schemas["report_response_top_level"]["properties"]["_links"]["properties"]
        links["next"] = links["self"]
        for status in ("401", "400"):
            records["responses"].setdefault(status, description["components"]["responses"]["401"])
    if "NewMessage" in schemas:
        schemas["NewMessage"]["type"] = "object"
    return description


def _walked(value: Any) -> Any:
    if isinstance(value, list):
        return [_walked(item) for item in value]
    if not isinstance(value, dict):
        return value
    dropped = set()
    if value.get("format") == "date" and value.get("type") == "string":
        dropped.add("format")
    if "enum" in value and value.get("default", value["enum"][0]) not in value["enum"]:
        dropped.add("default")
    value = {name: item for name, item in value.items() if name not in dropped}
    return {"anyOf" if name == "oneOf" else name: _walked(item) for name, item in value.items()}


@pytest.fixture(scope="module")
def descriptions(shared_data: Path) -> Descriptions:
    return Descriptions(shared_data / "specs")


async def test_all_that_is_said_keeps_to_vonages_descriptions(descriptions: Descriptions) -> None:
    with VonageSimulator(SECRET, NUMBER) as sim:
        vonage = Vonage(sim.account, SECRET, NUMBER, sim.url)
        sim.page_size = 2
        sim.pace.sent = timedelta(0)
        since = sim.now - timedelta(hours=30)
        for count in range(5):
            sim.text_from(CUSTOMER, f"text {count}", at=sim.now - timedelta(minutes=count))
            sim.campaign(CUSTOMER, f"offer {count}", "Spring sale")
        sim.failing[CUSTOMER] = "6"
        reference = new_id()
        await vonage.check()
        await vonage.send(CUSTOMER, "Olá 🙂", reference)
        await vonage.send(CUSTOMER, "plain " * 60, new_id())
        assert await vonage.find_sent(CUSTOMER, "Olá 🙂", reference, since) is not None
        for direction in Direction:
            async for _ in vonage.texts(direction, since, sim.now + timedelta(minutes=1)):
                pass
        sim.opted_out.add(CUSTOMER)
        await failure_of(vonage.send(CUSTOMER, "refused", new_id()))
        await vonage.close()
    assert sim.violations == []
    assert len(sim.exchanges) > 10
    assert [fault for item in sim.exchanges for fault in descriptions.faults(item)] == []


async def test_the_contract_sees_what_the_descriptions_do_not_allow(descriptions: Descriptions) -> None:
    with VonageSimulator(SECRET, NUMBER) as sim:
        vonage = Vonage(sim.account, SECRET, NUMBER, sim.url)
        good = [("account_id", sim.account), ("product", "SMS"), ("direction", "inbound")]
        await vonage._reports.get("/v2/reports/records", [*good, ("since", "yesterday")])
        await vonage._reports.get("/v2/reports/records", [*good[:2], ("direction", "both")])
        await vonage._sms.post("/sms/json", form=[("api_key", sim.account), ("to", "1"), ("text", "x")])
        await vonage._sms.post(
            "/sms/json",
            form=[("api_key", sim.account), ("from", "x"), ("to", "12025550123"), ("body-text", "x")],
        )
        await vonage.close()
    assert all(descriptions.faults(item) for item in sim.exchanges)
    assert len(sim.violations) == 4
