"""Old conversations go with all that belongs to them; everything else stays. Both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from inbox_desktop.models.clock import now
from inbox_desktop.relay import retention
from inbox_desktop.relay.tables import Conversation, File, MailJob, Message, Visitor
from tests.relay.running import RunningRelay

TABLES = (Conversation, Message, File, MailJob, Visitor)


def counts(server: RunningRelay) -> list[int]:
    return server.relay.database.read(
        lambda reading: [
            reading.execute(select(func.count()).select_from(table)).scalar_one() for table in TABLES
        ]
    )


def remove(server: RunningRelay, days: float) -> int:
    at, removed = now() + timedelta(days=days), 0
    while some := server.relay.database.write(lambda writing: retention.remove_old(writing, at)):
        removed += some
    return removed


def test_what_is_too_old_goes_and_the_rest_stays(
    server: RunningRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    chats = [server.chat(retention_days=10), server.chat(retention_days=0)]
    for chat_id in chats:
        for _ in range(3):
            visitor = server.visitor(chat_id)
            file_id = visitor.put_file(b"hello").json()["file_id"]
            visitor.write("Hello", file_ids=[file_id])
            visitor.post("transcript", {"email": "a@mail.example"})
    server.in_loop(server.relay.presence.flush)
    before = counts(server)
    assert before == [6, 18, 6, 6, 6]
    assert remove(server, 9) == 0
    assert remove(server, 11) == 3
    assert counts(server) == [3, 9, 3, 3, 6]
    assert remove(server, 40) == 3  # the visitors, who did not come back
    assert counts(server) == [3, 9, 3, 3, 3]


@pytest.mark.parametrize(("outcome", "stays"), [("done", 0), ("failed", 0), ("", 1)])
def test_an_email_that_nobody_has_to_send_goes_after_a_month(
    server: RunningRelay, outcome: str, stays: int
) -> None:
    visitor, desktop = server.visitor(server.chat(retention_days=0)), server.desktop()
    visitor.write("Hello")
    visitor.post("transcript", {"email": "a@mail.example"})
    (job,) = [one["data"] for one in desktop.feed() if one["kind"] == "mail_job"]
    desktop.post(f"mail-jobs/{job['id']}/claim")
    if outcome:
        assert desktop.post(f"mail-jobs/{job['id']}/{outcome}").status_code == 200
    assert remove(server, 29) == 0
    assert remove(server, 31) == 1 - stays
    assert counts(server)[:4] == [1, 3, 0, stays]


def test_a_file_that_no_message_took_goes_after_a_day(server: RunningRelay) -> None:
    visitor = server.visitor(server.chat())
    visitor.put_file(b"hello")
    assert remove(server, 0.9) == 0
    assert remove(server, 1.1) == 1


def test_the_relay_removes_by_itself(server: RunningRelay) -> None:
    server.visitor(server.chat()).write("Hello")
    server.in_loop(server.relay.go_round)
    assert counts(server)[0] == 1
