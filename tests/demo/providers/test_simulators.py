"""The simulated providers: strict towards whoever asks, faithful to what was put in, ill when told to be."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from inbox_desktop.demo.providers.faults import Fate, Fault
from inbox_desktop.demo.providers.simulator import Simulator
from inbox_desktop.demo.providers.telnyx import TelnyxSimulator
from inbox_desktop.demo.providers.texts import Pace, Progress, SimText
from inbox_desktop.demo.providers.twilio import TwilioSimulator
from inbox_desktop.demo.providers.vonage import VonageSimulator
from tests.support.plain_http import NO_TLS

NUMBER, CUSTOMER = "+12025550100", "+12025550123"
SECRET = "a-secret"
SIMULATORS = [TwilioSimulator, VonageSimulator, TelnyxSimulator]
LISTS = {
    "Twilio": "/2010-04-01/Accounts/AC" + "0" * 31 + "1/Messages.json",
    "Vonage": "/v2/reports/records",
    "Telnyx": "/v2/detail_records",
}


@pytest.fixture(params=SIMULATORS, ids=lambda kind: kind.name)
def sim(request: pytest.FixtureRequest) -> Iterator[Simulator]:
    with request.param(SECRET, NUMBER) as running:
        yield running


@pytest.fixture
def ask(sim: Simulator) -> Iterator[Callable[..., httpx.Response]]:
    credentials = base64.b64encode(f"{sim.account}:{SECRET}".encode()).decode()
    signed = f"Bearer {SECRET}" if sim.name == "Telnyx" else f"Basic {credentials}"
    with httpx.Client(
        base_url=sim.url, headers={"Authorization": signed}, trust_env=False, verify=NO_TLS
    ) as client:
        yield client.request


def test_an_unknown_address_is_a_violation(sim: Simulator, ask: Callable[..., httpx.Response]) -> None:
    assert 400 <= ask("GET", "/nothing").status_code < 500
    assert 400 <= ask("DELETE", LISTS[sim.name]).status_code < 500
    assert sim.violations == [
        "GET /nothing: there is no such thing to ask for",
        f"DELETE {LISTS[sim.name]}: there is no such thing to ask for",
    ]


def test_an_unknown_parameter_is_a_violation(sim: Simulator, ask: Callable[..., httpx.Response]) -> None:
    assert 400 <= ask("GET", LISTS[sim.name], params={"Since": "yesterday"}).status_code < 500
    assert len(sim.violations) == 1
    assert "Since" in sim.violations[0]


def test_a_request_without_a_sign_in_is_a_violation(sim: Simulator) -> None:
    answer = httpx.get(sim.url + LISTS[sim.name], trust_env=False, verify=NO_TLS)
    assert 400 <= answer.status_code < 500
    assert len(sim.violations) == 1


def test_a_wrong_secret_is_refused_and_no_violation(sim: Simulator) -> None:
    scheme = "Bearer x" if sim.name == "Telnyx" else "Basic eDp5"
    params = {"Vonage": _DAY, "Telnyx": {"filter[record_type]": "messaging"}}.get(sim.name, {})
    answer = httpx.get(
        sim.url + LISTS[sim.name],
        params=params,
        headers={"Authorization": scheme},
        trust_env=False,
        verify=NO_TLS,
    )
    assert answer.status_code == 401
    assert sim.violations == []


_DAY = {
    "account_id": "abcd1234",
    "product": "SMS",
    "direction": "inbound",
    "date_start": "2026-03-01T00:00:00Z",
    "date_end": "2026-03-02T00:00:00Z",
}


def test_a_window_of_more_than_a_day_is_a_violation_at_vonage() -> None:
    with VonageSimulator(SECRET, NUMBER) as sim:
        params = {**_DAY, "date_end": "2026-03-02T00:00:01Z"}
        answer = httpx.get(
            f"{sim.url}/v2/reports/records",
            params=params,
            auth=(sim.account, SECRET),
            trust_env=False,
            verify=NO_TLS,
        )
    assert answer.status_code == 422
    assert "24 hours" in sim.violations[0]


def test_a_mistake_of_the_simulator_itself_is_remembered(
    sim: Simulator, ask: Callable[..., httpx.Response], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sim, "_routes", None)
    assert ask("GET", LISTS[sim.name]).status_code == 500
    assert "the simulator failed" in sim.violations[0]


@pytest.mark.parametrize("fate", [Fate.DROPPED_BEFORE, Fate.DROPPED_AFTER, Fate.CUT_SHORT])
def test_a_dropped_connection_is_dropped_once(
    sim: Simulator, ask: Callable[..., httpx.Response], fate: Fate
) -> None:
    sim.meet(Fault(fate, path="/nothing"))
    with pytest.raises(httpx.TransportError):
        ask("GET", "/nothing")
    assert ask("GET", "/nothing").status_code >= 400
    assert len(sim.violations) == (1 if fate is Fate.DROPPED_BEFORE else 2)


def test_a_fault_meets_only_what_it_is_for(sim: Simulator, ask: Callable[..., httpx.Response]) -> None:
    sim.meet(Fault(Fate.ANSWERED, path="/special", method="POST", times=2, status=418))
    assert ask("GET", "/special").status_code != 418
    assert [ask("POST", "/special").status_code for _ in range(3)][:2] == [418, 418]


def test_the_date_is_the_providers(sim: Simulator, ask: Callable[..., httpx.Response]) -> None:
    sim.skew = timedelta(days=3)
    assert ask("GET", "/nothing").headers["date"].startswith(f"{sim.now:%a, %d %b %Y}")


def test_a_late_text_is_listed_when_its_time_has_come() -> None:
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    times = [moment]
    sim = TwilioSimulator(SECRET, NUMBER, clock=lambda: times[-1])
    sim.listing_delay = timedelta(minutes=1)
    late, early = sim.text_from(CUSTOMER, "a"), sim.text_from(CUSTOMER, "b", listed_after=timedelta(0))
    assert [text.id for text in sim.listed()] == [early.id]
    times.append(moment + timedelta(minutes=1))
    assert {text.id for text in sim.listed()} == {early.id, late.id}


def test_what_becomes_of_a_text() -> None:
    sim = TwilioSimulator(SECRET, NUMBER)
    sim.failing["+12025550199"] = "30003"
    good, bad = sim.campaign(CUSTOMER, "offer"), sim.campaign("+12025550199", "offer")
    pace = Pace(sent=timedelta(seconds=1), delivered=timedelta(seconds=3))

    def course(text: SimText) -> list[Progress]:
        return [pace.progress(text, text.at + timedelta(seconds=second)) for second in (0, 1, 2, 3)]

    assert course(good) == [Progress.QUEUED, Progress.SENT, Progress.SENT, Progress.DELIVERED]
    assert course(bad) == [Progress.QUEUED, Progress.FAILED, Progress.FAILED, Progress.FAILED]
    assert set(course(sim.text_from(CUSTOMER, "hello"))) == {Progress.RECEIVED}


def test_who_is_texted_can_answer() -> None:
    with VonageSimulator(SECRET, NUMBER) as sim:
        heard: list[SimText] = []
        sim.on_sent = heard.append
        form = {
            "api_key": sim.account,
            "api_secret": SECRET,
            "from": NUMBER[1:],
            "to": CUSTOMER[1:],
            "text": "long " * 60,
        }
        answer = httpx.post(f"{sim.url}/sms/json", data=form, trust_env=False, verify=NO_TLS)
    assert answer.json()["message-count"] == "2"
    assert [text.text for text in heard] == ["long " * 60]
    assert len(sim.sent) == 2
