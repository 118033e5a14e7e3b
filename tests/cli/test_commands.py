"""The headless commands, as scripts call them: exit codes, JSON Lines, words."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inbox_desktop.cli import main
from inbox_desktop.models.actions import agent
from inbox_desktop.models.actions.messages import AddNote
from inbox_desktop.models.actions.tickets import AddTag, Assign
from inbox_desktop.models.inbox import open_inbox
from inbox_desktop.models.profile import Profile
from inbox_desktop.models.queries.directory import me
from tests.models.samples import Mailroom, add_channel, done

Run = Callable[..., tuple[int, str, str]]

TICKET_KEYS = [
    "id",
    "number",
    "subject",
    "status",
    "channel",
    "customer",
    "assignee",
    "unread",
    "tags",
    "created",
    "last_message",
    "message_count",
]
MESSAGE_KEYS = [
    "id",
    "ticket_id",
    "direction",
    "kind",
    "author",
    "sent_at",
    "text",
    "visible_text",
    "delivery",
    "external_id",
    "attachments",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A profile with two tickets: Ana's is Julia's own and tagged, Bo's is nobody's."""
    profile = tmp_path / "profile"
    store = open_inbox(Profile(profile))
    with store.read() as reader:
        owner = me(reader)
    assert owner is not None
    receive = Mailroom(store, add_channel(store, owner.id))
    first = receive(text="Where is my jacket?").ticket_id or ""
    receive(author_address="bo@example.com", text="サイズ交換", subject="サイズ")
    done(store, Assign(actor=agent(owner.id), ticket_id=first, assignee_id=owner.id))
    done(store, AddTag(actor=agent(owner.id), ticket_id=first, tag="Shipping"))
    done(store, AddNote(actor=agent(owner.id), ticket_id=first, text="Ask the carrier."))
    store.close()
    return profile


