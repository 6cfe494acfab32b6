"""Progress of a sync as bars, one for each lane that has something to do."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, TaskID, TextColumn, TransferSpeedColumn
from rich.progress import Progress as RichProgress

from daiban_client_sdk.cli.words import Words
from daiban_client_sdk.progress import Progress


class Bars:
    """Told by `Client.sync`; a block that shows the bars while it lasts."""

    def __init__(self, words: Words) -> None:
        self._words = words
        console = Console(stderr=True)
        self._items = RichProgress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=console)
        self._bytes = RichProgress(
            TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn(), console=console
        )
        self._shown: dict[str, TaskID] = {}
        self._running: RichProgress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._running is not None:
            self._running.stop()

    def __call__(self, progress: Progress) -> None:
        """Show how far a lane is."""
        if progress.lane == "photos" and progress.bytes_total:
            self._show(self._bytes, "照片", progress.bytes, progress.bytes_total)
        elif progress.lane == "records" and progress.items_total:
            self._show(self._items, "记录", progress.items, progress.items_total)

    def _show(self, bars: RichProgress, name: str, done: int, total: int) -> None:
        if self._running is not bars:
            # One live display at a time: records are done before photos begin.
            if self._running is not None:
                self._running.stop()
            bars.start()
            self._running = bars
        if name not in self._shown:
            self._shown[name] = bars.add_task(self._words(name), total=total)
        bars.update(self._shown[name], completed=done, total=total)
