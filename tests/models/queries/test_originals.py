"""A mail's original, found by its message."""

import pytest

from inbox_desktop.models.errors import NotFoundError
from inbox_desktop.models.queries.originals import original
from inbox_desktop.models.store import Store
from tests.models.samples import Mailroom

MAIL = b"From: ana@example.com\r\n\r\nOl\xe1\r\n"


def test_a_mail_is_there_as_it_came(store: Store, receive: Mailroom) -> None:
    outcome = receive(raw_id=receive.raw(MAIL))
    with store.read() as connection:
        assert original(connection, outcome.action.message_id) == MAIL  # type: ignore[attr-defined]


def test_what_came_otherwise_has_none(store: Store, receive: Mailroom) -> None:
    outcome = receive()
    with store.read() as connection, pytest.raises(NotFoundError, match="no original"):
        original(connection, outcome.action.message_id)  # type: ignore[attr-defined]
