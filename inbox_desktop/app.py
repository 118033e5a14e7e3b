"""Composition root of the desktop: builds store, engine and window, and owns start and shut-down."""

from __future__ import annotations

import faulthandler
import logging
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QProcess, QTimer, Signal
from PySide6.QtWidgets import QApplication

from inbox_desktop import __version__, garbage
from inbox_desktop.doorbell import Doorbell, ring
from inbox_desktop.late_engine import LateEngine
from inbox_desktop.logs import keep_log
from inbox_desktop.models.errors import InboxError, ProfileError
from inbox_desktop.models.inbox import open_inbox
from inbox_desktop.models.profile import APPLICATION, Profile
from inbox_desktop.models.store import Store
from inbox_desktop.ui.failure import FailureWindow
from inbox_desktop.ui.kit import theme
from inbox_desktop.ui.thread.links import open_link
from inbox_desktop.ui.window import MainWindow, build_window

if TYPE_CHECKING:
    from inbox_desktop.demo.world import Demo

log = logging.getLogger(__name__)

# With the default of 5 ms a busy engine thread made the window's timers 16 ms late (median), 104 ms at worst.
SWITCH_INTERVAL_S = 0.0005
# The engine's threads start when the window has been painted; at the latest after this time.
ENGINE_PATIENCE_MS = 3_000
SCREENSHOT_SIZE = (1440, 900)
SCREENSHOT_PATIENCE_MS = 30_000
SETTLE_MS = 900
SHOP_SECONDS = 20.0
# Python runs its signal handlers between byte codes: an idle Qt loop must be woken for that now and then.
SIGNAL_CHECK_MS = 250


def run(profile: Profile, picture: Path | None = None) -> int:
    """Show the inbox of a profile until its window is closed, or until its picture is saved.

    If a window shows it already, that one comes forward instead.
    """
    application = _application()
    try:
        store = open_inbox(profile)
    except ProfileError as error:
        if picture is None and ring(profile):
            return 0
        return _show_failure(application, str(error), picture)
    except InboxError as error:
        return _show_failure(application, str(error), picture)
    keep_log(profile)
    return _Desktop(application, store, picture).run()


def run_demo(folder: Path | None, picture: Path | None = None) -> int:
    """Show the sample world until its window is closed, or until its picture is saved."""
    from inbox_desktop.demo.world import Demo  # nobody else waits for its letters to be loaded

    application = _application()
    demo = Demo(folder)
    try:
        store = demo.prepare()
    except InboxError as error:
        return _show_failure(application, str(error), picture)
    keep_log(demo.profile)
    try:
        return _Desktop(application, store, picture, demo).run()
    finally:
        demo.stop()


class _Desktop(QObject):
    """The running desktop: a store, an engine and a window.

    Signals:
        engine_runs: the engine has started.
    """

    engine_runs = Signal()

    def __init__(
        self, application: QApplication, store: Store, picture: Path | None, demo: Demo | None = None
    ) -> None:
        super().__init__()
        self._application = application
        self._store = store
        self._picture = picture
        self._demo = demo
        self._code = 0
        self._engine = LateEngine(store)
        self._is_engine_wanted = False
        self._window: MainWindow = build_window(store, self._engine, theme())
        self._window.closed.connect(application.quit)
        self._window.demo_requested.connect(self._open_demo)
        Doorbell(store.profile, self).rung.connect(self._window.come_forward)
        _quit_on_signals(self._quit, self)

    def run(self) -> int:
        """Show the window; returns when it is closed."""
        if self._picture is not None:
            self._window.resize(*SCREENSHOT_SIZE)
            self._window.content_shown.connect(lambda: QTimer.singleShot(SETTLE_MS, self, self._take_picture))
            QTimer.singleShot(SCREENSHOT_PATIENCE_MS, self, self._take_picture)
        self._window.show()
        self._window.content_shown.connect(self._start_engine)
        QTimer.singleShot(ENGINE_PATIENCE_MS, self, self._start_engine)
        self.engine_runs.connect(self._engine_started)
        try:
            self._application.exec()
        finally:
            self._stop()
        return self._code

    def _start_engine(self) -> None:
        if not self._is_engine_wanted:
            self._is_engine_wanted = True
            self._engine.start(self.engine_runs.emit)

    def _engine_started(self) -> None:
        garbage.look_seldom()
        if self._demo is not None:
            self._demo.start(self._engine.engine)
            self._tell_of_shop(self._demo.chats.shop_url)

    def _tell_of_shop(self, url: str) -> None:
        """The demo's shop page is to be talked from, in a browser."""
        sys.stderr.write(f"The demo's shop is at {url} - open it in a browser, and chat with this window.\n")
        if self._picture is None:
            self._window.toast.show_message(
                f"The demo's shop is at {url}. Chat there with this window.",
                "Open the shop",
                lambda: self._open(url),
                seconds=SHOP_SECONDS,
            )

    def _open(self, url: str) -> None:
        if not open_link(url):
            log.warning("no browser could be started for %s", url)

    def _stop(self) -> None:
        self._window.shut_down()
        if self._demo is not None:
            self._demo.stop()
        self._engine.stop()
        self._store.close()

    def _quit(self) -> None:
        """End without a question: whoever ends the program from outside waits for no answer."""
        self._window.leaving.asks = False
        self._application.quit()

    def _open_demo(self) -> None:
        """The sample world in a window and process of its own; this inbox closes."""
        is_frozen = getattr(sys, "frozen", False)
        arguments = ["--demo"] if is_frozen else ["-m", "inbox_desktop", "--demo"]
        if QProcess.startDetached(sys.executable, arguments)[0]:
            self._window.close()
        else:
            log.error("the demo could not be started from %s", sys.executable)

    def _take_picture(self) -> None:
        picture, self._picture = self._picture, None
        if picture is None:
            return
        if self._window.grab().save(str(picture)):
            sys.stderr.write(f"The window's picture is in {picture}.\n")
        else:
            sys.stderr.write(
                f"The picture could not be saved as {picture}. Name a .png file in a folder that exists.\n"
            )
            self._code = 1
        self._application.quit()


def _application() -> QApplication:
    faulthandler.enable()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    application = QApplication(sys.argv[:1])
    application.setApplicationName(APPLICATION)
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("inbox-desktop")
    application.setQuitOnLastWindowClosed(False)
    return application


def _show_failure(application: QApplication, reason: str, picture: Path | None) -> int:
    sys.stderr.write(f"{reason}\n")
    if picture is None:
        theme().install()
        window = FailureWindow(reason)
        window.closed.connect(application.quit)
        window.show()
        application.exec()
    return 1


def _quit_on_signals(end: Callable[[], None], parent: QObject) -> None:
    """End in order on Ctrl+C and on the system's request to end."""
    for name in ("SIGINT", "SIGTERM"):
        signal.signal(getattr(signal, name), lambda *_: end())
    timer = QTimer(parent)
    timer.timeout.connect(_nothing)
    timer.start(SIGNAL_CHECK_MS)


def _nothing() -> None:
    """Only lets Python look for signals."""
