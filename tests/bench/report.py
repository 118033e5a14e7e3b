"""What the benchmarks print: facts of the machine, and tables with the limit beside each figure."""

from __future__ import annotations

import math
import os
import platform
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import PySide6

from inbox_desktop.models import sqlite

_HEADINGS = ("what", "median", "p95", "p99", "worst", "n", "limit", "times the limit")


@dataclass(frozen=True, slots=True)
class Times:
    """Measured durations of one thing, in seconds."""

    samples: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.samples)

    @property
    def worst(self) -> float:
        """The longest."""
        return max(self.samples)

    def percentile(self, percent: float) -> float:
        """The smallest duration that at least `percent` of a hundred do not exceed."""
        ordered = sorted(self.samples)
        return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]


class Report:
    """One benchmark's table, printed as it grows."""

    def __init__(self, title: str) -> None:
        self._rows: list[tuple[str, ...]] = []
        self._notes: list[str] = []
        self._title = title

    def times(self, what: str, samples: Sequence[float], limit: Sequence[float] | None = None) -> None:
        """Durations in seconds beside those of the least that could be done."""
        times = Times(tuple(samples))
        columns = [times.median, times.percentile(95), times.percentile(99), times.worst]
        shown = [_milliseconds(value) for value in columns]
        bare = Times(tuple(limit)).median if limit else None
        self._add(
            what,
            *shown,
            str(len(times.samples)),
            _milliseconds(bare) if bare is not None else "",
            f"{times.median / bare:.2f}" if bare else "",
        )

    def rate(
        self, what: str, per_second: Sequence[float], unit: str, limit: Sequence[float] | None = None
    ) -> None:
        """Things per second beside the most that could be done; p95 and p99 are the slow side."""
        slow = Times(tuple(-value for value in per_second))
        columns = [-slow.median, -slow.percentile(95), -slow.percentile(99), -slow.worst]
        bare = statistics.median(limit) if limit else None
        self._add(
            f"{what} ({unit})",
            *(f"{value:,.0f}" for value in columns),
            str(len(per_second)),
            f"{bare:,.0f}" if bare is not None else "",
            f"{columns[0] / bare:.2f}" if bare else "",
        )

    def note(self, text: str) -> None:
        """A sentence below the table."""
        self._notes.append(text)

    def text(self) -> str:
        """The table as Markdown."""
        widths = [max(len(row[i]) for row in (_HEADINGS, *self._rows)) for i in range(len(_HEADINGS))]
        lines = [_line(_HEADINGS, widths), "|".join(["", *("-" * (width + 2) for width in widths), ""])]
        lines += [_line(row, widths) for row in self._rows]
        return "\n".join([f"## {self._title}", "", *lines, "", *(f"- {note}" for note in self._notes)])

    def _add(self, *columns: str) -> None:
        self._rows.append(columns)
        print(f"  {columns[0]}: {columns[1]} (limit {columns[6] or 'none'})", file=sys.stderr, flush=True)


def machine() -> str:
    """What the figures were measured on; nothing that tells whose machine it is."""
    facts = (
        f"{os.cpu_count()} cores ({_processor()})",
        f"{platform.system()} {platform.machine()}",
        f"Python {platform.python_version()}",
        f"Qt {PySide6.__version__}",
        f"SQLite {sqlite.driver.sqlite_version}",
        f"load {os.getloadavg()[0]:.1f} before" if hasattr(os, "getloadavg") else "",
    )
    return ", ".join(filter(None, facts))


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return " ".join(line.partition(":")[2].split())
    return platform.processor() or "unknown processor"


def _milliseconds(seconds: float) -> str:
    milliseconds = seconds * 1000
    if milliseconds >= 10_000:
        return f"{seconds:.1f} s"
    return f"{milliseconds:.0f} ms" if milliseconds >= 100 else f"{milliseconds:.2g} ms"


def _line(columns: Sequence[str], widths: Sequence[int]) -> str:
    cells = (
        text.ljust(width) if i == 0 else text.rjust(width)
        for i, (text, width) in enumerate(zip(columns, widths, strict=True))
    )
    return f"| {' | '.join(cells)} |"
