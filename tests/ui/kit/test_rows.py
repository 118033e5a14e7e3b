"""The ticket list's rows: words, geometry and pixels."""

from datetime import UTC, timedelta

import pytest
from PySide6.QtCore import QLocale, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from inbox_desktop.models.kinds import ChannelKind, TicketStatus
from inbox_desktop.models.queries.rows import TicketRow
from inbox_desktop.ui.kit import (
    NOT_DELIVERED,
    Density,
    PillSpec,
    Theme,
    TicketDelegate,
    TicketRole,
    customer_label,
    pill_size,
    ticket_sentence,
)
from inbox_desktop.ui.kit.plain import text_width
from inbox_desktop.ui.kit.row_plan import RowPlan, plan_row, row_height
from inbox_desktop.ui.kit.ticket_text import row_state
from tests.ui.kit.samples import NOW, SampleModel, make_row, sample_rows

BRITISH = QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom)
SAMPLES = [row for row, _ in sample_rows()]


def _plan(
    row: TicketRow, width: int = 326, density: Density = Density.COMFORTABLE, **more: object
) -> RowPlan:
    return plan_row(row, density, width, NOW, BRITISH, **more)  # type: ignore[arg-type]


def _words(plan: RowPlan) -> list[str]:
    return [run.text for run in plan.runs]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"unread": True, "subject": "Where is my order", "tags": ("Shipping",)},
            "Unread. Ana Souza, e-mail: Where is my order. 10:42. Tag Shipping.",
        ),
        (
            {"subject": "", "snippet": "STOP\nnow", "channel_kind": ChannelKind.SMS, "customer_name": ""},
            "ana.souza@mail.example, SMS: STOP now. 10:42.",
        ),
        (
            {
                "subject": "Is it blue?",
                "tags": ("A", "B"),
                "assignee_name": "Julia Mendes",
                "has_attachments": True,
            },
            "Ana Souza, e-mail: Is it blue? 10:42. Tags A, B. With attachment. Assigned to Julia Mendes.",
        ),
        (
            {
                "subject": "Hello",
                "status": TicketStatus.SNOOZED,
                "snoozed_until": NOW + timedelta(days=2),
                "last_message_at": NOW - timedelta(days=1),
            },
            "Ana Souza, e-mail: Hello. Yest. Until Fri 10:42.",
        ),
        (
            {"subject": "", "snippet": "", "status": TicketStatus.CLOSED},
            "Ana Souza, e-mail: no subject. 10:42. Closed.",
        ),
    ],
)
def test_the_sentence(changes: dict[str, object], sentence: str) -> None:
    assert ticket_sentence(make_row(**changes), NOW, BRITISH, zone=UTC) == sentence


def test_the_sentence_says_a_failed_delivery() -> None:
    assert "Not delivered." in ticket_sentence(make_row(), NOW, BRITISH, state=NOT_DELIVERED, zone=UTC)


@pytest.mark.parametrize(
    ("name", "address", "kind", "shown"),
    [
        ("Ana", "a@b.example", ChannelKind.EMAIL, "Ana"),
        (" \n ", "a@b.example", ChannelKind.EMAIL, "a@b.example"),
        ("", "", ChannelKind.CHAT, "Visitor"),
        ("", "", ChannelKind.EMAIL, "Unknown sender"),
    ],
)
def test_a_customer_always_has_a_label(name: str, address: str, kind: ChannelKind, shown: str) -> None:
    assert customer_label(make_row(customer_name=name, customer_address=address, channel_kind=kind)) == shown


def test_a_row_without_words_says_that_it_has_no_subject(look: Theme) -> None:
    assert "No subject" in _words(_plan(make_row(subject="", snippet="")))


@pytest.mark.parametrize("days", [1, 2, 12, 400])
def test_how_long_a_ticket_sleeps_is_never_cut(look: Theme, days: int) -> None:
    asleep = make_row(
        status=TicketStatus.SNOOZED,
        snoozed_until=NOW + timedelta(days=days),
        tags=("Shipping", "VIP"),
        assignee_name="Julia Mendes",
    )
    rect, label = _plan(asleep).pills[-1]
    assert label.text.startswith("Until ")
    assert rect.width() >= pill_size(label).width()


