"""How much memory another process uses, on each system, without further libraries."""

import ctypes
import subprocess
import sys
from pathlib import Path


def resident_bytes(pid: int) -> int | None:
    """The resident memory of a process in bytes, None if it has ended or cannot be asked."""
    if sys.platform == "win32":
        return _on_windows(pid)
    if sys.platform == "darwin":
        return _by_ps(pid)
    return _on_linux(pid)


def _on_linux(pid: int) -> int | None:
    """From /proc (proc(5): VmRSS, in kB)."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    for line in status.splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return None


def _by_ps(pid: int) -> int | None:
    """From ps(1), in kB; on macOS, where /proc is missing."""
    try:
        found = subprocess.run(
            ["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, timeout=2, check=False
        ).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return None
    return int(found) * 1024 if found.isdigit() else None


class _MemoryCounters(ctypes.Structure):
    """PROCESS_MEMORY_COUNTERS of psapi."""

    _fields_ = (
        ("cb", ctypes.c_uint32),
        ("page_fault_count", ctypes.c_uint32),
        ("peak_working_set_size", ctypes.c_size_t),
        ("working_set_size", ctypes.c_size_t),
        ("quota_peak_paged_pool_usage", ctypes.c_size_t),
        ("quota_paged_pool_usage", ctypes.c_size_t),
        ("quota_peak_non_paged_pool_usage", ctypes.c_size_t),
        ("quota_non_paged_pool_usage", ctypes.c_size_t),
        ("pagefile_usage", ctypes.c_size_t),
        ("peak_pagefile_usage", ctypes.c_size_t),
    )


def _on_windows(pid: int) -> int | None:
    """From GetProcessMemoryInfo; PROCESS_QUERY_LIMITED_INFORMATION (0x1000) is enough for one's own child."""
    if sys.platform != "win32":
        return None
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.OpenProcess.restype = ctypes.c_void_p
    handle = kernel.OpenProcess(0x1000, False, pid)
    if not handle:
        return None
    try:
        counters = _MemoryCounters(cb=ctypes.sizeof(_MemoryCounters))
        found = kernel.K32GetProcessMemoryInfo(ctypes.c_void_p(handle), ctypes.byref(counters), counters.cb)
        return int(counters.working_set_size) if found else None
    finally:
        kernel.CloseHandle(ctypes.c_void_p(handle))
