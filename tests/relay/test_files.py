"""Files in chats: what is taken, under which name and type, and how it is given out."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest

from inbox_desktop.relay import files
from inbox_desktop.relay.api.errors import ApiError
from inbox_desktop.relay.config import Limits
from tests.relay.running import ORIGIN, RunningRelay

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def archive(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "stored", "content_type"),
    [
        ("photo.png", PNG, "photo.png", "image/png"),
        ("photo.jpg", PNG, "photo.jpg.png", "image/png"),
        ("photo.JPEG", b"\xff\xd8\xff\xe0", "photo.jpeg", "image/jpeg"),
        ("a.gif", b"GIF89a1", "a.gif", "image/gif"),
        ("a.webp", b"RIFF1234WEBPVP8 ", "a.webp", "image/webp"),
        ("a.heic", b"\0\0\0\x18ftypheic", "a.heic", "image/heic"),
        ("film", b"\0\0\0\x18ftypmp42", "film.mp4", "video/mp4"),
        ("order.pdf", b"%PDF-1.7", "order.pdf", "application/pdf"),
        ("notes.txt", "olá".encode(), "notes.txt", "text/plain"),
        ("page.html", b"<script>alert(1)</script>", "page.html.txt", "text/plain"),
        ("drawing.svg", b"<svg onload='x'/>", "drawing.svg.txt", "text/plain"),
        ("../../etc/passwd", b"x", "passwd.txt", "text/plain"),
        ("C:\\x\\a.txt", b"x", "a.txt", "text/plain"),
        ("\u202egnp.txt\0", b"x", "gnp.txt", "text/plain"),
        ("", b"x", "file.txt", "text/plain"),
        ("..", b"x", "file.txt", "text/plain"),
        ("x" * 300 + ".txt", b"x", "x" * 116 + ".txt", "text/plain"),
        ("a.docx", archive("word/document.xml"), "a.docx", next(t for t in files.ENDINGS if "wordproc" in t)),
        ("a.xlsx", archive("xl/workbook.xml"), "a.xlsx", next(t for t in files.ENDINGS if "sheet" in t)),
    ],
)
def test_what_is_taken(name: str, content: bytes, stored: str, content_type: str) -> None:
    upload = files.examined(name, content)
    assert (upload.name, upload.content_type) == (stored, content_type)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\0",
        b"\x7fELF",
        archive("a.txt"),
        archive("word/document.xml", "word/vbaProject.bin"),
        b"\0\1\2",
        b"\xff\xfe\x00",
        b"text with \x1b escape",
    ],
)
def test_what_is_not_taken(content: bytes) -> None:
    with pytest.raises(ApiError):
        files.examined("a.txt", content)


def test_a_file_goes_to_the_other_side_and_back(server: RunningRelay) -> None:
    visitor, desktop = server.visitor(server.chat()), server.desktop()
    answers = [visitor.put_file(PNG, "photo.png", "one") for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    taken = visitor.write("", file_ids=[answers[0].json()["file_id"]])
    (shown,) = taken["message"]["files"]
    assert shown["size"] == len(PNG)
    told = next(one["data"] for one in desktop.feed() if one["kind"] == "message")
    assert told["files"] == [shown]
    assert desktop.get(f"files/{shown['id']}").content == PNG
    query = {"name": "invoice.pdf", "client_id": "two"}
    put = desktop.request("PUT", "files", params=query, content=b"%PDF-1.7").json()
    message = desktop.answer(taken["conversation_id"], "", file_ids=[put["file_id"]])
    given = server.get(message["files"][0]["url"])
    assert given.content == b"%PDF-1.7"
    assert given.headers["content-disposition"] == "attachment; filename*=UTF-8''invoice.pdf"
    assert given.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in given.headers["content-security-policy"]
    picture = server.get(shown["url"])
    assert picture.headers["content-disposition"].startswith("inline")
    assert picture.headers["content-type"] == "image/png"


def test_a_file_needs_its_key_and_its_chat(server: RunningRelay) -> None:
    visitor = server.visitor(server.chat())
    file_id = visitor.put_file(PNG, "a.png").json()["file_id"]
    url = visitor.write("", file_ids=[file_id])["message"]["files"][0]["url"]
    assert server.get(url).status_code == 200
    assert server.get(url.replace(visitor.chat_id, server.chat())).status_code == 404
    for key in ("", "x" * 43, "é", "%00"):
        assert server.get(url.split("?")[0], params={"key": key}).status_code == 404


def test_a_file_belongs_to_one_message(server: RunningRelay) -> None:
    visitor = server.visitor(server.chat())
    file_id = visitor.put_file(PNG).json()["file_id"]
    visitor.write("", file_ids=[file_id])
    again = visitor.post("messages", {"client_id": "x", "text": "again", "file_ids": [file_id]})
    assert again.status_code == 404
    assert [
        one["text"] for one in visitor.get("conversation").json()["messages"] if one["author"] == "visitor"
    ] == [""]


def test_a_file_that_is_too_large_is_not_read_to_its_end(server: RunningRelay) -> None:
    visitor = server.visitor(server.chat(max_file_mb=1))
    assert visitor.put_file(b"x" * (1024 * 1024)).status_code == 201
    answer = visitor.put_file(b"x" * (1024 * 1024 + 1))
    assert (answer.status_code, answer.json()["error"]) == (413, "file_size")
    chunks = (b"x" * 65_536 for _ in range(20))
    url = f"/chat/{visitor.chat_id}/files"
    options = {"params": {"name": "a", "client_id": "b"}, "headers": visitor.headers}
    assert server.http.put(url, content=chunks, **options).status_code == 413  # type: ignore[arg-type]


def test_so_many_files_an_hour(sqlite_config, start_relay) -> None:  # type: ignore[no-untyped-def]
    server = start_relay(replace(sqlite_config, limits=Limits(files_per_hour=2)))
    visitor = server.visitor(server.chat())
    answers = [visitor.put_file(b"x") for _ in range(3)]
    assert [one.status_code for one in answers] == [201, 201, 429]
    assert int(answers[2].headers["retry-after"]) > 1000
    assert answers[2].headers["access-control-allow-origin"] == ORIGIN
