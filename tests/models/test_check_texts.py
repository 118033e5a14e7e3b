"""Check finds each thing about texts that can be broken."""

import pytest
from sqlalchemy import text

from inbox_desktop.models.actions import agent
from inbox_desktop.models.actions.profiles import MergeCustomers
from inbox_desktop.models.check import check
from inbox_desktop.models.sms_settings import AutoResponder
from inbox_desktop.models.store import Store
from tests.models.samples import Mailroom, done
from tests.models.texting import BO, Phones, owner_of


@pytest.fixture
def texted(store: Store, julia: str, receive: Mailroom) -> Store:
    """An inbox in which people have texted."""
    phones = Phones(store, julia, auto_responder=AutoResponder.ALL, notify_address="julia@home.example")
    phones.text("START")
    phones.campaign()
    phones.text()
    phones.campaign(BO)
    receive()
    other = owner_of(store, phones.text(sender="+14155550144").ticket_id)
    mail = owner_of(store, receive(author_address="eve@example.com").ticket_id)
    done(store, MergeCustomers(actor=agent(julia), from_id=other, into_id=mail))
    return store


def change(store: Store, *statements: str) -> None:
    with store.write() as session:
        for statement in statements:
            session.execute(text(statement))


BREAKAGES = {
    "more than one ticket": "UPDATE tickets SET customer_id ="
    " (SELECT customer_id FROM tickets WHERE customer_address = '+14155550132') WHERE channel_kind = 'sms'",
    "wait for a ticket": "UPDATE set_aside_keys SET external_id = '+14155550132'",
    "newest change in their history": "UPDATE consents SET state = 'revoked'",
    "which they do not answer": "UPDATE messages SET sent_at = sent_at + 9000000000 WHERE kind = 'campaign'",
    "within a day": "UPDATE messages SET in_reply_to ="
    " (SELECT external_id FROM messages WHERE kind = 'message' AND author_address = '+14155550132')"
    " WHERE kind = 'auto_reply' AND to_addresses = '[\"+14155550132\"]'",
    "notifications that nobody sends": "DELETE FROM deliveries WHERE message_id IN"
    " (SELECT id FROM messages WHERE kind = 'notification')",
    "still own something": "UPDATE tickets SET customer_id ="
    " (SELECT id FROM customers WHERE merged_into IS NOT NULL) WHERE number = 1",
}


def test_an_inbox_with_texts_is_well(texted: Store) -> None:
    assert check(texted).problems == ()


@pytest.mark.parametrize("words", BREAKAGES)
def test_each_broken_invariant_is_found(texted: Store, words: str) -> None:
    if "nobody sends" in words:
        change(texted, "DELETE FROM recipients")
    change(texted, BREAKAGES[words])
    report = check(texted)
    assert not report.ok
    assert any(words in problem for problem in report.problems), report.problems


def test_a_consent_without_history_is_found(texted: Store) -> None:
    change(texted, "DELETE FROM consent_changes")
    (problem,) = check(texted).problems
    assert "newest change in their history" in problem
