"""Desktops by HTTP: joining, the feed, chats; and what a desktop or visitor may not reach. Both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from inbox_desktop.models.ids import new_id
from inbox_desktop.relay import access
from inbox_desktop.relay.access import invite, revoke
from inbox_desktop.relay.migrate import renew_epoch
from tests.relay.running import DesktopClient, RunningRelay, VisitorClient


def kinds(entries: list[dict[str, Any]]) -> list[str]:
    return [entry["kind"] for entry in entries]


def test_an_invitation_works_once(server: RunningRelay) -> None:
    code = server.relay.database.write(lambda writing: invite(writing, "Ana's desk"))
    typed = {"code": f" {code.lower().replace('-', ' ')} ", "name": ""}
    assert server.http.post("/api/v1/join", json=typed).status_code == 201
    assert server.http.post("/api/v1/join", json=typed).json()["error"] == "bad_code"


def test_an_old_invitation_does_not_work(server: RunningRelay) -> None:
    code = server.relay.database.write(lambda writing: invite(writing, "", -timedelta(seconds=1)))
    assert server.http.post("/api/v1/join", json={"code": code, "name": "x"}).status_code == 403


def test_guessing_is_slowed_down(server: RunningRelay) -> None:
    answers = [server.http.post("/api/v1/join", json={"code": "x", "name": ""}) for _ in range(12)]
    assert [one.status_code for one in answers[:10]] == [403] * 10
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0


def test_who_i_am(server: RunningRelay) -> None:
    desktop = server.desktop("Ana's desk")
    told = desktop.get("me").json()
    assert told["protocol"] == 1
    assert told["desktop"] == {"id": desktop.id, "name": "Ana's desk"}
    assert (told["head"], told["epoch"]) == server.relay.database.head()
    assert told["public_url"] == server.url


def test_on_a_full_disk_a_desktop_can_still_read(
    server: RunningRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    desktop = server.desktop()

    def full(*_: object) -> None:
        raise OperationalError("UPDATE", {}, Exception("database or disk is full"))

    monkeypatch.setattr(access, "see_desktop", full)
    monkeypatch.setattr(access, "is_due_to_be_seen", lambda *_: True)
    assert desktop.get("me").status_code == 200
    assert desktop.get("feed").status_code == 200


def test_the_feed_tells_everything_once_and_in_order(server: RunningRelay) -> None:
    desktop = server.desktop()
    visitor = server.visitor(server.chat(hours={**ALWAYS}))
    taken = visitor.write("Hello")
    desktop.answer(taken["conversation_id"], "Hi")
    entries = desktop.feed()
    assert kinds(entries) == ["chat", "conversation", "message", "message", "message", "message"]
    messages = [one["data"] for one in entries if one["kind"] == "message"]
    assert [(one["author"], one["kind"]) for one in messages] == [
        ("visitor", "message"),
        ("automatic", "welcome"),
        ("automatic", "in_hours"),
        ("agent", "message"),
    ]
    assert messages[0]["visitor_id"] == visitor.id
    assert messages[3]["desktop_id"] == desktop.id
    assert [one["seq"] for one in entries] == sorted(one["seq"] for one in entries)
    assert desktop.feed(entries[-1]["seq"]) == []


ALWAYS = {"time_zone": "UTC", "week": {}, "exceptions": [], "holidays": "", "always": True}


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_end_with_a_transaction_and_lose_nothing(server: RunningRelay, limit: int) -> None:
    desktop, chat_id = server.desktop(), server.chat(hours=ALWAYS)
    for _ in range(3):
        visitor = server.visitor(chat_id)
        taken = visitor.write("Hello")
        visitor.write("again")
        desktop.post(f"conversations/{taken['conversation_id']}/seen", {"message_id": taken["message"]["id"]})
    whole = desktop.feed()
    after, entries = 0, []
    while True:
        page = desktop.get("feed", after=after, limit=limit).json()
        known = set()
        for entry in page["entries"]:
            assert after < entry["seq"] <= page["next"]
            if entry["kind"] == "conversation":
                known.add(entry["data"]["id"])
            elif entry["kind"] == "message":
                assert entry["data"]["conversation_id"] in known
        entries += page["entries"]
        after = page["next"]
        if not page["more"]:
            break
    assert [one for one in entries if one["kind"] == "message"] == [
        one for one in whole if one["kind"] == "message"
    ]
    assert len({one["data"]["id"] for one in entries if one["kind"] == "conversation"}) == 3


def test_another_epoch_is_told(server: RunningRelay) -> None:
    desktop = server.desktop()
    epoch = desktop.get("feed").json()["epoch"]
    assert desktop.get("feed", epoch=epoch).status_code == 200
    new = server.relay.database.write(lambda writing: renew_epoch(writing.connection))
    answer = desktop.get("feed", epoch=epoch)
    assert (answer.status_code, answer.json()["epoch"]) == (409, new)


def test_a_seq_that_was_never_given_means_an_older_database(server: RunningRelay) -> None:
    desktop = server.desktop()
    head, _ = server.relay.database.head()
    assert desktop.get("feed", after=head).json()["next"] == head
    answer = desktop.get("feed", after=head + 1)
    assert (answer.status_code, answer.json()["error"]) == (409, "other_epoch")


def test_client_ids_of_the_two_sides_do_not_meet(server: RunningRelay) -> None:
    visitor, desktop = server.visitor(server.chat()), server.desktop()
    taken = visitor.write("Hello", client_id="one")
    answer = desktop.answer(taken["conversation_id"], "Hi", client_id="one")
    assert (answer["text"], answer["id"] != taken["message"]["id"]) == ("Hi", True)


def test_an_answer_is_stored_once(server: RunningRelay) -> None:
    visitor, desktop = server.visitor(server.chat()), server.desktop()
    conversation = visitor.write("Hello")["conversation_id"]
    body = {"client_id": new_id(), "text": "Hi", "agent_name": "Ana"}
    answers = [desktop.post(f"conversations/{conversation}/messages", body) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    history = desktop.get(f"conversations/{conversation}/messages", after=1).json()
    assert history["messages"][-1] == answers[0].json()["message"]
    assert history["more"] is False


def test_closing_never_buries_a_newer_message(server: RunningRelay) -> None:
    visitor, desktop = server.visitor(server.chat()), server.desktop()
    first, second = visitor.write("Hello"), visitor.write("Hello?")
    path = f"conversations/{first['conversation_id']}/close"
    refused = desktop.post(path, {"seen_message_id": first["message"]["id"]})
    assert (refused.status_code, refused.json()["error"]) == (409, "newer_message")
    assert refused.json()["message_id"] == second["message"]["id"]
    for _ in range(2):
        assert desktop.post(path, {"seen_message_id": second["message"]["id"]}).status_code == 200
    assert desktop.answer(first["conversation_id"], "One more thing")["position"] == 5


def test_two_desktops_change_a_chat(server: RunningRelay) -> None:
    desktop, chat_id = server.desktop(), server.chat()
    site = desktop.get(f"chats/{chat_id}").json()["site"]
    changes = [
        desktop.request("PUT", f"chats/{chat_id}", json={"site": {**site, "name": name}, "version": 1})
        for name in ("One", "Two")
    ]
    assert [one.status_code for one in changes] == [200, 409]
    assert (changes[1].json()["site"]["name"], changes[1].json()["version"]) == ("One", 2)
    assert [one["site"]["name"] for one in desktop.get("chats").json()["chats"]] == ["One"]


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"origins": []}, 422),
        ({"origins": ["*"]}, 422),
        ({"origins": ["http://shop.example"]}, 422),
        ({"welcome": {"en": "{{ nonsense"}}, 422),
        ({"hours": 7}, 400),
        ({"new_thing": 1}, 400),
        ({"name": "a\u0000b"}, 400),
        ({"max_file_mb": 10**400}, 422),
        ({"faq": [1]}, 400),
    ],
)
def test_settings_that_cannot_be_used(server: RunningRelay, changed: dict[str, Any], status: int) -> None:
    desktop, chat_id = server.desktop(), server.chat()
    site = {**desktop.get(f"chats/{chat_id}").json()["site"], **changed}
    answer = desktop.request("PUT", f"chats/{chat_id}", json={"site": site, "version": 1})
    assert answer.status_code == status, answer.text
    assert desktop.get(f"chats/{chat_id}").json()["version"] == 1


def test_without_a_valid_token_nothing_is_told(server: RunningRelay) -> None:
    visitor, desktop = server.visitor(server.chat()), server.desktop()
    conversation = visitor.write("Hello")["conversation_id"]
    paths = [
        ("GET", "me"),
        ("GET", "feed"),
        ("GET", f"conversations/{conversation}/messages"),
        ("POST", f"conversations/{conversation}/messages"),
        ("POST", f"conversations/{conversation}/close"),
        ("GET", "chats"),
        ("PUT", "files?client_id=a&name=a"),
    ]
    server.relay.database.write(lambda writing: revoke(writing, desktop.id))
    for token in (desktop.token, visitor.token):
        stranger = DesktopClient(server, token, "")
        assert {stranger.request(method, path).status_code for method, path in paths[:3]} == {401}
    server.relay.gate._guesses._levels.clear()
    for method, path in paths:
        answer = server.http.request(method, f"/api/v1/{path}")
        assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized")


def test_the_matrix_of_visitors_and_conversations(server: RunningRelay) -> None:
    """Two chats, two visitors each: everybody reaches their own conversation and no other."""
    chats = [server.chat(), server.chat()]
    visitors = [server.visitor(chat_id) for chat_id in chats for _ in range(2)]
    taken = [visitor.write(f"I am {number}") for number, visitor in enumerate(visitors)]
    files = [visitor.put_file(b"mine").json()["file_id"] for visitor in visitors]
    for number, visitor in enumerate(visitors):
        assert [
            one["text"]
            for one in visitor.get("conversation").json()["messages"]
            if one["author"] == "visitor"
        ] == [f"I am {number}"]
        for other, theirs in enumerate(taken):
            status = visitor.post("seen", {"message_id": theirs["message"]["id"]}).status_code
            assert status == (204 if other == number else 404)
            if other != number:
                body = {"client_id": f"f{other}", "text": "", "file_ids": [files[other]]}
                assert visitor.post("messages", body).status_code == 404
        elsewhere = next(chat_id for chat_id in chats if chat_id != visitor.chat_id)
        stranger = VisitorClient(server, elsewhere, visitor.id, visitor.token)
        assert stranger.get("conversation").status_code == 401
        assert stranger.post("messages", {"client_id": "x", "text": "x"}).status_code == 401


def test_foreign_ids_of_desktops_are_not_found(server: RunningRelay) -> None:
    desktop, other = server.desktop(), server.desktop()
    visitors = [server.visitor(server.chat()) for _ in range(2)]
    here, there = (visitor.write("Hello") for visitor in visitors)
    message = {"message_id": there["message"]["id"]}
    assert desktop.post(f"conversations/{here['conversation_id']}/seen", message).status_code == 404
    closing = {"seen_message_id": there["message"]["id"]}
    assert desktop.post(f"conversations/{here['conversation_id']}/close", closing).status_code == 404
    query = {"name": "a.txt", "client_id": "a"}
    file_id = other.request("PUT", "files", params=query, content=b"x").json()["file_id"]
    body = {"client_id": "b", "text": "x", "agent_name": "A", "file_ids": [file_id]}
    path = f"conversations/{here['conversation_id']}/messages"
    assert desktop.post(path, body).status_code == 404
    assert other.post(path, body).status_code == 201
    for unknown in (new_id(), "%00", "a%2Fb", "é"):
        assert desktop.get(f"conversations/{unknown}/messages").status_code == 404
        assert desktop.post(f"mail-jobs/{unknown}/claim").status_code == 404
        assert desktop.get(f"files/{unknown}").status_code == 404
        assert desktop.get(f"chats/{unknown}").status_code == 404
