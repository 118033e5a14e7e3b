"""The words of the command line. Each sub-command names the function that runs it, loaded when called."""

import argparse
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from inbox_desktop import __version__
from inbox_desktop.models.kinds import Security
from inbox_desktop.models.mail_settings import Server
from inbox_desktop.models.profile import default_folder

Runner = Callable[[argparse.Namespace], int]

_PROVIDERS = ("twilio", "vonage", "telnyx")  # models.sms_settings.Provider, whose import takes longer


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="inbox-desktop", description="A support team's e-mail, SMS and web chat in one place."
    )
    parser.add_argument("--version", action="version", version=f"inbox-desktop {__version__}")
    parser.add_argument("--profile", type=Path, metavar="DIR", help="the folder of this inbox")
    parser.add_argument("--demo", action="store_true", help="a live sample inbox, without any account")
    parser.add_argument(
        "--screenshot", type=Path, metavar="FILE", help="save a picture of the window, then end"
    )
    parser.set_defaults(run=_later("window", "run_window"))
    commands = parser.add_subparsers(metavar="COMMAND")
    _add_channel_commands(commands)
    _add_relay_commands(commands)
    _add_mail_commands(commands)
    _add_ticket_commands(commands)
    _add_backup_commands(commands)
    return parser


def profile_folder(options: argparse.Namespace) -> Path:
    """The profile that the command is about."""
    folder: Path = options.profile or default_folder()
    return folder.expanduser().absolute()


def server(text: str) -> tuple[str, int]:
    """HOST:PORT, an IPv6 address in brackets."""
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isdigit() or not 0 < int(port) <= 0xFFFF:
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT, for example imap.example.com:993")
    return host, int(port)


def the_server(address: tuple[str, int], security: str) -> Server:
    """The server that two options describe together."""
    return Server(address[0], address[1], Security(security))


def _later(module: str, function: str) -> Runner:
    """The function of a sibling module, imported only when the command runs: starting stays quick."""

    def run(options: argparse.Namespace) -> int:
        runner: Runner = getattr(import_module(f"inbox_desktop.cli.{module}"), function)
        return runner(options)

    return run


def _add_channel_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    channel = commands.add_parser("channel", help="add, list, test or remove a channel")
    verbs = channel.add_subparsers(metavar="VERB", required=True)
    kinds = verbs.add_parser("add", help="connect a channel").add_subparsers(metavar="KIND", required=True)
    _add_email_command(kinds.add_parser("email", help="a mailbox"))
    _add_sms_command(kinds.add_parser("sms", help="a number for text messages"))
    _add_chat_command(kinds.add_parser("chat", help="a web chat at the relay"))
    listing = verbs.add_parser("list", help="every channel, a line each")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=_later("channels", "list_channels"))
    for verb, text in (
        ("test", "try the connections, step by step"),
        ("remove", "stop a channel; its tickets stay"),
    ):
        command = verbs.add_parser(verb, help=text)
        command.add_argument("channel", metavar="CHANNEL", nargs="?", help="its address or id")
        command.set_defaults(run=_later("channels", f"{verb}_channel"))
    webhook = verbs.add_parser("webhook", help="where a number's provider shall call the relay")
    webhook.add_argument("channel", metavar="NUMBER", help="its number or id")
    webhook.add_argument(
        "--secret-stdin", action="store_true", help="read Vonage's signature secret from standard input"
    )
    webhook.set_defaults(run=_later("channels", "webhook_channel"))


def _add_email_command(email: argparse.ArgumentParser) -> None:
    email.add_argument("--address", required=True, metavar="A", help="the support address")
    securities = [security.value for security in Security]
    for name in ("imap", "smtp"):
        email.add_argument(f"--{name}", required=True, type=server, metavar="HOST:PORT")
        email.add_argument(f"--{name}-security", choices=securities, default=Security.TLS.value)
    email.add_argument("--user", required=True, metavar="U", help="the name to sign in with")
    secret = email.add_mutually_exclusive_group()
    secret.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    secret.add_argument("--password-env", metavar="NAME", help="read this variable at every sign-in")
    email.add_argument(
        "--folder", action="append", metavar="F", help="a folder to read; more than one may be named"
    )
    email.add_argument(
        "--alias", action="append", metavar="A", default=[], help="another address that arrives here"
    )
    email.set_defaults(run=_later("channels", "add_email"))


def _add_sms_command(sms: argparse.ArgumentParser) -> None:
    sms.add_argument("--provider", required=True, choices=_PROVIDERS)
    sms.add_argument("--number", required=True, metavar="N", help="our number, as +12025550123")
    sms.add_argument(
        "--account", required=True, metavar="ID", help="account SID, API key, or messaging profile"
    )
    secret = sms.add_mutually_exclusive_group()
    secret.add_argument("--secret-stdin", action="store_true", help="read the secret from standard input")
    secret.add_argument("--secret-env", metavar="NAME", help="read this variable at every sign-in")
    sms.add_argument("--webhook-key", default="", metavar="K", help="Telnyx's public key, for a relay")
    sms.add_argument(
        "--webhook-secret-env", metavar="NAME", help="a variable with Vonage's signature secret, for a relay"
    )
    sms.add_argument("--base-url", metavar="URL", help="in place of the provider's own address (simulators)")
    sms.add_argument("--brand", default="", metavar="B", help="who answers, in automatic texts")
    sms.add_argument("--contact", default="", metavar="A", help="the address for help, in automatic texts")
    sms.add_argument("--no-notify", dest="notify", action="store_false", help="no e-mail for each new text")
    sms.add_argument(
        "--notify-address",
        default="",
        metavar="A",
        help="who gets that e-mail; the inbox's owner if not given",
    )
    sms.set_defaults(run=_later("channels", "add_sms"))


