"""Papers: every printed form of the centre as PDF, from plain display data."""

from .problems import PaperError
from .render import MOST, pictures, render, render_many

__all__ = ["MOST", "PaperError", "pictures", "render", "render_many"]