def test_the_state_of_a_row() -> None:
    assert row_state(make_row(), NOW, BRITISH) is None
    blocked = row_state(make_row(customer_blocked=True, status=TicketStatus.CLOSED), NOW, BRITISH)
    assert blocked is not None
    assert blocked.text == "Blocked"
    assert row_state(make_row(status=TicketStatus.SNOOZED), NOW, BRITISH) == PillSpec(
        "Snoozed", blocked.tone.ACCENT
    )


@pytest.mark.parametrize(
    ("density", "height"), [(Density.COMFORTABLE, 84), (Density.DEFAULT, 64), (Density.COMPACT, 44)]
)
def test_rows_have_the_designs_heights_and_grow_with_the_text(
    look: Theme, density: Density, height: int
) -> None:
    assert row_height(density) == height
    look.set_text_scale(1.5)
    assert row_height(density) >= height * 1.45


@pytest.mark.parametrize("density", list(Density))
@pytest.mark.parametrize("width", [180, 240, 326, 700])
@pytest.mark.parametrize("index", range(len(SAMPLES)))
def test_everything_stays_within_the_row_and_nothing_overlaps(
    look: Theme, density: Density, width: int, index: int
) -> None:
    plan = _plan(SAMPLES[index], width, density, state=NOT_DELIVERED)
    height = row_height(density)
    for run in plan.runs:
        assert run.rect.left() >= 0
        assert run.rect.right() <= width - 15
        assert run.rect.bottom() <= height
        assert text_width(run.text, run.font) <= run.rect.width() + 1.5
    boxes = [rect for rect, _ in plan.pills] + ([plan.assignee] if plan.assignee else [])
    for box in boxes:
        assert plan.avatar.right() < box.left()
        assert box.right() <= width - 15
        for run in plan.runs:
            assert not box.intersects(run.rect), run.text
    for first in boxes:
        assert not any(first.intersects(other) for other in boxes if other is not first)


def test_unread_is_a_dot_and_weight(look: Theme) -> None:
    read, unread = _plan(make_row()), _plan(make_row(unread=True))
    assert read.dot is None
    assert unread.dot is not None
    weight = {run.text: run.font.weight() for run in unread.runs}
    assert weight["Ana Souza"] == 600
    assert all(run.font.weight() < 600 for run in read.runs)


def test_a_text_without_a_subject_runs_over_both_lines(look: Theme) -> None:
    words = _words(_plan(make_row(subject="", snippet="STOP sending the 8 am ones please, noon is fine")))
    assert " ".join(words[-2:]) == "STOP sending the 8 am ones please, noon is fine"


def test_tags_that_do_not_fit_are_counted(look: Theme) -> None:
    plan = _plan(make_row(tags=("Urgent", "Returns", "Order tracking", "Loyalty")))
    shown = [spec.text for _, spec in plan.pills]
    assert shown[0].startswith("+")
    assert int(shown[0]) + len(shown) - 1 == 4
    everything = [spec.text for _, spec in _plan(make_row(tags=("A", "B")), 700).pills]
    assert sorted(everything) == ["A", "B"]


def test_html_is_words(look: Theme) -> None:
    assert "<b>Hi</b>" in _words(_plan(make_row(subject="<b>Hi</b>")))


def test_the_assignee_may_be_left_out(look: Theme) -> None:
    row = make_row(assignee_name="Julia Mendes")
    assert _plan(row).assignee is not None
    assert _plan(row, show_assignee=False).assignee is None


@pytest.mark.parametrize("density", list(Density))
def test_words_that_were_searched_for_are_marked(look: Theme, density: Density) -> None:
    row = make_row(subject="A refund, please", snippet="Refunds are late", tags=())
    assert not any(run.found for run in _plan(row, 700, density).runs)
    plan = _plan(row, 700, density, words=["refund"])
    found = {run.text: run for run in plan.runs if run.found}
    assert set(found) == {"A refund, please", "Refunds are late"}
    run = found["A refund, please"]
    mark = run.found[0]
    assert mark.left() + 1 == pytest.approx(run.rect.left() + text_width("A ", run.font), abs=1)
    assert mark.width() - 2 == pytest.approx(text_width("refund", run.font), abs=1)
    assert run.rect.contains(mark)