def _add_chat_command(chat: argparse.ArgumentParser) -> None:
    chat.add_argument("--name", required=True, metavar="N", help="what visitors see, as the shop's name")
    chat.add_argument(
        "--origin",
        action="append",
        required=True,
        metavar="O",
        help="where the pages are, as https://shop.example; more than one may be named",
    )
    chat.add_argument("--support-address", metavar="A", help="an e-mail channel, for answers to who has left")
    chat.add_argument("--locale", choices=["auto", "en", "pt", "es"], default="auto")
    chat.set_defaults(run=_later("relay", "add_chat"))


def _add_relay_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    relay = commands.add_parser("relay", help="the server for web chat: connect, status, disconnect")
    verbs = relay.add_subparsers(metavar="VERB", required=True)
    connect = verbs.add_parser("connect", help="join with an invitation code ('inbox-relay invite')")
    connect.add_argument("--url", required=True, metavar="U", help="the relay, as https://chat.shop.example")
    secret = connect.add_mutually_exclusive_group()
    secret.add_argument("--code-stdin", action="store_true", help="read the code from standard input")
    secret.add_argument("--token-env", metavar="NAME", help="read this variable for a desktop's token")
    connect.set_defaults(run=_later("relay", "connect_relay"))
    status = verbs.add_parser("status", help="whether the relay knows this desktop; exit 0 only if it does")
    status.set_defaults(run=_later("relay", "relay_status"))
    disconnect = verbs.add_parser("disconnect", help="leave the relay; tickets stay")
    disconnect.set_defaults(run=_later("relay", "disconnect_relay"))


def _add_mail_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    sync = commands.add_parser("sync", help="run the channels without a window")
    sync.add_argument("--once", action="store_true", help="end when everything is in and out")
    sync.set_defaults(run=_later("mail", "sync"))
    importing = commands.add_parser("import", help="take in .eml files, mbox files and Maildir folders")
    importing.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    importing.add_argument("--channel", metavar="A", help="the address that the mails belong to")
    importing.set_defaults(run=_later("mail", "import_paths"))
    inspect = commands.add_parser(
        "inspect", help="how each mail is read, one JSON object a line; nothing is stored"
    )
    inspect.add_argument("files", nargs="+", type=Path, metavar="FILE")
    inspect.set_defaults(run=_later("mail", "inspect"))


def _add_ticket_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    tickets = commands.add_parser("tickets", help="list tickets")
    tickets.add_argument("--view", choices=["my", "unassigned", "all", "snoozed"], default="all")
    tickets.add_argument("--status", choices=["open", "snoozed", "closed", "any"])
    tickets.add_argument("--json", action="store_true", help="JSON Lines")
    tickets.set_defaults(run=_later("tickets", "list_tickets"))
    show = commands.add_parser("show", help="a ticket with its messages")
    show.add_argument("ticket", metavar="TICKET", help="its number or id")
    show.add_argument("--json", action="store_true", help="JSON Lines: the ticket, then its messages")
    show.set_defaults(run=_later("tickets", "show"))
    search = commands.add_parser("search", help="tickets in which all the words occur")
    search.add_argument("query", metavar="QUERY")
    search.add_argument("--json", action="store_true", help="JSON Lines")
    search.set_defaults(run=_later("tickets", "search_tickets"))
    reply = commands.add_parser("reply", help="answer the customer; it leaves with the next synchronisation")
    reply.add_argument("ticket", metavar="TICKET")
    reply.add_argument(
        "--text-file", required=True, metavar="F", help="the text, UTF-8; - for standard input"
    )
    reply.set_defaults(run=_later("tickets", "reply"))
    for verb in ("close", "reopen"):
        command = commands.add_parser(verb, help=f"{verb} a ticket")
        command.add_argument("ticket", metavar="TICKET")
        command.set_defaults(run=_later("tickets", f"{verb}_ticket"))
    check = commands.add_parser(
        "check", help="verify everything that can be verified; exit 0 only if all is well"
    )
    check.add_argument("--json", action="store_true")
    check.set_defaults(run=_later("tickets", "check_profile"))


def _add_backup_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    backup = commands.add_parser("backup", help="save a copy of the database; the program may run")
    backup.add_argument("file", type=Path, metavar="FILE", help="a new file")
    backup.set_defaults(run=_later("backups", "save_backup"))
    restore = commands.add_parser("restore", help="go back to a backup; what is there now is kept")
    restore.add_argument("file", type=Path, metavar="FILE", help="from 'backup', or the profile's backups")
    restore.set_defaults(run=_later("backups", "restore_backup"))
