"""What is worth a line of log, told to Python's own logging as dotted events with values as keys.

The library configures nothing: a host that listens to `veinledger` hears it, nobody else does. The
command line calls `configure_for_cli`. No patient data: values are counts, positions and hashes.
The only file that imports structlog, and only where somebody listens.
"""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from structlog.types import Processor

ROOT: Final = "veinledger"
Level = Literal["debug", "info", "warning", "error"]
Value = int | bool | str | None
"""What an event may carry: counts, positions, names of our own; never a text of a message."""

logging.getLogger(ROOT).addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Log:
    """A logger that costs one comparison where nobody listens."""

    stdlib: logging.Logger
    """Looked up once: Python locks all of logging to find a logger, and a Ctrl-C that comes there
    leaves it locked for the host's other threads."""

    def debug(self, event: str, **values: Value) -> None:
        """An event for who looks for a fault."""
        self._tell(logging.DEBUG, event, values)

    def info(self, event: str, **values: Value) -> None:
        """An event of ordinary work."""
        self._tell(logging.INFO, event, values)

    def warning(self, event: str, **values: Value) -> None:
        """An event that somebody should look at."""
        self._tell(logging.WARNING, event, values)

    def _tell(self, level: int, event: str, values: dict[str, Value]) -> None:
        # What a host's filter or handler raises must not undo the answer to what is on the disk.
        with suppress(Exception):
            if self.stdlib.isEnabledFor(level):
                _bound(self.stdlib).log(level, event, **values)


def logger(name: str) -> Log:
    """The logger of a module of ours, by its dotted name."""
    return Log(logging.getLogger(name))


def configure_for_cli(level: Level, *, json: bool = False) -> None:
    """Tell events to stderr, in words or as JSON; the command line alone calls this."""
    import structlog  # noqa: PLC0415  # a sixth of a second that only a listener pays

    renderer: Processor = (
        structlog.processors.JSONRenderer(sort_keys=True)
        if json
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_before_rendering(),
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger(ROOT)
    root.handlers = [handler]
    root.setLevel(level.upper())
    root.propagate = False


def _before_rendering() -> list[Processor]:
    """Time, level, values; an exception by its frames alone, for locals hold what was read."""
    import structlog  # noqa: PLC0415

    frames = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    return [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
        structlog.processors.ExceptionRenderer(frames),
    ]


def _bound(stdlib: logging.Logger) -> Any:
    """structlog over one logger of Python's; nothing is left to what a host has configured."""
    import structlog  # noqa: PLC0415

    return structlog.wrap_logger(
        stdlib,
        processors=[structlog.stdlib.render_to_log_kwargs],
        wrapper_class=structlog.stdlib.BoundLogger,
        context_class=dict,
        cache_logger_on_first_use=False,
    )
