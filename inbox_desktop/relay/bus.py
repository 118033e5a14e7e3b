"""The news of the other relay processes that share a PostgreSQL (LISTEN/NOTIFY)."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from typing import Any, Final

import psycopg

from inbox_desktop.relay.config import psycopg_url
from inbox_desktop.relay.database import CHANNEL, News
from inbox_desktop.relay.hub import Event, Signal

log = logging.getLogger(__name__)

_LOOK_SECONDS: Final = 1.0
_RETRY_SECONDS: Final = 2.0


class Bus:
    """A thread with a connection of its own that tells `hear` what the other processes of this relay did."""

    def __init__(self, url: str, process: str, hear: Callable[[Event], None]) -> None:
        self._url = psycopg_url(url).replace("+psycopg", "", 1)
        self._process = process
        self._hear = hear
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="relay-bus", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """End at once when a notification comes (`Database.wake`), else within about a second."""
        self._stopped.set()

    def join(self) -> None:
        """Wait until it has ended."""
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                with psycopg.connect(self._url, autocommit=True) as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    self._hear(News(everything=True))  # what happened before this connection was there
                    self._listen(connection)
            except psycopg.Error as error:
                log.warning("the news of the other processes are interrupted: %s", type(error).__name__)
                self._stopped.wait(_RETRY_SECONDS)

    def _listen(self, connection: psycopg.Connection[Any]) -> None:
        while not self._stopped.is_set():
            for notification in connection.notifies(timeout=_LOOK_SECONDS):
                self._take(json.loads(notification.payload))
                if self._stopped.is_set():
                    return

    def _take(self, payload: dict[str, Any]) -> None:
        if payload["from"] == self._process:
            return
        if "news" in payload:
            self._hear(News.from_json(payload["news"]))
        elif "signal" in payload:
            self._hear(Signal(**payload["signal"]))
