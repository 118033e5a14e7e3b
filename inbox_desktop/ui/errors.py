"""One reporter for every unhandled error of the program: it is logged, and told in words."""

import logging
import sys
import threading
import time
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QObject, Qt, QtMsgType, Signal, qInstallMessageHandler

from inbox_desktop.models.errors import InboxError
from inbox_desktop.ui.bridge import OUR_BUG

log = logging.getLogger(__name__)

QUIET_SECONDS = 20.0
"""The same words are not told again sooner than this."""

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class ErrorReporter(QObject):
    """Takes `sys.excepthook`, `threading.excepthook` and Qt's messages, until it is removed.

    Signals:
        told(str): a sentence for people; comes on the GUI thread.
    """

    told = Signal(str)
    _happened = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._last_told: dict[str, float] = {}
        self._installed = False
        self._happened.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Take over the hooks."""
        if self._installed:
            return
        self._installed = True
        self._hooks = (sys.excepthook, threading.excepthook)
        sys.excepthook = self.report
        threading.excepthook = self._in_thread
        self._qt_handler = qInstallMessageHandler(self._from_qt)

    def remove(self) -> None:
        """Give the hooks back."""
        if self._installed:
            self._installed = False
            sys.excepthook, threading.excepthook = self._hooks
            qInstallMessageHandler(self._qt_handler)

    def report(
        self, kind: type[BaseException], error: BaseException, traceback: TracebackType | None
    ) -> None:
        """Log an error, and tell it. An interruption by the keyboard is none."""
        if issubclass(kind, KeyboardInterrupt):
            return
        if isinstance(error, InboxError):
            log.warning("unhandled: %s", error)
            self._happened.emit(str(error))
            return
        log.critical("unhandled error", exc_info=(kind, error, traceback))
        self._happened.emit(OUR_BUG)

    def _in_thread(self, happened: threading.ExceptHookArgs) -> None:
        error = happened.exc_value
        if error is not None:
            self.report(happened.exc_type, error, happened.exc_traceback)

    def _from_qt(self, kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        log.log(_LEVELS.get(kind, logging.INFO), "Qt (%s): %s", context.category, message)

    def _tell(self, words: str) -> None:
        moment = time.monotonic()
        if moment - self._last_told.get(words, -QUIET_SECONDS) >= QUIET_SECONDS:
            self._last_told[words] = moment
            self.told.emit(words)
