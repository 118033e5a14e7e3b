"""The project's own lints, each a review remark made twice; prints `file:line: message`, exit 1 on any."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

MAX_LINES = 500
MAX_BINARY_BYTES = 200_000

# Files over MAX_LINES that may stay so, each with the reason.
LONG_FILES: dict[str, str] = {}

# Folders that are made, not written; only looked at where git can't say what belongs to the project.
_MADE = re.compile(
    r"(^|/)(\.git|\.venv|build|dist|__pycache__|\.[a-z_]+_cache|\.hypothesis)(/|$)|\.egg-info(/|$)"
)

# In pieces, so that this file does not find itself.
_UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME)\b")
_MACHINE_PATHS = ("/wo" + "rk/", "/ro" + "ot/")

_LOCKED = ("pyproject.toml", "requirements.lock")

_NESTED_LOOPS = {
    "QMessageBox": {"about", "aboutQt", "critical", "information", "question", "warning"},
    "QFileDialog": {"getExistingDirectory", "getOpenFileName", "getOpenFileNames", "getSaveFileName"},
    "QInputDialog": {"getDouble", "getInt", "getItem", "getMultiLineText", "getText"},
    "QColorDialog": {"getColor"},
}


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the project: its path from the root with forward slashes, and its bytes."""

    path: str
    content: bytes

    @property
    def is_text(self) -> bool:
        """No NUL byte in the first 8,000, git's own rule."""
        return b"\0" not in self.content[:8000]

    @property
    def lines(self) -> list[str]:
        """The text's lines; empty for a binary file."""
        return self.content.decode("utf-8", "replace").splitlines() if self.is_text else []


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, and where; line 1 stands for the whole file."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


