"""The demo's conversations by text: all of them can be read, and people say what they are meant to say."""

from __future__ import annotations

import pytest

from inbox_desktop.demo.papers import paper
from inbox_desktop.demo.story import past_stories
from inbox_desktop.demo.team import _PEOPLE
from inbox_desktop.demo.texts import (
    LiveText,
    TextDeed,
    TextStory,
    live_texts,
    text_stories,
    text_talk,
)
from inbox_desktop.models.phones import region_of
from inbox_desktop.models.rules.keywords import Keyword, read_keyword
from inbox_desktop.models.rules.segments import Encoding, segments
from inbox_desktop.models.sms_settings import KeywordMatch

STORIES = text_stories()
LIVE = live_texts()
PHONES = sorted({*(story.phone for story in STORIES), *(live.phone for live in LIVE)})
MEANT = {"START", "STOP", "YES", "HELP", "Please stop"}


def is_keyword(text: str) -> bool:
    return read_keyword(text, KeywordMatch.CONTAINS, "US") is not None


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.phone)
def test_a_conversation_can_happen(story: TextStory) -> None:
    assert story.steps[0].deed is TextDeed.TEXT
    ages = [step.ago for step in story.steps]
    assert ages == sorted(ages, reverse=True)
    assert {story.assignee, *(step.by for step in story.steps)} <= {"", *_PEOPLE}
    assert story.language in text_talk()
    for step in story.steps:
        assert step.words
        assert all(paper(name).content_type.startswith("image/") for name in step.pictures)


@pytest.mark.parametrize("phone", PHONES)
def test_no_number_can_belong_to_anybody(phone: str) -> None:
    """The North American plan keeps 555-0100 to 555-0199 of every area for such use."""
    assert region_of(phone) == "US"
    assert phone[5:10] == "55501"


def test_nobody_has_two_conversations() -> None:
    phones = [story.phone for story in STORIES]
    assert len(phones) == len(set(phones))


def test_only_what_is_meant_as_a_keyword_is_one() -> None:
    said = [step.words for story in STORIES for step in story.steps if step.deed is TextDeed.TEXT]
    said += [live.words for live in LIVE if not live.is_campaign]
    said += [answer for story in STORIES for answer in story.answers]
    said += [answer for live in LIVE for answer in live.answers]
    said += [words for talk in text_talk().values() for words in (*talk.first, *talk.later)]
    said += [words for talk in text_talk().values() for words in (talk.link, talk.picture)]
    assert {text for text in said if is_keyword(text)} == MEANT


def test_a_known_person_is_a_customer_who_writes_mails() -> None:
    addresses = {story.customer.address for story in past_stories()}
    profiles = [story.profile for story in STORIES if story.profile]
    assert profiles
    assert addresses.issuperset(profiles)


def test_texts_of_every_length_and_writing_are_there() -> None:
    found = [segments(step.words) for story in STORIES for step in story.steps]
    assert {one.encoding for one in found} == set(Encoding)
    assert max(one.segments for one in found) > 2


def test_what_happens_live_is_about_people_who_can_take_part() -> None:
    assert any(live.is_campaign for live in LIVE)
    assert any(live.pictures for live in LIVE)
    keywords = {read_keyword(live.words, KeywordMatch.CONTAINS, "US") for live in LIVE}
    assert keywords == {*Keyword, None}


@pytest.mark.parametrize("live", LIVE, ids=lambda live: live.words[:20])
def test_a_live_text_can_be_sent(live: LiveText) -> None:
    assert live.words
    assert live.language in text_talk()
    assert all(paper(name).content for name in live.pictures)
