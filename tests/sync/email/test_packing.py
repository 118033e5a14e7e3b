"""Packed mails: zlib's format, whichever library writes it."""

import random
import zlib

import pytest

from inbox_desktop.sync.email import packing
from inbox_desktop.sync.email.packing import pack

_MAILS = [
    b"",
    b"a",
    b"Subject: x\r\n\r\n" + b"Good morning, where is my parcel?\r\n" * 300,
    random.Random(1).randbytes(100_000),
    bytes(3_000_000),
]


@pytest.mark.parametrize("mail", _MAILS, ids=[str(len(mail)) for mail in _MAILS])
def test_a_mail_comes_back_as_it_was(mail: bytes) -> None:
    assert zlib.decompress(pack(mail)) == mail


def test_text_takes_a_fraction_of_its_space() -> None:
    assert len(pack(_MAILS[2])) < len(_MAILS[2]) / 10


def test_the_same_mail_is_always_packed_alike() -> None:  # by this duplicates are recognised
    assert pack(_MAILS[2]) == pack(bytes(_MAILS[2]))


def test_without_the_quick_library_the_standard_one_packs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "_COMPRESS", zlib.compress)
    assert zlib.decompress(pack(_MAILS[3])) == _MAILS[3]
