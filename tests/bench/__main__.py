"""`python -m tests.bench [NAME ...]`: runs the benchmarks, each in a process of its own."""

from __future__ import annotations

import importlib
import logging
import os
import subprocess
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# The offscreen platform remarks at every window that it knows no size hints.
os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")

NAMES = {
    "start": "From the start of the process to a painted window",
    "ingest": "A mailbox of 10,000 mails, from Dovecot to the list",
    "open-ticket": "Opening a ticket with 50 messages",
    "list": "A list of 100,000 tickets",
    "chat": "A thousand visitors at one relay, and relays that are killed",
}


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all, each in a process of its own; the exit code is 0 if all ran."""
    if unknown := [name for name in names if name not in NAMES]:
        print(f"No such benchmark: {', '.join(unknown)}. There are: {', '.join(NAMES)}.", file=sys.stderr)
        return 2
    from tests.bench.big_inbox import FOLDER, shared_folder

    if len(names) == 1 and FOLDER in os.environ:
        return _run(names[0])
    with shared_folder():
        # A process for each: what one leaves in memory does not slow the next.
        runs = [
            subprocess.run([sys.executable, "-m", "tests.bench", name], check=False)
            for name in names or NAMES
        ]
    return max(run.returncode for run in runs)


def _run(name: str) -> int:
    from tests.bench.report import Report, machine

    logging.basicConfig(level=logging.WARNING)
    where = machine()
    print(f"{name}: {NAMES[name]}", file=sys.stderr, flush=True)
    report = Report(f"{name}: {NAMES[name]}")
    importlib.import_module(f"tests.bench.{name.replace('-', '_')}").run(report)
    print(f"{report.text()}\n\nMeasured on {where}.\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
