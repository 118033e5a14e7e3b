"""The house rules of tests/conftest.py: each culprit makes its test fail and is named; clean tests pass."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_CONFTEST = Path(__file__).parents[1] / "conftest.py"
_INI = f"""
[pytest]
pythonpath = {_CONFTEST.parents[1]}
asyncio_mode = auto
markers =
    expects_log(*patterns): as in the project's own settings
"""

_TESTS = """
import asyncio, logging, threading, time
import pytest
from PySide6.QtWidgets import QWidget

kept = []


def test_warning():
    logging.getLogger("shop").warning("on fire")


@pytest.mark.expects_log("smoke")
def test_other_warning():
    logging.getLogger("shop").warning("flooded")


def test_thread():
    threading.Thread(target=time.sleep, args=(60,), name="dawdler", daemon=True).start()


async def test_task():
    kept.append(asyncio.create_task(asyncio.sleep(60), name="sleeper"))


def test_window(qapp):
    window = QWidget()
    window.setObjectName("pane")
    window.show()
    kept.append(window)


@pytest.mark.expects_log("fire")
def test_expected_warning():
    logging.getLogger("shop").warning("on fire")


def test_joined_thread():
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()


async def test_awaited_task():
    await asyncio.create_task(asyncio.sleep(0))


def test_closed_window(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
"""


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What a pytest of its own says about _TESTS under the real conftest.py."""
    folder = tmp_path_factory.mktemp("house")
    (folder / "conftest.py").write_text(_CONFTEST.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "pytest.ini").write_text(_INI, encoding="utf-8")
    (folder / "test_it.py").write_text(_TESTS, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", str(folder)]
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, env=env, check=False).stdout


@pytest.mark.parametrize(
    ("test", "named"),
    [
        ("test_warning", "shop WARNING: on fire"),
        ("test_other_warning", "shop WARNING: flooded"),
        ("test_thread", "thread 'dawdler'"),
        ("test_task", "task 'sleeper'"),
        ("test_window", "window QWidget 'pane'"),
    ],
)
def test_the_culprit_fails_its_test_and_is_named(output: str, test: str, named: str) -> None:
    assert f"{test} ERROR" in output, output
    assert named in output


@pytest.mark.parametrize(
    "test", ["test_expected_warning", "test_joined_thread", "test_awaited_task", "test_closed_window"]
)
def test_what_cleans_up_after_itself_passes(output: str, test: str) -> None:
    assert f"{test} PASSED" in output, output
    assert f"{test} ERROR" not in output, output
