"""The server's log: one line of JSON for each event, on standard error, that cannot carry a body, a cookie or a key.

It is an allow-list, not a filter. A line holds the event in words of ours, a few named members (`TOLD`), and of an
exception its types and the lines of code it went through: never its message, since drivers and decoders put values
there. Of what other libraries log only the logger, the level and the place in their code are kept; their words would
be formatted from whatever they handle. Granian's own words about starting and stopping are let through, each by its
form. What is let through is bounded, and numbers, long random texts and credentials in it are blanked: a second fence
for a slip of ours.

The cost: a fault of a library has to be found by its type and its place, and sometimes by trying it again.
"""

import logging
import logging.config
import re
import sys
import threading
import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from daiban_schemas.masking import in_text

TOLD = ("at", "level", "logger", "event", "method", "route", "status", "code", "centre", "count", "place", "exception")
"""The members that a line may have. `route` is the pattern of an address, never the address; `centre` an id."""
LONGEST = 160
"""Characters of a member."""
FRAMES = 20
CAUSES = 5

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_OURS = ("daiban_server", "daiban_sync", "daiban_schemas")
_GRANIAN = re.compile(
    r"(?:(?:Starting|Started|Spawning|Respawning|Stopping|Stopped|Shutting down|Killing|Unexpected exit from)"
    r"[ A-Za-z0-9():-]{0,80}"
    r"|Listening at: https?://[0-9A-Za-z.:\[\]-]{1,80}"
    r"|Granian shutdown completed, see ya!|HUP signal received, gracefully respawning workers\.\.)\Z"
)
_RANDOM = re.compile(r"[A-Za-z0-9+/_=-]{32,}")
_CREDENTIAL = re.compile(r"(?i)\b(?:set-)?cookie|authorization|bearer|basic |password|csrf|secret")
_HEX_ID = re.compile(r"[0-9a-f]{32}\Z")

_ON_THE_WAY: list[Processor] = [
    structlog.stdlib.filter_by_level,
    structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
]

CONFIG: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"told": {"()": "daiban_server.logs.formatter"}},
    "handlers": {"told": {"class": "logging.StreamHandler", "formatter": "told", "stream": "ext://sys.stderr"}},
    "root": {"handlers": ["told"], "level": "WARNING"},
    "loggers": {
        "daiban_server": {"level": "INFO"},
        "_granian": {"handlers": [], "level": "INFO", "propagate": True},
        # It would log the address of every request; nothing turns it on, and this keeps it off.
        "granian.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
    },
}
"""For `logging.config.dictConfig`, which Granian calls with it in every process."""


def configure() -> None:
    """Let this process log so, whoever logs: through structlog, the standard library, a warning, or by dying."""
    logging.config.dictConfig(CONFIG)
    structlog.configure(
        processors=_ON_THE_WAY,
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    logging.captureWarnings(capture=True)
    sys.excepthook = _on_end
    threading.excepthook = lambda given: _died("a thread died", given.exc_value)
    sys.unraisablehook = lambda given: _died("an error that nobody could raise", given.exc_value)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger of one of our modules: ``logger(__name__).error("what happened", code=…, exc_info=error)``."""
    # Not `get_logger`: before `configure` structlog would print whole exceptions by itself.
    bound: structlog.stdlib.BoundLogger = structlog.wrap_logger(
        logging.getLogger(name), processors=_ON_THE_WAY, wrapper_class=structlog.stdlib.BoundLogger
    )
    return bound


def formatter() -> logging.Formatter:
    """What turns a record of any logger into a line."""
    return structlog.stdlib.ProcessorFormatter(
        processors=[_told, structlog.processors.JSONRenderer(ensure_ascii=False)],
        use_get_message=False,
        pass_foreign_args=False,
        keep_exc_info=True,
        keep_stack_info=False,
    )


def route_of(scope: Mapping[str, Any]) -> dict[str, str]:
    """Of a request what a log may know: its method, and the pattern that its address fits."""
    method = str(scope.get("method", ""))
    return {"method": method if method in _METHODS else "other", "route": str(scope.get("path_template") or "none")}


def _told(_: WrappedLogger, __: str, event: EventDict) -> Mapping[str, Any]:
    """The line's members: those of `TOLD`, each bounded and blanked."""
    record: logging.LogRecord = event["_record"]
    ours = bool(event["_from_structlog"]) or record.name.partition(".")[0] in _OURS
    line: dict[str, Any] = {
        "at": structlog.processors.MaybeTimeStamper(fmt="iso", utc=True)(None, "", {})["timestamp"],
        "level": record.levelname.lower(),
        "logger": record.name,
    }
    if ours:
        line["event"] = event.get("event")
        line |= {name: event[name] for name in TOLD if name not in line and name in event}
    else:
        line["place"] = f"{record.module}.{record.funcName}:{record.lineno}"
        said = record.msg if isinstance(record.msg, str) else ""
        if record.name == "_granian" and _GRANIAN.match(said):
            line["event"] = said
    if (error := _error_of(event, record)) is not None:
        line["exception"] = exception(error)
    return {name: _bounded(name, value) for name, value in line.items()}


def _error_of(event: EventDict, record: logging.LogRecord) -> BaseException | None:
    given = event.get("exc_info") or record.exc_info
    if given is True:
        given = sys.exc_info()
    if isinstance(given, tuple):
        given = given[1]
    return given if isinstance(given, BaseException) else None


def exception(error: BaseException) -> list[dict[str, Any]]:
    """An exception and what led to it: the type of each, and through which code it went, the place of the fault last.
    Messages and values stay out."""
    told: list[dict[str, Any]] = []
    found: BaseException | None = error
    while found is not None and len(told) < CAUSES:
        kind = type(found)
        told.append({"type": f"{kind.__module__}.{kind.__qualname__}"[:LONGEST], "through": _through(found)})
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
    return told


def _through(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return [f"{_module(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]


def _module(file: str) -> str:
    """A file from its package on: where it lies on this machine is nobody's business."""
    return "/".join(file.replace("\\", "/").split("/")[-3:])


def _bounded(name: str, value: Any) -> Any:
    """A member of a line as it is written."""
    if name in ("at", "level", "logger", "exception", "place"):
        return value
    if isinstance(value, bool | int) and abs(value) < 10**10:
        return value
    text = str(value)[:LONGEST]
    if name == "centre":
        return text if _HEX_ID.match(text) else "…"
    if name == "route":
        return text
    return blanked(text)


def blanked(text: str) -> str:
    """A text without what looks like a number of somebody, something random, or a credential and what follows it."""
    if found := _CREDENTIAL.search(text):
        text = text[: found.start()] + "…"
    return in_text(_RANDOM.sub("…", text))


def _on_end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    _died("the process ends by an error", error.with_traceback(trace))


def _died(event: str, error: BaseException | None) -> None:
    logger(__name__).error(event, exc_info=error)