def project_files(root: Path) -> Iterator[Source]:
    """Every file of the project: tracked, or new and not ignored; without git, all but the made folders."""
    if (root / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listing = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout
        names = sorted({name for name in listing.decode("utf-8").split("\0") if name})
    else:
        names = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
        names = [name for name in names if not _MADE.search(name)]
    for name in names:
        path = root / name
        if path.is_file():  # deleted but not yet committed
            yield Source(name, path.read_bytes())


def blocking_dialogs(source: Source) -> Iterator[Finding]:
    """No nested event loops in the window: they freeze what runs on the outer one. Use open(), popup()."""
    if not source.path.startswith("inbox_desktop/ui/") or not source.path.endswith(".py"):
        return
    for node in ast.walk(ast.parse(source.content)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        owner, name = node.func.value, node.func.attr
        if name in {"exec", "exec_"}:
            yield Finding(
                source.path, node.lineno, f".{name}() starts a nested event loop; use open() or popup()"
            )
        elif isinstance(owner, ast.Name) and name in _NESTED_LOOPS.get(owner.id, ()):
            message = f"{owner.id}.{name}() starts a nested event loop; make the dialog and open() it"
            yield Finding(source.path, node.lineno, message)


def long_files(source: Source) -> Iterator[Finding]:
    """No Python file over MAX_LINES lines, unless LONG_FILES says why."""
    if source.path.endswith(".py") and len(source.lines) > MAX_LINES and source.path not in LONG_FILES:
        message = f"{len(source.lines)} lines; {MAX_LINES} is the limit (or give the reason in LONG_FILES)"
        yield Finding(source.path, MAX_LINES + 1, message)


def module_docstrings(source: Source) -> Iterator[Finding]:
    """Every module says in its first line what it holds (after a #! line if it has one)."""
    if not source.path.endswith(".py"):
        return
    body = ast.parse(source.content).body
    documented = (
        body
        and isinstance(body[0], ast.Expr)
        and isinstance(body[0].value, ast.Constant)
        and isinstance(body[0].value.value, str)
    )
    first = 2 if source.content.startswith(b"#!") else 1
    if not documented or body[0].lineno != first:
        yield Finding(source.path, 1, "the first line must be a docstring that says what the file holds")


def lock_file(source: Source) -> Iterator[Finding]:
    """The lock names versions and hashes, and no place to fetch them from."""
    if source.path != "requirements.lock":
        return
    lines = source.lines
    for number, line in enumerate(lines, 1):
        if "://" in line or re.match(r"\s*(-i|-f|--[\w-]*index[\w-]*|--find-links|--trusted-host)\b", line):
            yield Finding(source.path, number, "an index address does not belong into the lock")
        if re.match(r"[A-Za-z0-9]", line):
            following = lines[number] if number < len(lines) else ""
            if "==" not in line or not following.lstrip().startswith("--hash="):
                yield Finding(source.path, number, "every requirement needs an exact version and hashes")


def unlocked_dependencies(sources: Sequence[Source]) -> Iterator[Finding]:
    """What pyproject.toml asks for is in the lock; else `dev.py lock` was forgotten."""
    texts = {source.path: source.content.decode("utf-8") for source in sources if source.path in _LOCKED}
    if texts.keys() != set(_LOCKED):
        return
    declared, lock = (texts[name] for name in _LOCKED)
    project = tomllib.loads(declared)["project"]
    locked = {_normal(name) for name in re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)}
    extras = project.get("optional-dependencies", {}).values()
    for requirement in [*project.get("dependencies", ()), *(entry for extra in extras for entry in extra)]:
        name = re.match(r"[\w.-]*", requirement)
        if name and _normal(name.group()) not in locked:
            line = declared[: declared.index(requirement)].count("\n") + 1
            yield Finding(
                _LOCKED[0], line, f"{name.group()} is not in {_LOCKED[1]}; run `python3 dev.py lock`"
            )


def _normal(name: str) -> str:
    """A distribution's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def large_binaries(source: Source) -> Iterator[Finding]:
    """No large binary in the history: it stays there for ever."""
    if not source.is_text and len(source.content) > MAX_BINARY_BYTES:
        message = f"binary of {len(source.content):,} bytes; {MAX_BINARY_BYTES:,} is the limit"
        yield Finding(source.path, 1, message)


def unfinished_or_local(source: Source) -> Iterator[Finding]:
    """No notes to finish something later, and no path of one particular machine."""
    for number, line in enumerate(source.lines, 1):
        if match := _UNFINISHED.search(line):
            yield Finding(source.path, number, f"{match.group()}: finish it, or open an issue")
        for path in _MACHINE_PATHS:
            if re.search(rf"(?<![\w.]){re.escape(path)}", line):
                yield Finding(source.path, number, f"{path} is a path of one machine")


def syntax(source: Source) -> Iterator[Finding]:
    """A file that Python can't read is one finding, not a crash of the other checks."""
    if source.path.endswith(".py"):
        try:
            ast.parse(source.content)
        except (SyntaxError, ValueError) as error:
            yield Finding(source.path, getattr(error, "lineno", None) or 1, f"not valid Python: {error}")


def windows_names(source: Source) -> Iterator[Finding]:
    """Every path can be checked out on Windows."""
    reserved = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
    for part in PurePosixPath(source.path).parts:
        if re.search(r'[<>:"|?*\\]|[. ]$', part) or part.split(".", 1)[0].lower() in reserved:
            yield Finding(source.path, 1, f"Windows can't have a file named {part!r}")


CHECKS = (
    blocking_dialogs,
    long_files,
    module_docstrings,
    lock_file,
    large_binaries,
    unfinished_or_local,
    windows_names,
)


def findings(sources: Iterable[Source]) -> list[Finding]:
    """All findings of all checks, in the order of the files."""
    files = list(sources)
    found = list(unlocked_dependencies(files))
    for source in files:
        broken = list(syntax(source))
        found += broken or [finding for check in CHECKS for finding in check(source)]
    return found


def main() -> int:
    """Check the project that this script lies in."""
    found = findings(project_files(Path(__file__).resolve().parent.parent))
    for finding in found:
        print(finding)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
