"""Remote images: fetched from public hosts only, bounded, without a trace of who asks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from inbox_desktop.sync import remote_images
from inbox_desktop.sync.remote_images import fetch_images, is_public

PNG = b"\x89PNG picture"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("::1", False),
        ("10.1.2.3", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("fe80::1", False),
        ("::ffff:127.0.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - as data
        ("224.0.0.1", False),
        ("not an address", False),
    ],
)
def test_what_is_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@asynccontextmanager
async def web(answers: dict[str, bytes], requests: list[bytes]) -> AsyncIterator[str]:
    """A web server that answers paths with these bytes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        requests.append(request)
        writer.write(
            answers.get(request.split()[1].decode(), b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")
        )
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await server.wait_closed()


def answer(content: bytes, kind: str = "image/png", status: str = "200 OK", extra: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{extra}Content-Length: {len(content)}\r\n\r\n"
    return head.encode() + content


async def test_an_image_is_fetched_without_a_trace() -> None:
    requests: list[bytes] = []
    async with web({"/a.png": answer(PNG)}, requests) as base:
        assert await fetch_images([f"{base}/a.png"] * 2, lambda _: True) == {f"{base}/a.png": PNG}
    assert len(requests) == 1
    assert not any(word in requests[0].lower() for word in (b"cookie", b"referer", b"inbox"))


async def test_this_machine_is_never_asked() -> None:
    requests: list[bytes] = []
    async with web({"/a.png": answer(PNG)}, requests) as base:
        assert await fetch_images([f"{base}/a.png", base.replace("127.0.0.1", "localhost") + "/a.png"]) == {}
    assert requests == []


@pytest.mark.parametrize(
    "reply",
    [
        answer(b"<svg/>", "image/svg+xml"),
        answer(b"<html>", "text/html"),
        answer(PNG, status="500 Oops"),
        answer(b"", status="302 Found", extra="Location: file:///etc/hostname\r\n"),
        answer(b"", status="302 Found", extra="Location: /x\r\n"),
        b"nonsense\r\n\r\n",
    ],
)
async def test_what_is_no_image_is_left_out(reply: bytes) -> None:
    async with web({"/x": reply, "/a.png": answer(PNG)}, []) as base:
        assert await fetch_images([f"{base}/x", f"{base}/a.png"], lambda _: True) == {f"{base}/a.png": PNG}


async def test_what_is_too_large_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_images, "LARGEST_IMAGE", 100)
    async with web({"/a.png": answer(bytes(101)), "/b.png": answer(bytes(100))}, []) as base:
        assert list(await fetch_images([f"{base}/a.png", f"{base}/b.png"], lambda _: True)) == [
            f"{base}/b.png"
        ]


@pytest.mark.parametrize(
    "url", ["file:///etc/hostname", "ftp://x.example/a.png", "//x/a.png", "http://", "::"]
)
async def test_only_web_addresses_are_fetched(url: str) -> None:
    assert await fetch_images([url], lambda _: True) == {}
