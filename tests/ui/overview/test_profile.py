"""The customer's profile in the overview: phones, consents, campaigns, and two profiles of one person."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from PySide6.QtCore import QLocale
from pytestqt.qtbot import QtBot

from inbox_desktop.models.actions import Outcome, agent
from inbox_desktop.models.actions.consent import ChangeConsent
from inbox_desktop.models.actions.profiles import AddIdentity
from inbox_desktop.models.clock import now
from inbox_desktop.models.kinds import ConsentKind, ConsentSource, ConsentState, IdentityKind
from inbox_desktop.models.queries.rows import ConsentChangeRow
from inbox_desktop.models.sms_settings import AutoResponder
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.kit import Button, KeyValueRow, Label, Pill, theme
from inbox_desktop.ui.overview.consent import ConsentHistory
from inbox_desktop.ui.overview.consent_words import change_words
from inbox_desktop.ui.overview.dialogs import ConsentDialog, IdentityDialog
from inbox_desktop.ui.overview.head import reachable_at
from inbox_desktop.ui.overview.merge_dialog import MergeDialog
from inbox_desktop.ui.overview.pane import OverviewPane
from tests.models.texting import ANA, Phones, consents
from tests.ui.fingers import click, only, write
from tests.ui.worlds import World

GRANTED, REVOKED = ConsentState.GRANTED, ConsentState.REVOKED
BOTH = tuple(ConsentKind)


@pytest.fixture
def pane(qtbot: QtBot, bridge: Bridge) -> Iterator[OverviewPane]:
    theme().install("light")
    made = OverviewPane(bridge, theme())
    qtbot.addWidget(made)
    made.resize(284, 900)
    made.show()
    yield made
    made.hide()


@pytest.fixture
def phones(world: World) -> Phones:
    made = Phones(world.store, world.julia, auto_responder=AutoResponder.OFF)
    made.at = now() - timedelta(minutes=30)
    return made


@pytest.fixture
def ticket(phones: Phones) -> str:
    ticket_id = phones.text("Where is my order?").ticket_id
    assert ticket_id is not None
    return ticket_id


def show(qtbot: QtBot, pane: OverviewPane, ticket_id: str) -> None:
    pane.show_ticket(ticket_id)
    qtbot.waitUntil(lambda: pane.overview is not None and pane.overview.ticket.id == ticket_id)


def change(world: World, state: ConsentState, kinds: tuple[ConsentKind, ...] = BOTH) -> None:
    action = ChangeConsent(
        actor=agent(world.julia),
        phone=ANA,
        kinds=kinds,
        state=state,
        source=ConsentSource.AGENT,
        detail="On the phone",
    )
    assert isinstance(world.do(action), Outcome)


def states(pane: OverviewPane) -> list[str]:
    return [pill.accessibleName() for pill in pane._consent.findChildren(Pill) if not pill.isHidden()]


def said(pane: OverviewPane) -> str:
    return " ".join(label.text() for label in pane._consent.findChildren(Label) if not label.isHidden())


def button(parent: OverviewPane, words: str) -> Button:
    return next(one for one in parent.findChildren(Button) if one.text() == words and not one.isHidden())


# Phones


def test_a_phone_is_shown_as_it_is_dialled_with_the_whole_number_as_its_tip(
    qtbot: QtBot, pane: OverviewPane, world: World, ticket: str
) -> None:
    customer = world.row(ticket).customer_id
    for kind, value in ((IdentityKind.PHONE, "+493012345678"), (IdentityKind.EMAIL, "ana@x.example")):
        world.do(AddIdentity(actor=agent(world.julia), customer_id=customer, kind=kind, value=value))
    show(qtbot, pane, ticket)
    assert pane.overview is not None
    known = reachable_at(pane.overview)
    assert known == {
        "(415) 555-0132": "+1 415-555-0132",
        "ana@x.example": "",
        "+49 30 12345678": "+49 30 12345678",
    }
    assert "+1 415-555-0132" in pane._head._name.toolTip()
    assert [label.text() for label in pane._head._addresses if not label.isHidden()] == list(known)[1:]


def test_a_customer_of_mail_alone_has_no_consent_to_show(
    qtbot: QtBot, pane: OverviewPane, world: World
) -> None:
    show(qtbot, pane, world.tickets[0])
    assert pane._consent.isHidden()


# Campaigns


def test_the_campaign_that_was_answered_stands_on_the_ticket(
    qtbot: QtBot, pane: OverviewPane, phones: Phones
) -> None:
    phones.campaign()
    show(qtbot, pane, phones.text("How long?").ticket_id or "")
    rows = {row._name.text(): row for row in pane._ticket.findChildren(KeyValueRow)}
    assert rows["Answers campaign"].value() == "Autumn sale"
    assert not rows["Campaign sent"].isHidden()
    assert rows["Channel"].value() == "SMS"


def test_without_a_campaign_nothing_is_said_of_one(qtbot: QtBot, pane: OverviewPane, ticket: str) -> None:
    show(qtbot, pane, ticket)
    rows = {row._name.text(): row for row in pane._ticket.findChildren(KeyValueRow)}
    assert rows["Answers campaign"].isHidden()


# Consent


def test_consent_is_told_with_its_reason_and_follows_what_happens(
    qtbot: QtBot, pane: OverviewPane, phones: Phones, ticket: str
) -> None:
    show(qtbot, pane, ticket)
    assert states(pane) == ["Never asked", "Never asked"]
    phones.at = now()
    phones.text("START")
    qtbot.waitUntil(lambda: states(pane) == ["Agreed", "Never asked"])
    assert "texted “START”" in said(pane)
    phones.text("Stop it please")
    qtbot.waitUntil(lambda: states(pane) == ["Withdrawn", "Withdrawn"])


def test_the_history_of_consent_is_kept_and_shown(
    qtbot: QtBot, pane: OverviewPane, world: World, ticket: str
) -> None:
    change(world, GRANTED)
    change(world, REVOKED, (ConsentKind.MARKETING,))
    show(qtbot, pane, ticket)
    assert button(pane, "History (3)").isEnabled()
    assert pane.overview is not None
    popover = ConsentHistory(pane.overview.phone_rows[0], now(), pane)
    words = [label.text() for label in popover.findChildren(Label)]
    assert words[0] == "Consent of (415) 555-0132"
    assert words[1] == "Marketing: withdrawn"
    assert "noted by Julia Mendes: On the phone" in words[2]


@pytest.mark.parametrize(
    ("source", "detail", "words"),
    [
        (ConsentSource.KEYWORD, "STOP now", "texted “STOP now”"),
        (ConsentSource.PROVIDER, "", "told by the provider"),
        (ConsentSource.IMPORT, "old list", "imported: old list"),
        (ConsentSource.AGENT, "", "noted by somebody who has left"),
    ],
)
def test_by_what_a_consent_changed(source: ConsentSource, detail: str, words: str) -> None:
    row = ConsentChangeRow(ConsentKind.MARKETING, GRANTED, now(), source, detail, None)
    assert change_words(row, now(), QLocale.c()).endswith(f" · {words}")


def test_a_consent_given_elsewhere_is_noted_with_how_one_knows(
    qtbot: QtBot, pane: OverviewPane, world: World, ticket: str
) -> None:
    show(qtbot, pane, ticket)
    pane.profile.note_consent()
    dialog = only(pane, ConsentDialog)
    click(dialog.verb)
    assert "Write how you know" in dialog.problem_words
    write(dialog.note, "told me on the phone")
    with qtbot.waitSignal(pane.performed) as told:
        click(dialog.verb)
    assert told.args is not None
    assert told.args[1] == "Noted that (415) 555-0132 agreed to texts"
    assert consents(world.store) == {ConsentKind.TRANSACTIONAL: GRANTED}
    qtbot.waitUntil(lambda: states(pane) == ["Never asked", "Agreed"])
    assert "told me on the phone" in said(pane)


def test_the_dialog_begins_with_what_stands(
    qtbot: QtBot, pane: OverviewPane, world: World, ticket: str
) -> None:
    change(world, GRANTED)
    show(qtbot, pane, ticket)
    click(button(pane, "Note a change…"))
    dialog = only(pane, ConsentDialog)
    assert dialog.state() is REVOKED
    assert dialog.kinds() == BOTH
    for kind in BOTH:
        dialog.kind(kind).setChecked(False)
    click(dialog.verb)
    assert dialog.problem_words == "Choose what it is about."
    dialog.reject()


def test_nobody_overrules_an_opt_out_and_the_words_stay(
    qtbot: QtBot, pane: OverviewPane, phones: Phones, world: World, ticket: str
) -> None:
    phones.text("STOP")
    show(qtbot, pane, ticket)
    pane.profile.note_consent()
    dialog = only(pane, ConsentDialog)
    write(dialog.note, "they said so")
    click(dialog.verb)
    qtbot.waitUntil(lambda: "only they can take that back" in dialog.problem_words)
    assert dialog.note.text() == "they said so"
    assert dialog.verb.isEnabled()
    dialog.reject()


# Addresses


def test_a_further_phone_is_added_as_people_write_it(
    qtbot: QtBot, pane: OverviewPane, world: World, ticket: str
) -> None:
    show(qtbot, pane, ticket)
    pane.profile.add_identity()
    dialog = only(pane, IdentityDialog)
    click(dialog.verb)
    assert "Write an address" in dialog.problem_words
    write(dialog.value, "(415) 555 0199")
    with qtbot.waitSignal(pane.performed):
        click(dialog.verb)
    qtbot.waitUntil(lambda: pane.overview is not None and "(415) 555-0199" in pane.overview.phones)
    pane.profile.add_identity()
    dialog = pane.findChildren(IdentityDialog)[-1]
    write(dialog.value, "ana@mail.example")
    click(dialog.verb)
    qtbot.waitUntil(lambda: "merge the two profiles" in dialog.problem_words)
    dialog.reject()


# Two profiles of one person


def test_a_number_that_stands_in_mails_is_offered_for_merging_and_that_is_undone(
    qtbot: QtBot, pane: OverviewPane, world: World, ticket: str
) -> None:
    mail = world.arrive(
        author_name="Ana Souza", author_address="ana@mail.example", text="Ring me: (415) 555-0132. Ana"
    )
    before = world.row(ticket).customer_id
    show(qtbot, pane, ticket)
    qtbot.waitUntil(lambda: pane._double is not None)
    assert pane._double is not None
    assert pane._double.accessibleName() == (
        "A mail of theirs names (415) 555-0132. Same person as Ana Souza (ana@mail.example)?"
    )
    with qtbot.waitSignal(pane.performed) as told:
        click(button(pane, "Merge"))
    assert told.args is not None
    assert told.args[1] == "Merged with Ana Souza"
    assert world.row(ticket).customer_id == world.row(mail).customer_id != before
    qtbot.waitUntil(lambda: pane._double is None)
    qtbot.waitUntil(lambda: pane._head._name.text() == "Ana Souza")
    (outcome,) = told.args[0]
    assert isinstance(outcome, Outcome)
    assert outcome.undo is not None
    world.do(outcome.undo)
    assert world.row(ticket).customer_id == before
    qtbot.waitUntil(lambda: pane._double is not None)


def test_another_person_is_suggested_no_more(
    qtbot: QtBot, pane: OverviewPane, world: World, ticket: str
) -> None:
    world.arrive(
        author_name="Eve Fox", author_address="eve@mail.example", text="My sister's: (415) 555-0132."
    )
    show(qtbot, pane, ticket)
    qtbot.waitUntil(lambda: pane._double is not None)
    with qtbot.waitSignal(pane.performed) as told:
        click(button(pane, "Another person"))
    assert told.args is not None
    assert told.args[1] == "Noted that Eve Fox is another person"
    qtbot.waitUntil(lambda: pane._double is None)


def test_a_profile_to_merge_with_is_found_by_typing(
    qtbot: QtBot, pane: OverviewPane, world: World, ticket: str
) -> None:
    bo = world.row(world.tickets[1])
    show(qtbot, pane, ticket)
    pane.profile.choose_profile()
    dialog = only(pane, MergeDialog)
    assert not dialog.verb.isEnabled()
    write(dialog.search.edit, "nobody like this")
    qtbot.waitUntil(lambda: dialog._said.text().startswith("Nobody found"))
    dialog.search.set_text("lindq")
    qtbot.waitUntil(lambda: dialog.shown() == ["Bo Lindqvist\nbo@mail.example · 1 ticket"])
    with qtbot.waitSignal(pane.performed):
        click(dialog.verb)
    assert world.row(ticket).customer_id == bo.customer_id  # the profile with a name stays


def test_the_profile_on_the_screen_stays_when_both_have_names(
    qtbot: QtBot, pane: OverviewPane, world: World
) -> None:
    ours, other = world.row(world.tickets[0]), world.row(world.tickets[1])
    show(qtbot, pane, ours.id)
    with qtbot.waitSignal(pane.performed):
        pane.profile.merge(other.customer_id, other.customer_name, other.customer_address)
    assert world.row(other.id).customer_id == ours.customer_id
