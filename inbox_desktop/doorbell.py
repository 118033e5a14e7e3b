"""A profile whose window is open already is started again: that start rings, and the window comes forward."""

from __future__ import annotations

import hashlib
import logging

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from inbox_desktop.models.profile import Profile

_PATIENCE_MS = 1_000

log = logging.getLogger(__name__)


class Doorbell(QObject):
    """Belongs to the one process that has the profile open.

    Signals:
        rung: somebody has started the program again.
    """

    rung = Signal()

    def __init__(self, profile: Profile, parent: QObject) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._answer)
        name = _name(profile)
        QLocalServer.removeServer(name)  # what a crash has left: nobody else may have the profile open
        if not self._server.listen(name):
            log.info("a second start cannot call this window: %s", self._server.errorString())

    def _answer(self) -> None:
        while (visitor := self._server.nextPendingConnection()) is not None:
            visitor.disconnected.connect(visitor.deleteLater)
            visitor.disconnectFromServer()
            self.rung.emit()


def ring(profile: Profile) -> bool:
    """Let the window that shows the profile come forward. False when no window does."""
    socket = QLocalSocket()
    socket.connectToServer(_name(profile))
    heard = socket.waitForConnected(_PATIENCE_MS)
    socket.abort()
    return heard


def _name(profile: Profile) -> str:
    digest = hashlib.sha256(str(profile.folder.resolve()).encode()).hexdigest()
    return f"inbox-desktop-{digest[:24]}"
