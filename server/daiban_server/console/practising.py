"""Whether a page is of a server on which people practise, and where those of a real one may: for every page's frame.

It stands in the context of the request, as the language does, so that no page can forget it.
"""

from contextvars import ContextVar

from daiban_server.settings import Settings

_practice: ContextVar[bool] = ContextVar("practice", default=False)
_training: ContextVar[str] = ContextVar("training", default="")


def note(settings: Settings) -> None:
    """Before each page: whose settings it is made by."""
    _practice.set(settings.practice)
    _training.set(settings.training)


def practising() -> bool:
    """Whether everything on this page is made up."""
    return _practice.get()


def training() -> str:
    """The address of the training server; "" where there is none."""
    return _training.get()
