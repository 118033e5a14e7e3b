"""Threading: what joins a ticket, and what only claims to."""

import pytest

from inbox_desktop.models.rules.threading import ThreadClues, Threading, find_thread

TICKETS = {"<a@x>": ["t1"], "<b@x>": ["t2"], "<shared@x>": ["t1", "t2"]}
PEOPLE = {"t1": {"ana@mail.example"}, "t2": {"bo@mail.example"}}


def clues(
    *ids: str,
    who: str | tuple[str, ...] = "ana@mail.example",
    verified: bool = True,
    signed: str | None = None,
) -> ThreadClues:
    return ThreadClues(signed, ids, (who,) if isinstance(who, str) else who, verified)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (clues(), Threading(None)),
        (clues("<a@x>"), Threading("t1")),
        (clues("<unknown@x>", "<a@x>"), Threading("t1")),
        (clues("<b@x>", "<a@x>"), Threading("t1")),
        (clues("<shared@x>", who="bo@mail.example"), Threading("t2")),
        (clues("<a@x>", who="eve@evil.example"), Threading(None, "t1")),
        (clues("<a@x>", verified=False), Threading(None, "t1")),
        (clues("<a@x>", who=""), Threading(None, "t1")),
        (clues("<a@x>", who=("cy@mail.example", "ana@mail.example")), Threading("t1")),
        (clues("<a@x>", who=()), Threading(None, "t1")),
        (clues(who="eve@evil.example", signed="t9"), Threading("t9")),
        (clues("<a@x>", signed="t9"), Threading("t9")),
    ],
)
def test_where_a_mail_belongs(given: ThreadClues, expected: Threading) -> None:
    assert find_thread(given, TICKETS, PEOPLE) == expected