def test_a_mark_stands_behind_signs_of_two_units(look: Theme) -> None:
    row = make_row(subject="\U0001f984 refund", snippet="", tags=())
    run = next(run for run in _plan(row, 700, words=["refund"]).runs if run.found)
    assert run.found[0].left() + 1 == pytest.approx(
        run.rect.left() + text_width("\U0001f984 ", run.font), abs=1
    )


def _paint(delegate: TicketDelegate, model: SampleModel, row: int = 0, *, selected: bool = False) -> QImage:
    image = QImage(326, delegate.row_height, QImage.Format.Format_RGB32)
    image.fill(QColor("magenta"))
    option = QStyleOptionViewItem()
    option.rect = QRect(0, 0, 326, delegate.row_height)
    option.state = QStyle.StateFlag.State_Enabled
    if selected:
        option.state |= QStyle.StateFlag.State_Selected
    painter = QPainter(image)
    delegate.paint(painter, option, model.index(row, 0))
    painter.end()
    return image


def _delegate(density: Density = Density.COMFORTABLE) -> TicketDelegate:
    return TicketDelegate(density=density, now=lambda: NOW, locale=BRITISH)


def test_painting_twice_gives_the_same_picture(look: Theme) -> None:
    delegate, model = _delegate(), SampleModel(sample_rows())
    for row in range(len(model.rows)):
        assert _paint(delegate, model, row) == _paint(delegate, model, row)


def test_selection_and_theme_change_the_picture(look: Theme) -> None:
    delegate, model = _delegate(), SampleModel(sample_rows())
    plain = _paint(delegate, model)
    selected = _paint(delegate, model, selected=True)
    assert plain.pixelColor(2, 2).name() == look.tokens.surface
    assert selected.pixelColor(2, 2).name() == look.tokens.accent_soft
    look.set_choice("dark")
    dark = _paint(delegate, model)
    assert dark.pixelColor(2, 2).name() == look.tokens.surface
    assert dark.pixelColor(2, 2).name() != plain.pixelColor(2, 2).name()


def test_a_changed_row_is_painted_anew(look: Theme) -> None:
    delegate, model = _delegate(), SampleModel([(make_row(), None)])
    before = _paint(delegate, model)
    model.rows[0] = (make_row(unread=True), None)
    after = _paint(delegate, model)
    assert before != after
    model.rows[0] = (make_row(unread=True), NOT_DELIVERED)
    assert _paint(delegate, model) != after


def test_midnight_is_noticed(look: Theme) -> None:
    now = [NOW]
    delegate = TicketDelegate(now=lambda: now[0], locale=BRITISH)
    model = SampleModel([(make_row(), None)])
    before = _paint(delegate, model)
    now[0] = NOW + timedelta(days=1)
    assert _paint(delegate, model) != before


def test_a_row_that_is_not_loaded_paints_its_shape(look: Theme) -> None:
    model = SampleModel([(None, None)])  # type: ignore[list-item]
    image = _paint(_delegate(), model)
    assert model.index(0, 0).data(TicketRole) is None
    assert image.pixelColor(43, 42).name() == look.tokens.neutral_soft


def test_density_changes_the_views_rows(look: Theme, qtbot: QtBot) -> None:
    view, delegate = QListView(), _delegate()
    qtbot.addWidget(view)
    view.setModel(SampleModel(sample_rows()))
    view.setItemDelegate(delegate)
    view.setUniformItemSizes(True)
    index = view.model().index(1, 0)
    assert view.visualRect(index).height() == 84
    with qtbot.waitSignal(delegate.density_changed, timeout=1000):
        delegate.set_density(Density.COMPACT)
    view.doItemsLayout()
    assert view.visualRect(index).height() == 44
    assert view.model().data(index, Qt.ItemDataRole.DisplayRole) is None
