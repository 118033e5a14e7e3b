"""A visitor and desktops talk through a real relay."""

from __future__ import annotations

from pathlib import Path

from inbox_desktop.models.actions import agent
from inbox_desktop.models.actions.people import SetBlocked
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import DeliveryState, TicketStatus
from tests.relay.running import RunningRelay
from tests.sync.chat.desks import ChatDesk, eventually


def test_a_visitor_writes_and_is_answered(relay: RunningRelay, desk: ChatDesk) -> None:
    visitor = relay.visitor(relay.chat(), name="Ana", email="ana@mail.example")
    visitor.write("Where is my order?", page_url="https://shop.example/cart")
    desk.waits_for("Where is my order?")
    ticket = desk.ticket()
    assert ticket.customer_name == "Ana"
    assert ticket.unread
    message_id = desk.answer("On its way")
    eventually(lambda: desk.state(message_id) is DeliveryState.SENT)
    told = visitor.get("conversation").json()
    assert [(m["author"], m["text"]) for m in told["messages"] if m["author"] != "automatic"] == [
        ("visitor", "Where is my order?"),
        ("agent", "On its way"),
    ]
    assert desk.chat().page_url == "https://shop.example/cart"
    assert desk.chat().email == "ana@mail.example"


def test_what_is_answered_by_itself_stands_in_the_thread(relay: RunningRelay, desk: ChatDesk) -> None:
    visitor = relay.visitor(relay.chat(welcome={"en": "Welcome!"}, in_hours_reply={}, away_reply={}))
    visitor.write("Hello?")
    eventually(lambda: desk.thread() == [("message", "Hello?"), ("auto_reply", "Welcome!")])
    assert desk.ticket().waiting_since is not None


def test_closed_is_told_and_the_next_message_is_a_new_ticket(relay: RunningRelay, desk: ChatDesk) -> None:
    visitor = relay.visitor(relay.chat())
    visitor.write("One")
    desk.waits_for("One")
    desk.close_ticket()
    eventually(lambda: visitor.get("conversation").json()["closed"])
    eventually(lambda: desk.chat().closed_at)
    visitor.write("Two")
    desk.waits_for("Two", number=2)
    assert desk.ticket(1).status is TicketStatus.CLOSED
    assert desk.chat(2).conversation_id != desk.chat(1).conversation_id


def test_what_was_read_is_seen_by_the_visitor(relay: RunningRelay, desk: ChatDesk) -> None:
    visitor = relay.visitor(relay.chat())
    message = visitor.write("Hello?")["message"]
    desk.waits_for("Hello?")
    desk.answer("Yes?")
    eventually(lambda: visitor.get("conversation").json()["agent"]["seen_id"] == message["id"])


def test_what_the_visitor_saw_is_known(relay: RunningRelay, desk: ChatDesk) -> None:
    visitor = relay.visitor(relay.chat())
    visitor.write("Hello?")
    desk.waits_for("Hello?")
    message_id = desk.answer("Yes?")
    eventually(lambda: desk.state(message_id) is DeliveryState.SENT)
    newest = visitor.get("conversation").json()["messages"][-1]
    assert visitor.post("seen", {"message_id": newest["id"]}).is_success
    eventually(lambda: desk.chat().visitor_seen_id == message_id)


def test_who_is_blocked_cannot_write_until_unblocked(relay: RunningRelay, desk: ChatDesk) -> None:
    visitor = relay.visitor(relay.chat())
    visitor.write("Hello?")
    desk.waits_for("Hello?")
    customer_id = desk.ticket().customer_id
    desk.do(SetBlocked(actor=agent(desk.me), customer_id=customer_id, blocked=True))
    eventually(lambda: visitor.get("conversation").status_code == 403)
    assert visitor.post("messages", {"client_id": new_id(), "text": "Anybody?"}).status_code == 403
    desk.do(SetBlocked(actor=agent(desk.me), customer_id=customer_id, blocked=False))
    eventually(lambda: visitor.get("conversation").is_success)
    visitor.write("At last")
    desk.waits_for("Hello?", "At last")


def test_two_desktops_show_the_same(relay: RunningRelay, desk: ChatDesk, tmp_path: Path) -> None:
    with ChatDesk(tmp_path, "second") as second:
        second.join(relay)
        visitor = relay.visitor(relay.chat())
        visitor.write("Hello?")
        second.waits_for("Hello?")
        desk.waits_for("Hello?")
        desk.answer("Here I am")
        second.waits_for("Hello?", "Here I am")
        second.answer("So am I")
        desk.waits_for("Hello?", "Here I am", "So am I")
        desk.close_ticket()
        eventually(lambda: second.ticket().status is TicketStatus.CLOSED)


def test_who_joins_late_gets_what_was_there(relay: RunningRelay, desk: ChatDesk, tmp_path: Path) -> None:
    chat = relay.chat()
    done, going_on = relay.visitor(chat, name="Ana"), relay.visitor(chat, name="Bo")
    done.write("One")
    desk.waits_for("One")
    desk.close_ticket()
    eventually(lambda: desk.chat().closed_at)
    going_on.write("Two")
    desk.waits_for("Two", number=2)
    with ChatDesk(tmp_path, "late") as late:
        late.join(relay)
        eventually(lambda: len(late.tickets()) == 2)
        eventually(lambda: late.ticket(1).status is TicketStatus.CLOSED)
        assert not late.ticket(1).unread
        assert late.ticket(2).unread


def test_files_come_and_go(relay: RunningRelay, desk: ChatDesk) -> None:
    from inbox_desktop.models.queries.rows import DraftFile

    visitor = relay.visitor(relay.chat())
    file_id = visitor.put_file(b"a list of things", "list.txt").json()["file_id"]
    visitor.write("See this", file_ids=[file_id])
    desk.waits_for("See this")
    assert desk.ticket().has_attachments
    content = b"another list"
    sha256 = desk.store.attachments.put(content)
    file = DraftFile("answer.txt", "text/plain", len(content), sha256)
    message_id = desk.answer("And this", files=(file,))
    eventually(lambda: desk.state(message_id) is DeliveryState.SENT)
    (told,) = visitor.get("conversation").json()["messages"][-1]["files"]
    assert told["name"] == "answer.txt"
    assert relay.get(told["url"]).content == content