@pytest.fixture
def run(folder: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> Run:
    """`run("tickets", "--json")` -> exit code, standard output, standard error."""

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(["--profile", str(folder), *arguments])
        out, err = capsysbinary.readouterr()
        return code, out.decode(), err.decode()

    return call


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_tickets_as_json_lines(run: Run) -> None:
    code, out, _ = run("tickets", "--json")
    ana, bo = lines(out)
    assert code == 0
    assert list(ana) == TICKET_KEYS
    assert ana["channel"] == {"kind": "email", "name": "Support"}
    assert ana["customer"] == {"name": "Ana Souza", "address": "ana@example.com"}
    assert (ana["tags"], ana["status"], ana["message_count"]) == (["Shipping"], "open", 2)
    assert (bo["subject"], bo["assignee"]) == ("サイズ", None)
    assert ana["created"].endswith("Z")


@pytest.mark.parametrize(
    ("arguments", "numbers"),
    [
        (["--view", "my"], [1]),
        (["--view", "unassigned"], [2]),
        (["--view", "all", "--status", "closed"], []),
        (["--view", "snoozed"], []),
        (["--status", "any"], [1, 2]),
    ],
)
def test_views_and_statuses(run: Run, arguments: list[str], numbers: list[int]) -> None:
    code, out, _ = run("tickets", "--json", *arguments)
    assert (code, sorted(row["number"] for row in lines(out))) == (0, numbers)


def test_show_prints_the_ticket_then_its_messages(run: Run) -> None:
    code, out, _ = run("show", "1", "--json")
    ticket, message, note = lines(out)
    assert (code, list(ticket), list(message)) == (0, TICKET_KEYS, MESSAGE_KEYS)
    assert (message["direction"], message["author"]["address"]) == ("inbound", "ana@example.com")
    assert (note["kind"], note["delivery"]) == ("note", None)


def test_show_for_people_names_who_wrote(run: Run) -> None:
    code, out, _ = run("show", "#1")
    assert code == 0
    assert "message from Ana Souza <ana@example.com>" in out


def test_search_finds_words_of_messages(run: Run) -> None:
    assert [row["number"] for row in lines(run("search", "jacket", "--json")[1])] == [1]
    assert run("search", "zebra", "--json")[1] == ""


def test_reply_close_and_reopen(run: Run, tmp_path: Path) -> None:
    text = tmp_path / "answer.txt"
    text.write_text("It is on its way.\n", encoding="utf-8")
    assert run("reply", "1", "--text-file", str(text))[0] == 0
    reply = lines(run("show", "1", "--json")[1])[-1]
    assert (reply["kind"], reply["delivery"], reply["text"].strip()) == (
        "reply",
        "queued",
        "It is on its way.",
    )
    assert run("close", "1")[0] == 0
    assert [row["number"] for row in lines(run("tickets", "--status", "closed", "--json")[1])] == [1]
    assert run("reopen", "1")[0] == 0
    assert run("tickets", "--status", "closed", "--json")[1] == ""


def test_an_empty_answer_is_refused_in_words(run: Run, tmp_path: Path) -> None:
    text = tmp_path / "empty.txt"
    text.write_text("\n", encoding="utf-8")
    code, _, err = run("reply", "1", "--text-file", str(text))
    assert (code, err) == (1, "There is nothing to send yet. Write a text or attach a file.\n")


@pytest.mark.parametrize("arguments", [["show", "99"], ["close", "99"], ["show", "x' OR 1=1"]])
def test_a_ticket_that_is_not_there(run: Run, arguments: list[str]) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (1, "")
    assert "There is no ticket" in err


@pytest.mark.parametrize("words", ["tickets", "close 1", "channel remove a@x.example", "channel webhook 1"])
def test_no_inbox_yet(tmp_path: Path, capsys: pytest.CaptureFixture[str], words: str) -> None:
    assert main(["--profile", str(tmp_path / "none"), *words.split()]) == 1
    assert "There is no inbox" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_a_profile_in_use_is_not_written_but_can_be_read(folder: Path, run: Run) -> None:
    store = open_inbox(Profile(folder))
    try:
        code, _, err = run("close", "1")
        assert (code, "in use by another" in err) == (1, True)
        assert run("tickets")[0] == 0
    finally:
        store.close()


def test_check_is_well_and_says_so(run: Run) -> None:
    code, out, _ = run("check", "--json")
    assert (code, lines(out)[0]["ok"]) == (0, True)


ADD = ["channel", "add", "email", "--address", "a@x.example", "--user", "a", "--password-env", "PW"]


def test_a_backup_is_saved_and_gone_back_to(run: Run, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    code, out, _ = run("backup", str(copy))
    assert (code, str(copy) in out) == (0, True)
    run("close", "2")
    code, out, _ = run("restore", str(copy))
    assert (code, "is kept in" in out) == (0, True)
    assert [row["status"] for row in lines(run("tickets", "--json")[1])] == ["open", "open"]
    code, out, err = run("restore", str(tmp_path / "nothing.db"))
    assert (code, out) == (1, "")
    assert "There is no file" in err


def test_plain_text_is_allowed_to_this_computer_only(run: Run) -> None:
    there = ["--imap", "mail.x.example:143", "--imap-security", "none", "--smtp", "localhost:25"]
    code, _, err = run(*ADD, *there, "--smtp-security", "none")
    assert (code, "plain text" in err) == (1, True)
    assert len(run("channel", "list")[1].splitlines()) == 1


def test_a_folder_has_a_name(run: Run) -> None:
    servers = ["--imap", "mail.x.example:993", "--smtp", "mail.x.example:465"]
    code, _, err = run(*ADD, *servers, "--folder", " ")
    assert (code, err) == (1, "A folder without a name cannot be read. Nothing was added.\n")


def test_channels_come_and_go(run: Run) -> None:
    here = [
        "--imap",
        "localhost:143",
        "--imap-security",
        "none",
        "--smtp",
        "[::1]:25",
        "--smtp-security",
        "none",
    ]
    assert run(*ADD, *here)[0] == 0
    code, _, err = run(*ADD, *here)
    assert (code, "already connected" in err) == (1, True)
    rows = lines(run("channel", "list", "--json")[1])
    assert [row["address"] for row in rows] == ["support@shop.example", "a@x.example"]
    assert run("channel", "remove", "A@X.example")[0] == 0
    assert len(run("channel", "list")[1].splitlines()) == 1


@pytest.mark.parametrize("address", ["support", "@shop.example", "a@b@shop.example", "a b@shop.example", ""])
def test_only_an_address_that_can_be_written_to_is_connected(run: Run, address: str) -> None:
    servers = ["--imap", "mail.x.example:993", "--smtp", "mail.x.example:465"]
    for wrong in (["--address", address], ["--alias", address]):
        code, _, err = run(*ADD, *servers, *wrong)
        assert (code, "is not an e-mail address. Nothing was added." in err) == (1, True)
    assert len(run("channel", "list")[1].splitlines()) == 1


@pytest.mark.parametrize("text", ["localhost", "host:", ":993", "host:0", "host:70000", "host:x"])
def test_what_is_no_server_is_a_wrong_call(run: Run, text: str) -> None:
    with pytest.raises(SystemExit) as ending:
        run(*ADD, "--imap", text, "--smtp", "localhost:25")
    assert ending.value.code == 2


def test_inspect_goes_on_after_a_file_that_is_not_there(run: Run, tmp_path: Path) -> None:
    mail = tmp_path / "a.eml"
    mail.write_bytes(b"From: Ana <ana@example.com>\r\nSubject: Hi\r\n\r\nHello\r\n")
    code, out, err = run("inspect", str(tmp_path / "none.eml"), str(mail))
    assert (code, [row["subject"] for row in lines(out)]) == (1, ["Hi"])
    assert "cannot be read" in err


def test_terminal_lines_carry_no_control_characters(run: Run, folder: Path) -> None:
    store = open_inbox(Profile(folder))
    with store.read() as reader:
        owner = me(reader)
    assert owner is not None
    channel = add_channel(store, owner.id, address="evil@shop.example")
    Mailroom(store, channel)(subject="\x1b[2Jgone", text="\x1b]0;owned\x07")
    store.close()
    assert "\x1b" not in run("tickets")[1] + run("show", "3")[1]


@pytest.mark.parametrize("command", ["inspect", "import"])
def test_a_parser_that_cannot_start_is_told_in_words(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr("inbox_desktop.sync.email.parser_pool._command", lambda _memory: ["/nowhere/python"])
    (tmp_path / "one.eml").write_bytes(b"Subject: a\r\n\r\nHello\r\n")
    code, out, err = run(command, str(tmp_path / "one.eml"))
    assert (code, out) == (1, "")
    assert "cannot be started" in err
    assert "Traceback" not in err
