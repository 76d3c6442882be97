"""The chart of the Home as a picture in Slack: uploaded when its figures have changed, and the old one removed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog
from sqlalchemy import delete, insert, select

from bot.slack import chart
from bot.slack.history import Week
from bot.slack.language import Strings
from bot.slack.posting import Undeliverable
from bot.slack.uploads import Uploads
from vectorstore.database import Database
from vectorstore.schema import pictures

NAME = "questions-per-week"
LOOKS = 8
"""How often, a second apart, an uploaded picture is looked at until Slack is ready to show it."""

_log = structlog.get_logger("footnote.slack")


class Charts:
    """Safe for threads. The picture is one for all administrators: it holds no words."""

    def __init__(self, database: Database, uploads: Uploads, pause: Callable[[float], None]) -> None:
        self._database = database
        self._uploads = uploads
        self._pause = pause
        self._drawing = threading.Lock()

    def find(self, weeks: Sequence[Week]) -> str | None:
        """The id of the picture in Slack; None where there is none of these figures."""
        with self._database.read() as connection:
            found = connection.execute(select(pictures).where(pictures.c.name == NAME)).first()
        return found.file if found and found.shows == _shown(weeks) else None

    def draw(self, weeks: Sequence[Week], strings: Strings) -> str | None:
        """The same, uploaded where there is none; None where Slack does not take it. Blocks for seconds."""
        with self._drawing:
            if found := self.find(weeks):
                return found
            try:
                file = self._uploads.put(f"{NAME}.png", chart.picture(weeks), alt=chart.in_words(weeks, strings))
                if not self._becomes_ready(file):
                    self._remove(file)
                    return None
            except Undeliverable as error:  # files:write is missing in an app of before, or files are switched off
                _log.warning("picture_not_uploaded", error=str(error))
                return None
            self.forget()
            with self._database.write() as connection:
                connection.execute(insert(pictures).values(name=NAME, shows=_shown(weeks), file=file))
            return file

    def forget(self) -> None:
        """Remove the picture, here and in Slack."""
        with self._database.write() as connection:
            old = connection.scalar(select(pictures.c.file).where(pictures.c.name == NAME))
            connection.execute(delete(pictures).where(pictures.c.name == NAME))
        if old:
            self._remove(old)

    def _becomes_ready(self, file: str) -> bool:
        for _ in range(LOOKS):
            if self._uploads.is_ready(file):
                return True
            self._pause(1.0)
        return False

    def _remove(self, file: str) -> None:
        with suppress(Undeliverable):  # somebody removed it, or Slack does not answer: nobody sees it any more
            self._uploads.remove(file)


def _shown(weeks: Sequence[Week]) -> str:
    return " ".join(f"{week.first_day}:{week.answered}:{week.abstained}" for week in weeks)
