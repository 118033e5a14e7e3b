"""The project's own lints: each finds what it is for, and only that."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from scripts import checks
from scripts.checks import Source

UI = "inbox_desktop/ui/pane.py"


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ('"""x"""\nmenu.exec(point)', 2),
        ('"""x"""\n\ndialog.exec_()', 3),
        ('"""x"""\nQMessageBox.warning(self, "a", "b")', 2),
        ('"""x"""\nnames = QFileDialog.getOpenFileNames(self)', 2),
    ],
)
def test_nested_event_loops_are_found_in_the_window(code: str, line: int) -> None:
    assert [f.line for f in checks.blocking_dialogs(Source(UI, code.encode()))] == [line]
    assert not list(checks.blocking_dialogs(Source("inbox_desktop/app.py", code.encode())))


def test_opening_a_dialog_and_talking_about_exec_are_fine() -> None:
    code = '"""Never call .exec() here."""\nbox = QMessageBox(self)\nbox.warning_text()\nbox.open()'
    assert not list(checks.blocking_dialogs(Source(UI, code.encode())))


def test_a_file_over_the_limit_is_found_unless_it_has_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    fits, too_long = b"x = 1\n" * 500, b"x = 1\n" * 501
    assert not list(checks.long_files(Source("a.py", fits)))
    assert len(list(checks.long_files(Source("a.py", too_long)))) == 1
    monkeypatch.setitem(checks.LONG_FILES, "a.py", "a table that belongs together")
    assert not list(checks.long_files(Source("a.py", too_long)))


@pytest.mark.parametrize(
    ("code", "fine"),
    [
        ('"""One thing."""\n', True),
        ('#!/usr/bin/env python3\n"""One thing."""\n', True),
        ("", False),
        ("import os\n", False),
        ('\n"""Too late."""\n', False),
        ("42\n", False),
    ],
)
def test_a_module_begins_with_its_docstring(code: str, fine: bool) -> None:
    assert (not list(checks.module_docstrings(Source("a.py", code.encode())))) is fine


@pytest.mark.parametrize(
    ("lock", "found"),
    [
        ("a==1 \\\n    --hash=sha256:0\n    # via b\n", 0),
        ("a==1 ; sys_platform == 'win32' \\\n    --hash=sha256:0\n", 0),
        ("--index-url https://example.org/simple\na==1 \\\n    --hash=sha256:0\n", 1),
        ("--extra-index-url example\n", 1),
        ("-f wheels\n", 1),
        ("a>=1 \\\n    --hash=sha256:0\n", 1),
        ("a==1\n", 1),
        ("a @ https://example.org/a.whl \\\n    --hash=sha256:0\n", 2),
    ],
)
def test_the_lock_has_versions_hashes_and_no_addresses(lock: str, found: int) -> None:
    assert len(list(checks.lock_file(Source("requirements.lock", lock.encode())))) == found


def test_a_dependency_that_is_not_locked_is_found() -> None:
    project = '[project]\ndependencies = [\n  "Some_Thing>=1",\n  "other; sys_platform == \'linux\'",\n]\n'
    extra = '[project.optional-dependencies]\ndev = ["zope.interface[x]>5"]\n'
    sources = [Source("pyproject.toml", (project + extra).encode())]
    lock = b"some-thing==1.0 \\\n    --hash=sha256:0\n"
    found = list(checks.unlocked_dependencies([*sources, Source("requirements.lock", lock)]))
    assert [(finding.line, finding.message.split()[0]) for finding in found] == [
        (4, "other"),
        (7, "zope.interface"),
    ]


def test_large_binaries_are_found_and_large_texts_are_not() -> None:
    assert len(list(checks.large_binaries(Source("a.png", b"\0" * 200_001)))) == 1
    assert not list(checks.large_binaries(Source("a.png", b"\0" * 200_000)))
    assert not list(checks.large_binaries(Source("a.txt", b"a" * 300_000)))


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("# TO" + "DO: later", 1),
        ("FIX" + "ME", 1),
        ("open('/wo" + "rk/x')", 1),
        ("cd /ro" + "ot/x", 1),
        ("mastodon and method", 0),
        ("https://example.org/wo" + "rk/x", 0),
    ],
)
def test_unfinished_notes_and_paths_of_one_machine_are_found(line: str, found: int) -> None:
    assert len(list(checks.unfinished_or_local(Source("a.md", line.encode())))) == found


@pytest.mark.parametrize(
    ("path", "found"),
    [("a/b.py", 0), ("a/con.txt", 1), ("a/what?.txt", 1), ("a /b", 1), ("a/console.py", 0), (".ci/run", 0)],
)
def test_paths_that_windows_can_not_have_are_found(path: str, found: int) -> None:
    assert len(list(checks.windows_names(Source(path, b"")))) == found


def test_a_file_that_is_no_python_is_one_finding() -> None:
    found = checks.findings([Source(UI, b"def (")])
    assert len(found) == 1
    assert str(found[0]).startswith(f"{UI}:1: not valid Python")


def test_the_project_s_files_are_the_same_with_and_without_git(tmp_path: Path) -> None:
    for name in (".gitignore", "a.py", "sub/b.txt", ".venv/lib/c.py", "dist/d", "__pycache__/e.pyc"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(".venv/\n/dist/\n__pycache__/\n", encoding="utf-8")
    plain = [source.path for source in checks.project_files(tmp_path)]
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    assert [source.path for source in checks.project_files(tmp_path)] == plain
    assert plain == [".gitignore", "a.py", "sub/b.txt"]
