"""`inspect`: the JSON object of each mail."""

import json
from pathlib import Path

import pytest

from inbox_desktop.sync.email.batches import LARGEST_MAIL
from inbox_desktop.sync.email.inspect import describe, inspect_file
from inbox_desktop.sync.email.parsed import ParseFailure
from inbox_desktop.sync.email.parser_pool import ParserPool
from tests.sync.email.test_mime import MAIL

KEYS = [
    *(
        "path",
        "message_id",
        "in_reply_to",
        "references",
        "date",
        "from",
        "from_verified",
        "reply_to",
        "to",
        "cc",
    ),
    *("subject", "kind", "bounced", "text", "visible_text", "html", "blocked", "attachments", "warnings"),
]


def test_the_contract(tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(MAIL)
    found = inspect_file(path)
    assert list(found) == KEYS
    assert found["path"] == str(path)
    assert found["message_id"] == "<one@example.com>"
    assert found["references"] == ["<a@shop.example>", "<zero@shop.example>"]
    assert found["date"] == "2025-05-05T08:12:00Z"
    assert found["from"] == {"name": "Ana Sóuza", "address": "ana@example.com"}
    assert found["from_verified"] is True
    assert found["cc"] == [{"name": "Li, Bo", "address": "li@example.net"}]
    assert found["kind"] == "message"
    assert found["bounced"] is None
    assert found["visible_text"] == "Grüße!"
    assert found["attachments"][1] == {
        "filename": "Rechnung €.pdf",
        "content_type": "application/pdf",
        "size": 4,
        "inline": False,
    }
    json.dumps(found)


def test_a_mail_that_cannot_be_read_has_every_key_too() -> None:
    found = describe("x", ParseFailure("too slow"))
    assert list(found) == KEYS
    assert found["warnings"] == ["too slow"]


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large.eml"
    with path.open("wb") as file:
        file.truncate(LARGEST_MAIL + 1)
    monkeypatch.setattr(Path, "read_bytes", lambda _path: pytest.fail("it was read"))
    found = inspect_file(path)
    assert list(found) == KEYS
    assert found["warnings"] == ["the mail is larger than 35 MB"]


def test_all_shared_samples_are_read_without_an_error(shared_data: Path) -> None:
    paths = sorted([*(shared_data / "bounces").iterdir(), *(shared_data / "reply-trimming").glob("*/*")])
    with ParserPool() as pool:
        described = [inspect_file(path, pool) for path in paths]
    assert len(described) == len(paths)
    assert {tuple(found) for found in described} == {tuple(KEYS)}
    assert all(json.loads(json.dumps(found)) == found for found in described)
    bounced = next(found for found in described if Path(found["path"]).name == "rfc3464-01.eml")
    assert list(bounced["bounced"]) == ["recipient", "status", "original_message_id"]
