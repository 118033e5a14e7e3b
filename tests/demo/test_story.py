"""The demo's stories: all of them can be read, and all that they name is there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inbox_desktop.demo.letters import _INTRO
from inbox_desktop.demo.papers import one_page_pdf, paper
from inbox_desktop.demo.story import Deed, Story, newcomers, past_stories, small_talk, span
from inbox_desktop.demo.team import _PEOPLE

TOPICS = {
    "Loyalty",
    "Order tracking",
    "Pricing",
    "Product",
    "Recommendations",
    "Returns",
    "Shipping",
    "Talk to a human",
}
STORIES = [*past_stories(), *newcomers()]


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("18m", timedelta(minutes=18)),
        ("2d 1h 5m", timedelta(days=2, hours=1, minutes=5)),
        ("0m", timedelta()),
    ],
)
def test_reads_lengths_of_time(text: str, length: timedelta) -> None:
    assert span(text) == length


@pytest.mark.parametrize("text", ["", "soon", "2 days", "3h?", "-1h"])
def test_refuses_what_is_no_length_of_time(text: str) -> None:
    with pytest.raises(ValueError, match="no length of time"):
        span(text)


def test_there_are_about_sixty_tickets_in_many_languages() -> None:
    assert 55 <= len(past_stories()) <= 65
    assert {story.language for story in past_stories()} >= {
        "en",
        "pt",
        "es",
        "de",
        "fr",
        "ja",
        "pl",
        "ar",
        "it",
    }


def test_the_picture_in_the_design_is_among_them() -> None:
    names = {story.customer.name for story in past_stories() if story.assignee == "julia"}
    assert names >= {
        "Ana Souza",
        "Bo Lindqvist",
        "Marta Kowalska",
        "Chidi Okafor",
        "Yuki Tanaka",
        "Priya Nair",
    }


def test_every_address_can_never_belong_to_anybody() -> None:
    assert {story.customer.address.rpartition(".")[2] for story in STORIES} == {"example"}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.subject)
def test_a_story_can_happen(story: Story) -> None:
    assert story.customer.name
    assert story.steps[0].deed is Deed.WRITE
    ages = [step.ago for step in story.steps]
    assert ages == sorted(ages, reverse=True)
    assert set(story.tags) <= TOPICS | {"VIP", "Urgent"}
    assert {story.assignee, *(step.by for step in story.steps)} <= {"", *_PEOPLE}
    assert story.language in _INTRO
    assert story.language in small_talk()
    for step in story.steps:
        assert step.text or step.deed is Deed.BOUNCE
        for name in step.files:
            assert paper(name).content


def test_every_topic_and_mark_is_used() -> None:
    assert {tag for story in past_stories() for tag in story.tags} == TOPICS | {"VIP", "Urgent"}


def test_newcomers_are_new() -> None:
    known = {story.customer.address for story in past_stories()}
    assert known.isdisjoint(story.customer.address for story in newcomers())
    assert len({story.customer.address for story in newcomers()}) == len(newcomers())


def test_a_pdf_says_where_its_objects_are() -> None:
    pdf = one_page_pdf("Invoice (copy)", ["Total 1.00", "back\\slash"])
    table = int(pdf.rpartition(b"startxref\n")[2].split()[0])
    assert pdf[table:].startswith(b"xref\n0 5\n")
    offsets = [int(line[:10]) for line in pdf[table:].splitlines()[3:7]]
    assert all(pdf[at:].startswith(b"%d 0 obj" % number) for number, at in enumerate(offsets, 1))
    assert rb"(Invoice \(copy\))" in pdf
    assert rb"(back\\slash)" in pdf
