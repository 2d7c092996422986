"""What a process can tell of its settings: taken before and after, and compared."""

from __future__ import annotations

import contextvars
import decimal
import faulthandler
import gc
import locale
import logging
import os
import random
import resource
import signal
import socket
import sqlite3
import sys
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import structlog

OURS = ("veinledger",)


def state() -> dict[str, Any]:
    """Every setting that a host could notice, by name."""
    return {
        "environment": dict(os.environ),
        "logging": _logging(),
        "structlog": repr(structlog.get_config()),
        "structlog is configured": structlog.is_configured(),
        "sqlite3": _sqlite3(),
        "decimal": [repr(decimal.getcontext()), repr(decimal.DefaultContext)],
        "warnings": [repr(one) for one in warnings.filters],
        "showwarning": repr(warnings.showwarning),
        "signals": {each.name: repr(signal.getsignal(each)) for each in signal.Signals},
        "hooks": [repr(each) for each in _hooks()],
        "interpreter": _interpreter(),
        "place and time": [os.getcwd(), time.tzname, locale.setlocale(locale.LC_ALL), _umask()],
        "random": hash(random.getstate()),
        "files": _files(),
        "threads": sorted(thread.name for thread in threading.enumerate()),
        "contextvars": sorted(repr(each) for each in contextvars.copy_context()),
    }


def _hooks() -> tuple[object, ...]:
    return (sys.excepthook, threading.excepthook, sys.unraisablehook, sys.displayhook,
            sys.breakpointhook, sys.gettrace(), sys.getprofile(), sys.stdout,
            sys.stderr)  # fmt: skip


def _interpreter() -> list[object]:
    return [
        sys.getrecursionlimit(),
        sys.getswitchinterval(),
        sys.path,
        faulthandler.is_enabled(),
        gc.isenabled(),
        gc.get_threshold(),
        socket.getdefaulttimeout(),
        resource.getrlimit(resource.RLIMIT_CORE),
        resource.getrlimit(resource.RLIMIT_NOFILE),
        len(gc.callbacks),
    ]


def _logging() -> dict[str, Any]:
    known = logging.root.manager.loggerDict
    loggers = {
        name: [one.level, repr(one.handlers), one.propagate, one.disabled, repr(one.filters)]
        for name, one in sorted(known.items())
        if isinstance(one, logging.Logger) and not name.startswith(OURS)
    }
    return {
        "root": [logging.root.level, repr(logging.root.handlers), logging.root.manager.disable],
        "classes": [repr(logging.getLoggerClass()), repr(logging.getLogRecordFactory())],
        "raiseExceptions": logging.raiseExceptions,
        "levels": [logging.getLevelName(level) for level in range(0, 60, 5)],
        "loggers": loggers,
    }


def _sqlite3() -> list[object]:
    return [sorted(map(repr, sqlite3.adapters)), sorted(map(repr, sqlite3.converters))]


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _files() -> list[str]:
    found: list[str] = []
    for each in Path("/proc/self/fd").iterdir():
        try:
            found.append(os.readlink(each))
        except OSError:  # the one that lists the folder itself
            continue
    return sorted(name for name in found if not name.startswith("/proc/"))
