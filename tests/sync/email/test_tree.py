"""Both MIME parsers read the same mails in the same way."""

from pathlib import Path

import pytest

from inbox_desktop.sync.email import tree, tree_standard
from inbox_desktop.sync.email.headers import content_headers, split_mail
from inbox_desktop.sync.email.part import Part, UnreadableStructureError
from tests.sync.email.test_mime import MAIL

tree_fast = pytest.importorskip("inbox_desktop.sync.email.tree_fast")


def _data(raw: bytes) -> bytes:
    headers, body = split_mail(raw)
    return content_headers(headers) + body


def _leaves(part: Part) -> list[tuple[str, str, str, str | None, bytes]]:
    if part.content is None:
        return [leaf for child in part.children for leaf in _leaves(child)]
    # Soft line breaks and space before them: the library removes it as RFC 2045 says, the other one does not.
    text = b"\n".join(line.rstrip() for line in part.content.replace(b"\r\n", b"\n").split(b"\n")).rstrip()
    return [(part.content_type, part.disposition, part.filename, part.content_id, text)]


def test_both_parsers_agree_on_real_mails(shared_data: Path) -> None:
    compared = 0
    for path in sorted((shared_data / "bounces").iterdir()):
        data = _data(path.read_bytes())
        try:
            fast = tree_fast.read_tree(data)
        except UnreadableStructureError:
            continue
        assert _leaves(fast) == _leaves(tree_standard.read_tree(data)), path.name
        compared += 1
    assert compared > 250


def test_both_parsers_agree_on_an_ordinary_mail() -> None:
    data = _data(MAIL)
    assert _leaves(tree_fast.read_tree(data)) == _leaves(tree_standard.read_tree(data))
    assert len(_leaves(tree_standard.read_tree(data))) == 4


def test_what_the_fast_parser_refuses_the_lenient_one_reads() -> None:
    data = b"content-type: text/plain\r\ncontent-transfer-encoding: base64\r\n\r\nSGVs!!bG8"
    with pytest.raises(UnreadableStructureError):
        tree_fast.read_tree(data)
    assert tree.read_tree(data).content == b"Hello"


def test_without_the_fast_parser_the_other_one_reads_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "_FAST", None)
    assert len(_leaves(tree.read_tree(_data(MAIL)))) == 4


def test_embedded_mails_keep_their_bytes_in_both() -> None:
    inner = b"Subject:  odd   spacing\r\nX: y\r\n\r\nbody\r\n"
    data = (
        b"content-type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
        + inner
        + b"\r\n--b--"
    )
    for reader in (tree_fast.read_tree, tree_standard.read_tree):
        assert [leaf.content for leaf in reader(data).children] == [inner]
