"""Follow-ups and transcripts: when they are due, once, and who sends them. Both databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from inbox_desktop.models.clock import now
from inbox_desktop.models.ids import new_id
from inbox_desktop.relay import jobs
from inbox_desktop.relay.access import revoke
from inbox_desktop.relay.database import Writing
from inbox_desktop.relay.service import Relay
from inbox_desktop.relay.tables import Conversation, Visitor
from tests.relay.running import DesktopClient, RunningRelay, VisitorClient


class Scene:
    """A visitor with an address who wrote, an agent who answered, and a clock that the test moves."""

    def __init__(self, server: RunningRelay, **site: Any) -> None:
        self.server = server
        self.desktop = server.desktop()
        self.visitor: VisitorClient = server.visitor(
            server.chat(**site), name="Ana", email="ana@mail.example"
        )
        self.conversation: str = self.visitor.write("Hello")["conversation_id"]
        self.answer: dict[str, Any] = self.desktop.answer(self.conversation, "Hi Ana")
        server.in_loop(server.relay.presence.flush)

    def ago(self, *, left: float, answered: float) -> None:
        """The visitor was last there, and the agent wrote, so many minutes ago."""
        at = now()
        seen, wrote = (at - timedelta(minutes=minutes) for minutes in (left, answered))
        self.server.relay.database.write(
            lambda writing: (
                writing.connection.execute(update(Visitor).values(seen_at=seen)),
                writing.connection.execute(update(Conversation).values(agent_wrote_at=wrote)),
            )
        )

    def made(self, at: datetime | None = None) -> int:
        """How many follow-ups a round makes."""
        return make(self.server.relay, at or now())

    def jobs(self) -> list[dict[str, Any]]:
        """The jobs that desktops are told of."""
        return [one["data"] for one in self.desktop.feed() if one["kind"] == "mail_job"]


def make(relay: Relay, at: datetime) -> int:
    due = relay.database.read(lambda reading: jobs.due_follow_ups(reading, at))
    return sum(relay.database.write(partial(follow_up, conversation_id=one, at=at)) for one in due)


def follow_up(writing: Writing, conversation_id: str, at: datetime) -> bool:
    return jobs.make_follow_up(writing, conversation_id, at)


@pytest.fixture
def scene(server: RunningRelay) -> Scene:
    """Everything that makes a follow-up due but time."""
    return Scene(server)


def test_it_is_due_after_three_minutes_and_comes_once(scene: Scene) -> None:
    scene.ago(left=5, answered=2.9)
    assert scene.made() == 0
    scene.ago(left=5, answered=3.1)
    assert [scene.made(), scene.made()] == [1, 0]
    scene.ago(left=5, answered=30)
    assert scene.made() == 0
    (job,) = scene.jobs()
    assert (job["kind"], job["to"], job["state"]) == ("follow_up", "ana@mail.example", "due")


def test_each_departure_has_its_own(scene: Scene) -> None:
    scene.ago(left=5, answered=4)
    assert scene.made() == 1
    scene.desktop.answer(scene.conversation, "Are you there?")
    scene.ago(left=5, answered=4)
    assert scene.made() == 0
    later = now() + timedelta(minutes=60)
    scene.visitor.get("conversation")  # came back, and saw nothing
    scene.server.in_loop(scene.server.relay.presence.flush)
    scene.desktop.answer(scene.conversation, "Hello again")
    assert scene.made(later) == 1
    assert len(scene.jobs()) == 2


def test_nobody_is_written_to_who_is_there_or_has_seen(scene: Scene) -> None:
    scene.ago(left=0.5, answered=4)
    assert scene.made() == 0
    scene.ago(left=5, answered=4)
    scene.visitor.post("seen", {"message_id": scene.answer["id"]})
    assert scene.made() == 0


@pytest.mark.parametrize("site", [{"follow_up": False}, {"support_address": ""}, {"follow_up_minutes": 60}])
def test_chats_that_do_not_follow_up(server: RunningRelay, site: dict[str, Any]) -> None:
    scene = Scene(server, **site)
    scene.ago(left=5, answered=4)
    assert scene.made() == 0


def test_without_an_address_nobody_can_be_written_to(scene: Scene) -> None:
    scene.visitor.post("visitor", {"email": ""})
    scene.ago(left=5, answered=4)
    assert scene.made() == 0


def test_a_follow_up_may_wait_for_a_whole_day(server: RunningRelay) -> None:
    scene = Scene(server, follow_up_minutes=24 * 60)
    scene.ago(left=60 * 30, answered=60 * 23.9)
    assert scene.made() == 0
    scene.ago(left=60 * 30, answered=60 * 24.1)
    assert scene.made() == 1


def test_an_answer_of_long_ago_is_not_told_late(scene: Scene) -> None:
    scene.ago(left=60 * 25, answered=60 * 24 + 4)
    assert scene.made() == 0


def test_one_desktop_gets_the_job(scene: Scene) -> None:
    scene.ago(left=5, answered=4)
    scene.made()
    (job,) = scene.jobs()
    other = scene.server.desktop()
    for _ in range(2):
        claimed = scene.desktop.post(f"mail-jobs/{job['id']}/claim")
        assert [one["text"] for one in claimed.json()["messages"]] == ["Hi Ana"]
        assert claimed.json()["job"]["claimed_by"] == scene.desktop.id
    for what in ("claim", "done"):
        assert other.post(f"mail-jobs/{job['id']}/{what}").status_code == 409
    for _ in range(2):
        assert scene.desktop.post(f"mail-jobs/{job['id']}/done").status_code == 200
    assert scene.jobs()[-1]["state"] == "done"
    assert scene.desktop.post(f"mail-jobs/{job['id']}/claim").json()["error"] == "taken"


def test_the_work_of_a_revoked_desktop_is_due_again(scene: Scene) -> None:
    scene.ago(left=5, answered=4)
    scene.made()
    job_id, other = scene.jobs()[0]["id"], scene.server.desktop()
    scene.desktop.post(f"mail-jobs/{job_id}/claim")
    scene.server.relay.database.write(lambda writing: revoke(writing, scene.desktop.id))
    assert other.post(f"mail-jobs/{job_id}/claim").status_code == 200
    assert other.post(f"mail-jobs/{job_id}/failed", {"reason": "no channel"}).status_code == 200


def test_a_visitor_who_came_back_makes_it_needless(scene: Scene) -> None:
    scene.ago(left=5, answered=4)
    scene.made()
    scene.visitor.post("seen", {"message_id": scene.answer["id"]})
    job_id = scene.jobs()[0]["id"]
    assert scene.desktop.post(f"mail-jobs/{job_id}/claim").json()["error"] == "expired"
    scene.server.in_loop(scene.server.relay.go_round)
    assert [one["state"] for one in scene.jobs()] == ["expired"]


def test_a_transcript_holds_the_whole_conversation(scene: Scene) -> None:
    scene.visitor.post("transcript", {"email": "ana@mail.example"})
    (job,) = scene.jobs()
    claimed = scene.desktop.post(f"mail-jobs/{job['id']}/claim").json()["messages"]
    assert [one["author"] for one in claimed] == ["visitor", "automatic", "automatic", "agent"]


def test_without_a_support_address_there_is_no_transcript(server: RunningRelay) -> None:
    scene = Scene(server, support_address="")
    assert scene.visitor.post("transcript", {"email": "a@mail.example"}).json()["error"] == "no_mail"


def test_two_processes_make_one_job(server: RunningRelay) -> None:
    scene = Scene(server)
    scene.ago(left=5, answered=4)
    at = now()
    due = scene.server.relay.database.read(lambda reading: jobs.due_follow_ups(reading, at))
    other = Relay.open(server.relay.config)
    made = [
        one.database.write(partial(follow_up, conversation_id=due[0], at=at)) for one in (server.relay, other)
    ]
    other.close()
    assert made == [True, False]


def test_an_unknown_job(server: RunningRelay) -> None:
    desktop: DesktopClient = server.desktop()
    for what in ("claim", "done", "failed"):
        assert desktop.post(f"mail-jobs/{new_id()}/{what}").status_code == 404
