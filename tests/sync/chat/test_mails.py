"""Follow-ups and transcripts: claimed at the relay, sent once, from the support address."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from inbox_desktop.models.clock import now
from inbox_desktop.models.kinds import DeliveryState, MailJobKind, MailJobState, Security
from inbox_desktop.models.mail_settings import MailSettings, Server
from inbox_desktop.models.tables import MailJob, Message
from inbox_desktop.relay import jobs
from tests.relay.running import RunningRelay, VisitorClient
from tests.support.smtp_server import PASSWORD, USER, SmtpServer
from tests.sync.chat.desks import ChatDesk, eventually

HELP = "help@shop.example"  # the support address of the relay's sample chats
VARIABLE = "INBOX_TEST_CHAT_MAIL"


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def mailing(desk: ChatDesk, smtp: SmtpServer, monkeypatch: pytest.MonkeyPatch) -> Callable[[ChatDesk], None]:
    """Connects the support address at a desktop."""
    monkeypatch.setenv(VARIABLE, PASSWORD)

    def connect(which: ChatDesk) -> None:
        server = Server("127.0.0.1", smtp.port, Security.NONE)
        settings = MailSettings(None, server, USER, password_env=VARIABLE)
        which.engine.connect(settings, HELP, None).result(60)

    return connect


def leave(relay: RunningRelay, conversation_id: str) -> bool:
    """The visitor has been away for hours: the relay's clock finds that out."""
    later = now() + timedelta(hours=1)
    return relay.relay.database.write(lambda writing: jobs.make_follow_up(writing, conversation_id, later))


def answered(relay: RunningRelay, desk: ChatDesk) -> VisitorClient:
    """A visitor who left before they saw the answer."""
    visitor = relay.visitor(relay.chat(), name="Ana", email="ana@mail.example", locale="pt")
    visitor.write("Where is my order?")
    desk.waits_for("Where is my order?")
    message_id = desk.answer("It left today")
    eventually(lambda: desk.state(message_id) is DeliveryState.SENT)
    return visitor


def job_states(desk: ChatDesk) -> list[MailJobState]:
    return [MailJobState(one) for one in desk.read(lambda c: c.scalars(select(MailJob.state)).all())]


def test_who_left_gets_the_answer_by_mail_once(
    relay: RunningRelay, desk: ChatDesk, smtp: SmtpServer, mailing: Callable[[ChatDesk], None]
) -> None:
    mailing(desk)
    answered(relay, desk)
    assert leave(relay, desk.chat().conversation_id)
    desk.engine.sync_now()
    eventually(lambda: len(smtp.accepted) == 1)
    eventually(lambda: job_states(desk) == [MailJobState.DONE])
    content = smtp.accepted[0].content.decode()
    assert "To: ana@mail.example" in content
    assert HELP in content
    assert "It left today" in content
    assert "Olá, Ana" in content or "Ol=C3=A1" in content or "T2" in content
    for _ in range(2):
        desk.engine.sync_now()
        desk.stop()
        desk.start()
    eventually(lambda: desk.engine.relay_health() is not None)
    assert len(smtp.accepted) == 1
    kinds = desk.read(lambda c: c.scalars(select(Message.kind).order_by(Message.order_at)).all())
    assert kinds[-1] == "auto_reply"


def test_two_desktops_send_one(
    relay: RunningRelay,
    desk: ChatDesk,
    smtp: SmtpServer,
    mailing: Callable[[ChatDesk], None],
    tmp_path: Path,
) -> None:
    with ChatDesk(tmp_path, "second") as second:
        second.join(relay)
        for one in (desk, second):
            mailing(one)
        answered(relay, desk)
        second.waits_for("Where is my order?", "It left today")
        assert leave(relay, desk.chat().conversation_id)
        for one in (desk, second):
            one.engine.sync_now()
        eventually(lambda: len(smtp.accepted) == 1)
        eventually(
            lambda: sorted(job_states(desk) + job_states(second)) == [MailJobState.DONE, MailJobState.TAKEN]
        )
        assert len(smtp.accepted) == 1


def test_it_waits_for_the_desktop_that_has_the_mailbox(
    relay: RunningRelay, desk: ChatDesk, smtp: SmtpServer, mailing: Callable[[ChatDesk], None]
) -> None:
    answered(relay, desk)
    assert leave(relay, desk.chat().conversation_id)
    desk.engine.sync_now()
    eventually(lambda: job_states(desk) == [MailJobState.DUE])
    mailing(desk)
    desk.engine.sync_now()
    eventually(lambda: len(smtp.accepted) == 1)


def test_a_transcript_on_request(
    relay: RunningRelay, desk: ChatDesk, smtp: SmtpServer, mailing: Callable[[ChatDesk], None]
) -> None:
    mailing(desk)
    visitor = answered(relay, desk)
    assert visitor.post("transcript", {"email": "ana@home.example"}).status_code == 202
    eventually(lambda: len(smtp.accepted) == 1)
    assert "To: ana@home.example" in smtp.accepted[0].content.decode()
    kind = desk.read(lambda c: c.scalar(select(MailJob.kind)))
    assert kind == MailJobKind.TRANSCRIPT


def test_one_that_a_killed_desktop_claimed_is_sent_by_it(
    relay: RunningRelay, desk: ChatDesk, smtp: SmtpServer, mailing: Callable[[ChatDesk], None]
) -> None:
    answered(relay, desk)
    assert leave(relay, desk.chat().conversation_id)
    desk.engine.sync_now()
    eventually(lambda: job_states(desk) == [MailJobState.DUE])
    job_id = desk.read(lambda c: c.scalar(select(MailJob.id)))
    headers = {"Authorization": f"Bearer {desk.secrets.held['relay']}"}
    claimed = relay.http.post(f"/api/v1/mail-jobs/{job_id}/claim", headers=headers)
    assert claimed.status_code == 200
    mailing(desk)  # it was killed between the relay's answer and its own transaction, and starts again
    desk.engine.sync_now()
    eventually(lambda: len(smtp.accepted) == 1)
    eventually(lambda: job_states(desk) == [MailJobState.DONE])
