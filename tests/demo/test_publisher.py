"""The demo's public address: what was published is there, nothing else is, and twice is the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from inbox_desktop.demo.papers import paper
from inbox_desktop.demo.publisher import LoopbackPublisher
from inbox_desktop.models.attachments import AttachmentStore
from inbox_desktop.sync.sending import OutgoingFile

PAGE = "https://harbor.example/parts?size=m"


@pytest.fixture
def attachments(tmp_path: Path) -> AttachmentStore:
    return AttachmentStore(tmp_path)


@pytest.fixture
def publisher(attachments: AttachmentStore) -> Iterator[LoopbackPublisher]:
    publisher = LoopbackPublisher(attachments)
    publisher.start()
    yield publisher
    publisher.stop()


def picture(attachments: AttachmentStore) -> OutgoingFile:
    content = paper("zipper.png").content
    return OutgoingFile("my zipper.png", "image/png", len(content), attachments.put(content))


def get(url: str) -> httpx.Response:
    return httpx.get(url, trust_env=False)


async def test_a_short_link_leads_on(publisher: LoopbackPublisher) -> None:
    short = await publisher.shorten("m1", [PAGE])
    answer = get(short[PAGE])
    assert (answer.status_code, answer.headers["location"]) == (302, PAGE)


async def test_the_same_message_gets_the_same_links_and_another_one_others(
    publisher: LoopbackPublisher,
) -> None:
    first = await publisher.shorten("m1", [PAGE])
    assert await publisher.shorten("m1", [PAGE]) == first
    assert (await publisher.shorten("m2", [PAGE]))[PAGE] != first[PAGE]


async def test_a_picture_can_be_fetched(publisher: LoopbackPublisher, attachments: AttachmentStore) -> None:
    file = picture(attachments)
    url = await publisher.publish(file)
    assert url == await publisher.publish(file)
    answer = get(url)
    assert answer.headers["content-type"] == "image/png"
    assert answer.content == paper("zipper.png").content


async def test_nothing_else_is_there(publisher: LoopbackPublisher, attachments: AttachmentStore) -> None:
    known = (await publisher.shorten("m1", [PAGE]))[PAGE]
    address = known.rpartition("/")[0]
    hidden = picture(attachments)  # in the store, and not published
    for path in ("", "nothing", f"pictures/{hidden.sha256}/a.png", "pictures/../../inbox.db"):
        assert get(f"{address}/{path}").status_code == 404


async def test_a_picture_that_is_gone_is_not_there(
    publisher: LoopbackPublisher, attachments: AttachmentStore
) -> None:
    file = picture(attachments)
    url = await publisher.publish(file)
    attachments.path(file.sha256).unlink()
    assert get(url).status_code == 404


def test_one_that_was_never_started_can_be_stopped(attachments: AttachmentStore) -> None:
    publisher = LoopbackPublisher(attachments)
    publisher.stop()
    publisher.stop()
