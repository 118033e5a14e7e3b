"""Drafts: kept by ticket and kind, through restarts, told to whoever listens."""

from dataclasses import replace
from pathlib import Path

import pytest

from inbox_desktop.models.actions import agent
from inbox_desktop.models.actions.deliveries import CancelDelivery
from inbox_desktop.models.actions.messages import Reply
from inbox_desktop.models.drafts import attach_to_draft, discard_draft, save_draft
from inbox_desktop.models.queries.drafts import draft
from inbox_desktop.models.queries.rows import Draft, DraftFile, Recipients
from inbox_desktop.models.store import Changed, Store
from tests.models.samples import START, Mailroom, done, open_store

DRAFT = Draft(
    ticket_id="t",
    is_note=False,
    html="<p>Hello</p>",
    text="Hello",
    files=(DraftFile("a.png", "image/png", 3, "00ff"),),
    seen_message_id="m",
    saved_at=START,
    recipients=Recipients(("ana@example.com",), ("tom@x.example",), ()),
)


def save(store: Store, value: Draft) -> None:
    with store.write() as session:
        save_draft(session, value)


def read(store: Store, ticket_id: str = "t", *, is_note: bool = False) -> Draft | None:
    with store.read() as connection:
        return draft(connection, ticket_id, is_note)


def send(store: Store, julia: str, ticket_id: str, to: Recipients) -> Reply:
    answer = Reply(
        actor=agent(julia),
        ticket_id=ticket_id,
        text="Hi",
        seen_message_id=None,
        to=to.to,
        cc=to.cc,
        bcc=to.bcc,
    )
    done(store, answer)
    return answer


def test_a_draft_survives_a_restart(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    save(store, DRAFT)
    store.close()
    store = open_store(tmp_path)
    assert read(store) == DRAFT
    store.close()


def test_reply_and_note_are_kept_apart_and_the_newest_wins(store: Store) -> None:
    note = replace(DRAFT, is_note=True, text="psst", files=())
    newer = replace(DRAFT, text="Hello Ana", seen_message_id=None)
    for value in (DRAFT, note, newer):
        save(store, value)
    assert read(store) == newer
    assert read(store, is_note=True) == note
    assert read(store, "other") is None


def test_an_empty_draft_is_none(store: Store) -> None:
    save(store, DRAFT)
    save(store, replace(DRAFT, text=" \n"))
    assert read(store) is not None, "a file alone is worth keeping"
    save(store, replace(DRAFT, text=" \n", files=()))
    assert read(store) is not None, "whom it goes to is worth keeping"
    save(store, replace(DRAFT, text=" \n", files=(), recipients=None))
    assert read(store) is None


def test_discarding(store: Store) -> None:
    save(store, DRAFT)
    for _ in range(2):
        with store.write() as session:
            discard_draft(session, "t", False)
    assert read(store) is None


def test_listeners_hear_of_the_ticket(store: Store) -> None:
    heard: list[Changed] = []
    stop = store.subscribe(heard.append)
    save(store, DRAFT)
    with store.write() as session:
        discard_draft(session, "t", False)
        discard_draft(session, "other", False)
    stop()
    assert [(news.kind, news.ids) for news in heard] == [("draft", ("t",))] * 2


def test_sending_ends_a_draft_and_taking_back_brings_it_again(
    store: Store, julia: str, receive: Mailroom
) -> None:
    ticket_id = receive().ticket_id or ""
    file = DraftFile("a.txt", "text/plain", 3, store.attachments.put(b"abc"))
    save(store, replace(DRAFT, ticket_id=ticket_id, files=(file,)))
    answer = Reply(
        actor=agent(julia),
        ticket_id=ticket_id,
        text="Hi",
        html="<p>Hi</p>",
        files=(file,),
        seen_message_id=None,
    )
    done(store, answer)
    assert read(store, ticket_id) is None
    done(store, CancelDelivery(actor=agent(julia), ticket_id=ticket_id, message_id=answer.message_id))
    back = read(store, ticket_id)
    assert back is not None
    assert (back.text, back.html, back.files) == ("Hi", "<p>Hi</p>", (file,))


@pytest.mark.parametrize(
    ("chosen", "kept"),
    [
        (Recipients(), Recipients(("ana@example.com",))),
        (Recipients(("tom@x.example",), ("ana@x.example",), ("boss@x.example",)), None),
    ],
)
def test_what_is_taken_back_still_goes_to_whom_it_was_for(
    store: Store, julia: str, receive: Mailroom, chosen: Recipients, kept: Recipients | None
) -> None:
    ticket_id = receive().ticket_id or ""
    answer = send(store, julia, ticket_id, chosen)
    done(store, CancelDelivery(actor=agent(julia), ticket_id=ticket_id, message_id=answer.message_id))
    back = read(store, ticket_id)
    assert back is not None
    assert back.recipients == (kept or chosen)


def test_whom_a_begun_draft_is_for_counts_more_than_what_is_taken_back(
    store: Store, julia: str, receive: Mailroom
) -> None:
    ticket_id = receive().ticket_id or ""
    answer = send(store, julia, ticket_id, Recipients())
    save(store, replace(DRAFT, ticket_id=ticket_id))
    done(store, CancelDelivery(actor=agent(julia), ticket_id=ticket_id, message_id=answer.message_id))
    back = read(store, ticket_id)
    assert back is not None
    assert (back.recipients, back.text) == (DRAFT.recipients, "Hi\nHello")


def test_what_was_begun_meanwhile_stands_below_what_is_taken_back(
    store: Store, julia: str, receive: Mailroom
) -> None:
    ticket_id = receive().ticket_id or ""
    file = DraftFile("a.txt", "text/plain", 3, store.attachments.put(b"abc"))
    answer = Reply(
        actor=agent(julia),
        ticket_id=ticket_id,
        text="Hi",
        html="<b>Hi</b>",
        files=(file,),
        seen_message_id=None,
    )
    done(store, answer)
    save(store, replace(DRAFT, ticket_id=ticket_id, text="And <more>", html="", files=()))
    done(store, CancelDelivery(actor=agent(julia), ticket_id=ticket_id, message_id=answer.message_id))
    back = read(store, ticket_id)
    assert back is not None
    assert back.text == "Hi\nAnd <more>"
    assert back.html == "<b>Hi</b><div>And &lt;more&gt;</div>"
    assert back.files == (file,)


def test_a_file_is_hung_on_a_draft_once_and_begins_one_where_there_is_none(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    save(store, DRAFT)
    file = DraftFile("plan.pdf", "application/pdf", 7, "11aa")
    for ticket in ("t", "t", "u"):
        with store.write() as session:
            attach_to_draft(session, ticket, False, file, START)
    kept, begun = read(store), read(store, "u")
    assert kept is not None
    assert begun is not None
    assert (kept.text, kept.files) == ("Hello", (*DRAFT.files, file))
    assert (begun.text, begun.files) == ("", (file,))
    store.close()
