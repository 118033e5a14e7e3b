"""The `inbox-relay` command: serve, init, invite, desktops, revoke, new-epoch."""

from __future__ import annotations

import argparse
import logging
import re
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import DBAPIError

from inbox_desktop.models.clock import iso
from inbox_desktop.models.errors import InboxError

if TYPE_CHECKING:
    from inbox_desktop.relay.config import RelayConfig
    from inbox_desktop.relay.service import Relay

FAILED: Final = 1
INTERRUPTED: Final = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. Returns its exit code: 0 well, 1 failed (said on standard error), 2 wrongly called."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    try:
        code: int = options.run(options)
    except InboxError as error:
        sys.stderr.write(f"{error}\n")
        return FAILED
    except DBAPIError as error:  # the database could be opened, and fails now: a full disk, a lost server
        sys.stderr.write(f"The relay's database can't be used ({error.orig}). What was asked was not done.\n")
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="inbox-relay", description="The server for web chat, webhooks and short links."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--data", type=Path, metavar="DIR", help="the data folder (key, SQLite database)", default=_data()
    )
    common.add_argument(
        "--database", default="", metavar="URL", help="PostgreSQL instead of SQLite: postgresql://..."
    )
    serve = commands.add_parser("serve", parents=[common], help="run the relay")
    serve.add_argument("--listen", default="", metavar="HOST:PORT", help="default 127.0.0.1:8765")
    serve.add_argument("--public-url", default="", metavar="URL", help="how visitors reach it: https://...")
    serve.add_argument("--tls-cert", type=Path, metavar="FILE", help="certificate chain (PEM)")
    serve.add_argument("--tls-key", type=Path, metavar="FILE", help="its private key (PEM)")
    serve.add_argument(
        "--behind-proxy", default="", metavar="ADDR[,ADDR]", help="addresses of the proxies in front of it"
    )
    serve.add_argument(
        "--limit",
        action="append",
        default=[],
        metavar="NAME=NUMBER",
        help="messages-per-minute=60 and others",
    )
    serve.set_defaults(run=_serve)
    init = commands.add_parser("init", parents=[common], help="make or migrate the database")
    init.set_defaults(run=_init)
    invite = commands.add_parser("invite", parents=[common], help="a code with which one desktop joins")
    invite.add_argument("--name", default="", help="whose desktop it is")
    invite.add_argument("--valid", default="24h", metavar="TIME", help="30m, 24h, 7d; default 24h")
    invite.set_defaults(run=_invite)
    desktops = commands.add_parser("desktops", parents=[common], help="list the desktops")
    desktops.set_defaults(run=_desktops)
    revoke = commands.add_parser("revoke", parents=[common], help="take a desktop's access")
    revoke.add_argument("desktop", help="its id, or its name when only one has it")
    revoke.set_defaults(run=_revoke)
    epoch = commands.add_parser("new-epoch", parents=[common], help="after restoring a backup: read anew")
    epoch.set_defaults(run=_new_epoch)
    return parser


def _serve(options: argparse.Namespace) -> int:
    from inbox_desktop.relay.config import DEFAULT_HOST, Limits, RelayConfig, listen_address
    from inbox_desktop.relay.serving import serve

    host, port = listen_address(options.listen or DEFAULT_HOST)
    config = RelayConfig(
        data=options.data,
        database=options.database,
        host=host,
        port=port,
        public_url=options.public_url.rstrip("/"),
        tls_cert=options.tls_cert,
        tls_key=options.tls_key,
        proxies=tuple(one.strip() for one in options.behind_proxy.split(",") if one.strip()),
        limits=Limits.of(options.limit),
    )
    return serve(config.checked(), lambda line: print(line, flush=True))


def _init(options: argparse.Namespace) -> int:
    with closing(_open(options)) as relay:
        print(f"The relay's database is ready ({_where(relay.config)}).")
    return 0


def _invite(options: argparse.Namespace) -> int:
    from inbox_desktop.relay.access import invite

    valid = _validity(options.valid)
    with closing(_open(options)) as relay:
        code = relay.database.write(lambda writing: invite(writing, options.name[:100], valid))
    print(code)
    sys.stderr.write(f"One desktop can join with this code within {options.valid}. It is told this once.\n")
    return 0


def _desktops(options: argparse.Namespace) -> int:
    from inbox_desktop.relay.access import desktops

    with closing(_open(options)) as relay:
        rows = relay.database.read(desktops)
    for row in rows:
        state = f"revoked {iso(row.revoked_at)}" if row.revoked_at else f"seen {iso(row.seen_at) or 'never'}"
        print(f"{row.id}  {row.name or '(no name)'}  joined {iso(row.created_at)}  {state}")
    return 0


def _revoke(options: argparse.Namespace) -> int:
    from inbox_desktop.relay.access import desktops, revoke
    from inbox_desktop.relay.config import RelayError

    with closing(_open(options)) as relay:
        rows = [row for row in relay.database.read(desktops) if row.revoked_at is None]
        found = [row for row in rows if options.desktop in {row.id, row.name}]
        if len(found) != 1:
            many = "Several desktops have this name" if found else "No desktop has this name or id"
            raise RelayError(f"{many}. Nothing was changed. See `inbox-relay desktops`, and give the id.")
        relay.database.write(lambda writing: revoke(writing, found[0].id))
    print(f"{found[0].name or found[0].id} can no longer use this relay.")
    return 0


def _new_epoch(options: argparse.Namespace) -> int:
    from inbox_desktop.relay.migrate import renew_epoch

    with closing(_open(options)) as relay:
        relay.database.write(lambda writing: renew_epoch(writing.connection))
    print("Every desktop reads everything anew when it next connects.")
    return 0


def _open(options: argparse.Namespace) -> Relay:
    from inbox_desktop.relay.config import RelayConfig
    from inbox_desktop.relay.service import Relay

    return Relay.open(RelayConfig(options.data, options.database).checked())


def _where(config: RelayConfig) -> str:
    return "PostgreSQL" if config.is_postgresql else str(config.sqlite_file)


def _validity(text: str) -> timedelta:
    from inbox_desktop.relay.config import RelayError

    match = re.fullmatch(r"([1-9]\d{0,3})([mhd])", text.strip().lower())
    if match is None:
        raise RelayError(f"--valid {text} is no time. Write 30m, 24h or 7d. Nothing was changed.")
    return (
        int(match[1]) * {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}[match[2]]
    )


def _data() -> Path:
    from platformdirs import user_data_path

    return user_data_path("inbox-relay", appauthor=False)


if __name__ == "__main__":
    sys.exit(main())
