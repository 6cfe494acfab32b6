"""The folder of a training server::

TRAINING         says whose folder it is; no other is ever touched
tls/             the certificate, which outlives every district
district/        the district as it is practised on, a server's data folder; BUILT in it says of which day it is
district.part/   one that is being made
AGAIN            the district is to go: set before anything of it does, taken away when the next one stands
"""

import datetime
import shutil
from pathlib import Path

from daiban_server.demo.whole import FolderError

MARK, AGAIN, BUILT = "TRAINING", "AGAIN", "BUILT"


class Place:
    """A training server's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.district = folder, folder / "district"

    def claim(self) -> None:
        """Make the folder ours. Raises `FolderError` for one that holds anything else, such as a real server's data."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if any(self.folder.iterdir()) and not (self.folder / MARK).exists():
            raise FolderError(
                f"{self.folder} 里已有别的东西，练习要用一个空文件夹 / not empty, and not a training folder"
            )
        (self.folder / MARK).touch()

    def stands(self, day: datetime.date) -> bool:
        """Whether there is a district of that day, which nobody wants to be rid of."""
        built = self.district / BUILT
        return not (self.folder / AGAIN).exists() and built.exists() and built.read_text() == day.isoformat()

    def give_up(self) -> None:
        """From here on there is no way back, whenever this process dies."""
        (self.folder / AGAIN).touch()

    def clear(self) -> None:
        """Take the district away. Whoever dies in between finds that it is to go."""
        self.give_up()
        if self.district.exists():
            shutil.rmtree(self.district)

    def begin(self, day: datetime.date) -> None:
        """The new district stands."""
        (self.district / BUILT).write_text(day.isoformat())
        (self.folder / AGAIN).unlink(missing_ok=True)
