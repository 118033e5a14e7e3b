"""Debian's and Ubuntu's packages: what Qt, the tests and the build need, found missing and installed."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence

from devtools.project import SetupError, say

SKIP_VARIABLE = "INBOX_SKIP_SYSTEM_PACKAGES"

QT_PACKAGES = (  # what the libraries and plugins of PySide6 6.11 link to; docs/decisions/0003
    "libbrotli1",
    "libdbus-1-3",
    "libegl1",
    "libfontconfig1",
    "libfreetype6",
    "libgl1",
    "libglib2.0-0",
    "libgssapi-krb5-2",
    "libstdc++6",
    "libwayland-client0",
    "libwayland-cursor0",
    "libwayland-egl1",
    "libx11-6",
    "libx11-xcb1",
    "libxcb-cursor0",
    "libxcb-glx0",
    "libxcb-icccm4",
    "libxcb-image0",
    "libxcb-keysyms1",
    "libxcb-randr0",
    "libxcb-render-util0",
    "libxcb-render0",
    "libxcb-shape0",
    "libxcb-shm0",
    "libxcb-sync1",
    "libxcb-util1",
    "libxcb-xfixes0",
    "libxcb-xkb1",
    "libxcb1",
    "libxkbcommon-x11-0",
    "libxkbcommon0",
    "libzstd1",
    "zlib1g",
)
# Without these the window works but has other letters, or boxes instead of Japanese and of emoji.
FONT_PACKAGES = ("fonts-inter", "fonts-dejavu-core", "fonts-noto-cjk", "fonts-noto-color-emoji")
TEST_PACKAGES = ("xvfb", "dovecot-imapd", "postgresql", "chromium")
BUILD_PACKAGES = ("binutils",)


def available() -> bool:
    """Whether this system's packages are ours to look at: Debian, Ubuntu and their kin."""
    return shutil.which("dpkg-query") is not None and shutil.which("apt-get") is not None


def missing(wanted: Iterable[str], listing: str) -> list[str]:
    """Those of `wanted` that are not installed, in their order.

    `listing` has one line a package as `dpkg-query` prints it for installed(): state|name|provides. What a
    package provides counts, since newer releases renamed some (libglib2.0-0 became libglib2.0-0t64).
    """
    present: set[str] = set()
    for line in listing.splitlines():
        state, name, provides = line.split("|", 2)
        if state.strip() == "ii":
            present.add(name)
            present.update(re.sub(r"\(.*?\)|:\S+", "", entry).strip() for entry in provides.split(","))
    return [package for package in wanted if package not in present]


def installed() -> str:
    """Every package that dpkg knows, one `state|name|provides` line each."""
    form = "${db:Status-Abbrev}|${Package}|${Provides}\n"
    return subprocess.run(["dpkg-query", "-W", "-f", form], capture_output=True, text=True, check=True).stdout


def apt_command(packages: Sequence[str]) -> str:
    """The command line that installs `packages`, for a person to copy."""
    listed = shlex.join(packages)
    return f"sudo apt-get update && sudo apt-get install --no-install-recommends -y {listed}"


def require(required: Sequence[str], optional: Sequence[str] = ()) -> None:
    """Install what is missing when we are root; else say the exact command.

    Raises SetupError when a required package stays missing. A missing optional one is only mentioned. Does
    nothing where there is no apt, or when the person said so by INBOX_SKIP_SYSTEM_PACKAGES=1.
    """
    if not available() or os.environ.get(SKIP_VARIABLE):
        return
    lacking = missing([*required, *optional], installed())
    if not lacking:
        return
    if _is_root():
        say(f"installing system packages with apt-get: {' '.join(lacking)} ...")
        _apt_install(lacking)
        lacking = missing([*required, *optional], installed())
    essential = [package for package in lacking if package in required]
    if essential:
        raise SetupError(
            f"system packages are missing: {' '.join(essential)}. Nothing was changed. Install them with\n"
            f"  {apt_command(lacking)}\n"
            f"and start the same command again (or set {SKIP_VARIABLE}=1 if you know that they are there)."
        )
    if lacking:
        say(f"fonts are missing, the window will look plainer. To install them: {apt_command(lacking)}")


def install_venv_support() -> None:
    """Make `python -m venv` able to bring pip along. Raises SetupError when that takes a person."""
    package = "python{}.{}-venv".format(*sys.version_info[:2])
    if available() and _is_root() and sys.executable.startswith("/usr/bin/"):
        say(f"installing {package} with apt-get ...")
        _apt_install([package])
        return
    advice = f"  {apt_command([package])}" if available() else "  install Python with pip and venv"
    raise SetupError(
        "this Python has neither pip nor ensurepip, so no environment can be made. "
        f"Nothing was changed. Install them:\n{advice}"
    )


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _apt_install(packages: Sequence[str]) -> None:
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", *packages]):
        command = ["apt-get", *arguments]
        if subprocess.run(command, stdout=sys.stderr, env=env, check=False).returncode != 0:
            say(f"`{shlex.join(command)}` failed (its words are above).")
