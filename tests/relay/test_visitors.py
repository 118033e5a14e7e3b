"""Visitors by HTTP: who they are, what they write, what they get, on both databases."""

from __future__ import annotations

from typing import Any

import pytest

from inbox_desktop.models.ids import new_id
from inbox_desktop.relay import conversations
from inbox_desktop.relay.keys import identity_signature
from tests.relay.running import ORIGIN, RunningRelay

ALWAYS = {"time_zone": "UTC", "week": {}, "exceptions": [], "holidays": "", "always": True}
NEVER = {**ALWAYS, "always": False}
HEADERS = {"Origin": ORIGIN}


def test_the_settings_that_a_page_gets(server: RunningRelay) -> None:
    chat_id = server.chat(hours=ALWAYS, faq=[{"question": "When?", "answer": "Soon."}])
    config = server.get(f"/chat/{chat_id}/config", headers=HEADERS).json()
    assert config["open"] is True
    assert config["opens_at"] is None
    assert config["faq"] == [{"question": "When?", "answer": "Soon."}]
    assert config["welcome"]["en"] == "Hi there! How can we help?"
    assert config["max_file_bytes"] == 10 * 1024 * 1024
    assert "origins" not in config
    assert "help@shop.example" not in str(config)


def test_a_changed_setting_is_told_at_once(server: RunningRelay) -> None:
    chat_id = server.chat()
    assert server.get(f"/chat/{chat_id}/config", headers=HEADERS).json()["name"] == "Shop"
    desktop = server.desktop()
    site = desktop.get(f"chats/{chat_id}").json()
    changed = desktop.request(
        "PUT", f"chats/{chat_id}", json={"site": {**site["site"], "name": "New"}, "version": 1}
    )
    assert changed.json()["version"] == 2
    assert server.get(f"/chat/{chat_id}/config", headers=HEADERS).json()["name"] == "New"


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_other_pages_may_not_use_the_chat(server: RunningRelay, headers: dict[str, str]) -> None:
    answer = server.get(f"/chat/{server.chat()}/config", headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (403, "origin")
    assert "access-control-allow-origin" not in answer.headers


def test_browsers_are_told_what_the_page_may_do(server: RunningRelay) -> None:
    chat_id = server.chat()
    answer = server.http.options(f"/chat/{chat_id}/messages", headers=HEADERS)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "authorization" in answer.headers["access-control-allow-headers"]
    refused = server.http.post(f"/chat/{chat_id}/messages", headers=HEADERS, json={"client_id": "a"})
    assert refused.status_code == 401
    assert refused.headers["access-control-allow-origin"] == ORIGIN


@pytest.mark.parametrize("chat_id", ["x", "A" * 22, "%00" * 22, "a%2F" * 10])
def test_an_unknown_chat(server: RunningRelay, chat_id: str) -> None:
    assert server.get(f"/chat/{chat_id}/config", headers=HEADERS).status_code == 404


def test_a_message_is_stored_once_however_often_it_is_sent(server: RunningRelay) -> None:
    visitor = server.visitor(server.chat(hours=ALWAYS))
    body = {"client_id": new_id(), "text": "Hello", "page_url": "https://shop.example/a#b", "locale": "pt-BR"}
    first, second = visitor.post("messages", body), visitor.post("messages", body)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["message"] == second.json()["message"]
    assert first.json()["message"]["client_id"] == body["client_id"]
    assert [one["kind"] for one in first.json()["automatic"]] == ["welcome", "in_hours"]
    seen = visitor.get("conversation").json()
    assert [one["position"] for one in seen["messages"]] == [1, 2, 3]
    assert "Obrigado" in seen["messages"][2]["text"]


def test_each_automatic_answer_comes_once(server: RunningRelay) -> None:
    visitor = server.visitor(server.chat(hours=NEVER), name="Ana Souza")
    first, second = visitor.write("Hello"), visitor.write("Hello?")
    assert [one["kind"] for one in first["automatic"]] == ["welcome", "away"]
    assert first["automatic"][0]["text"] == "Hi Ana! How can we help?"
    assert second["automatic"] == []


def test_the_questions_that_were_looked_up_are_kept(server: RunningRelay) -> None:
    visitor = server.visitor(server.chat(hours=ALWAYS, faq=[{"question": "When?", "answer": "Soon."}]))
    taken = visitor.write("Too late", faq=[0, 7])
    assert (taken["automatic"][0]["kind"], taken["automatic"][0]["text"]) == ("faq", "When?\nSoon.")


def test_after_closing_a_new_conversation_begins(server: RunningRelay) -> None:
    visitor, desktop = server.visitor(server.chat()), server.desktop()
    body = {"client_id": "one", "text": "Hello"}
    first = visitor.post("messages", body).json()
    closed = desktop.post(
        f"conversations/{first['conversation_id']}/close", {"seen_message_id": first["message"]["id"]}
    )
    assert closed.status_code == 200
    assert visitor.get("conversation").json()["closed"] is True
    again = visitor.post("messages", body).json()  # its acknowledgement was lost
    assert again["conversation_id"] == first["conversation_id"]
    second = visitor.write("Me again")
    assert second["conversation_id"] != first["conversation_id"]
    assert second["message"]["position"] == 1
    assert second["automatic"][0]["kind"] == "welcome"


def test_a_clock_that_is_set_back_begins_one_new_conversation(
    server: RunningRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor, desktop = server.visitor(server.chat()), server.desktop()
    first = visitor.write("Hello")
    close = {"seen_message_id": first["message"]["id"]}
    assert desktop.post(f"conversations/{first['conversation_id']}/close", close).status_code == 200
    earlier = iter(f"0{number:07x}-0000-7000-8000-000000000000" for number in range(100))
    monkeypatch.setattr(conversations, "new_id", lambda: next(earlier))
    second, third = visitor.write("Again"), visitor.write("And again")
    assert second["conversation_id"] == third["conversation_id"] != first["conversation_id"]
    shown = visitor.get("conversation").json()
    assert (shown["conversation_id"], shown["closed"]) == (second["conversation_id"], False)
    assert visitor.post("transcript", {"email": "a@mail.example"}).status_code == 202
    (job,) = [one["data"] for one in desktop.feed() if one["kind"] == "mail_job"]
    assert job["conversation_id"] == second["conversation_id"]


def test_what_is_new_after_a_position(server: RunningRelay) -> None:
    visitor, desktop = server.visitor(server.chat()), server.desktop()
    taken = visitor.write("Hello")
    head = visitor.get("conversation").json()["head"]
    answer = desktop.answer(taken["conversation_id"], "Hi")
    new = visitor.get("conversation", after=head).json()["messages"]
    assert [(one["text"], one["agent_name"], one["client_id"]) for one in new] == [("Hi", "Ana", None)]
    other = visitor.get("conversation", after=head, conversation_id=new_id()).json()["messages"]
    assert [one["position"] for one in other] == list(range(1, answer["position"] + 1))


def test_seen_goes_both_ways_and_never_back(server: RunningRelay) -> None:
    visitor, desktop = server.visitor(server.chat()), server.desktop()
    first, second = visitor.write("Hello"), visitor.write("Hello?")
    conversation = first["conversation_id"]
    for one in (second, first):
        desktop.post(f"conversations/{conversation}/seen", {"message_id": one["message"]["id"]})
    assert visitor.get("conversation").json()["agent"]["seen_id"] == second["message"]["id"]
    answers = [desktop.answer(conversation, text) for text in "ab"]
    for answer in reversed(answers):
        assert visitor.post("seen", {"message_id": answer["id"]}).status_code == 204
    told = [one["data"] for one in desktop.feed() if one["kind"] == "conversation"][-1]
    assert told["visitor_seen_id"] == answers[1]["id"]


def test_a_visitor_says_who_it_is(server: RunningRelay) -> None:
    visitor, desktop = server.visitor(server.chat()), server.desktop()
    visitor.write("Hello")
    before = desktop.feed()[-1]["seq"]
    changed = visitor.post("visitor", {"name": "  Ana\u0000 Souza ", "email": "ana@mail.example"})
    assert changed.status_code == 200
    assert (changed.json()["name"], changed.json()["verified"]) == ("Ana Souza", False)
    told = desktop.feed(before)
    assert [one["data"]["visitor"]["email"] for one in told] == ["ana@mail.example"]


def identity(server: RunningRelay, chat_id: str, **changed: Any) -> dict[str, Any]:
    secret = server.desktop().get(f"chats/{chat_id}/identity-secret").json()["identity_secret"]
    signature = identity_signature(secret, "42", "ana@mail.example")
    return {"id": "42", "email": "ana@mail.example", "signature": signature, **changed}


def test_a_signed_identity_is_believed(server: RunningRelay) -> None:
    chat_id = server.chat(identity_required=True)
    visitor = server.visitor(chat_id, identity=identity(server, chat_id, name="Ana"))
    taken = visitor.write("Hello")
    data = next(one["data"] for one in server.desktop().feed() if one["kind"] == "conversation")
    assert data["id"] == taken["conversation_id"]
    assert data["visitor"] == {
        "id": visitor.id,
        "name": "Ana",
        "email": "ana@mail.example",
        "verified": True,
        "external_id": "42",
    }
    assert visitor.post("visitor", {"email": "eve@mail.example"}).status_code == 403


@pytest.mark.parametrize("changed", [{"id": "43"}, {"email": "eve@mail.example"}, {"signature": "00"}])
def test_a_forged_identity_is_refused(server: RunningRelay, changed: dict[str, str]) -> None:
    chat_id = server.chat()
    forged = identity(server, chat_id, **changed)
    answer = server.http.post(f"/chat/{chat_id}/visitor", json={"identity": forged}, headers=HEADERS)
    assert (answer.status_code, answer.json()["error"]) == (403, "bad_signature")


def test_a_renewed_secret_ends_what_was_signed_before(server: RunningRelay) -> None:
    chat_id = server.chat()
    old = identity(server, chat_id)
    assert server.desktop().post(f"chats/{chat_id}/identity-secret").status_code == 200
    answer = server.http.post(f"/chat/{chat_id}/visitor", json={"identity": old}, headers=HEADERS)
    assert answer.status_code == 403
    new = {"identity": identity(server, chat_id)}
    assert server.http.post(f"/chat/{chat_id}/visitor", json=new, headers=HEADERS).status_code == 201


def test_who_must_say_something_first(server: RunningRelay) -> None:
    signed = server.visitor(server.chat(identity_required=True))
    named = server.visitor(server.chat(ask_contact="required"))
    message = {"client_id": "a", "text": "Hello"}
    assert signed.post("messages", message).json()["error"] == "identity_required"
    assert named.post("messages", message).json()["error"] == "contact_required"
    named.post("visitor", {"name": "Bo", "email": "bo@mail.example"})
    assert named.post("messages", message).status_code == 201


def test_a_long_poll_ends_with_the_news(server: RunningRelay) -> None:
    import threading

    visitor, desktop = server.visitor(server.chat()), server.desktop()
    taken = visitor.write("Hello")
    head = visitor.get("conversation").json()["head"]
    got: list[Any] = []
    poll = threading.Thread(
        target=lambda: got.append(visitor.get("conversation", after=head, wait=25).json())
    )
    poll.start()
    desktop.answer(taken["conversation_id"], "Hi")
    poll.join()
    assert [one["text"] for one in got[0]["messages"]] == ["Hi"]


def test_a_transcript_is_asked_for_once(server: RunningRelay) -> None:
    visitor, desktop = server.visitor(server.chat()), server.desktop()
    assert visitor.post("transcript", {"email": "a@mail.example"}).status_code == 404
    visitor.write("Hello")
    for _ in range(2):
        assert visitor.post("transcript", {"email": "a@mail.example"}).status_code == 202
    jobs = [one["data"] for one in desktop.feed() if one["kind"] == "mail_job"]
    assert [(one["kind"], one["to"], one["state"]) for one in jobs] == [
        ("transcript", "a@mail.example", "due")
    ]


def test_unknown_fields_and_wrong_types_are_refused(server: RunningRelay) -> None:
    visitor = server.visitor(server.chat())
    good = {"client_id": "a", "text": "Hello"}
    wrongs: tuple[Any, ...] = (
        {**good, "author": "agent"},
        {**good, "text": 1},
        {**good, "text": "x" * 10_001},
        {**good, "text": " \n\u0007"},
        {**good, "file_ids": "x"},
        {**good, "client_id": "a b"},
        {"text": "Hello"},
        [],
        None,
    )
    for wrong in wrongs:
        answer = visitor.request("POST", "messages", json=wrong)
        assert (answer.status_code, answer.json()["error"]) == (400, "bad_request"), wrong
    assert visitor.request("POST", "messages", content=b"{").status_code == 400
    assert visitor.request("POST", "messages", content=b"1" * 70_000).status_code == 413
    assert visitor.get("conversation", nonsense=1).status_code == 400
    assert visitor.get("conversation").json()["messages"] == []


def test_control_characters_and_broken_ones_are_left_out(server: RunningRelay) -> None:
    visitor = server.visitor(server.chat())
    body = b'{"client_id":"a","text":"a\\u0000b\\ud800c\\r\\nd"}'
    answer = visitor.request("POST", "messages", content=body)
    assert answer.json()["message"]["text"] == "abc\nd"


def test_the_widget_is_served_with_an_etag(sqlite_config: Any, start_relay: Any) -> None:
    server = start_relay(sqlite_config)
    answer = server.get("/widget.js")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"].startswith("text/javascript")
    again = server.get("/widget.js", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    plain = server.get("/widget.js", headers={"Accept-Encoding": "identity"})
    assert plain.text == answer.text
