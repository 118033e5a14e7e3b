"""The caps that are checked on raw bytes, before any parser."""

import pytest

from inbox_desktop.sync.email.limits import MAX_DEPTH, MAX_PARTS, split_long_lines, structure_over_cap


def _nested(depth: int) -> bytes:
    return b"".join(
        b'Content-Type: multipart/mixed; boundary="b%dx"\r\n\r\n--b%dx\r\n' % (level, level)
        for level in range(depth)
    )


@pytest.mark.parametrize(
    ("depth", "over"), [(1, False), (MAX_DEPTH, False), (MAX_DEPTH + 1, True), (2_000, True)]
)
def test_depth(depth: int, over: bool) -> None:
    assert (structure_over_cap(_nested(depth)) is not None) is over


def test_depth_through_embedded_messages_and_one_boundary_used_again_and_again() -> None:
    assert structure_over_cap(b"Content-Type: message/rfc822\r\n\r\n" * 100)
    assert structure_over_cap(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" * 1) is None


@pytest.mark.parametrize(("parts", "over"), [(10, False), (MAX_PARTS - 1, False), (MAX_PARTS + 5, True)])
def test_parts(parts: int, over: bool) -> None:
    mail = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\n" * parts
    assert (structure_over_cap(mail) is not None) is over


def test_a_digest_of_many_mails_with_parts_is_not_deep() -> None:
    inner = (
        b"--outer\r\nContent-Type: message/rfc822\r\n\r\nContent-Type: multipart/mixed; boundary=in%d\r\n\r\n"
    )
    mail = b"Content-Type: multipart/digest; boundary=outer\r\n\r\n" + b"".join(
        inner % number + b"--in%d\r\n\r\nx\r\n--in%d--\r\n" % (number, number) for number in range(60)
    )
    assert structure_over_cap(mail) is None


def test_a_plain_text_full_of_dashes_is_no_structure() -> None:
    assert structure_over_cap(b"Content-Type: text/plain\r\n\r\n" + b"-- \n--- a\n" * 5_000) is None


def test_long_lines_are_broken_without_loss() -> None:
    text = "a" * 50_000 + "\nb"
    lines = split_long_lines(text).split("\n")
    assert [len(line) for line in lines] == [20_000, 20_000, 10_000, 1]
    assert "".join(lines) == text.replace("\n", "")
