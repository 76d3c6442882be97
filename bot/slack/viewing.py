"""What a person is looking at while the app's pane is open beside it, and whether they may read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, or_, select

from bot.values import Answer, Note
from vectorstore.database import Database
from vectorstore.schema import viewed

VIEWED_FOR = timedelta(hours=1)
"""Without a word from Slack for so long, what somebody looks at is not known."""
NOTE = "viewed_channel"


class Viewing:
    """The last channel Slack said each person looks at. Whether they are in it is asked afresh; unknown means no."""

    def __init__(
        self, database: Database, is_member: Callable[[str, str], bool], has_documents: Callable[[str], bool]
    ) -> None:
        """`is_member(channel, user)` may raise anything. `has_documents(scope)`: whether there is anything to search."""
        self._database = database
        self._is_member = is_member
        self._has_documents = has_documents

    def look(self, team: str, user: str, channel: str | None) -> None:
        """`channel` None: at nothing we know of. What anybody looked at longer ago is forgotten."""
        theirs, old = and_(viewed.c.team == team, viewed.c.user == user), viewed.c.at < datetime.now(UTC) - VIEWED_FOR
        with self._database.write(flushed=False) as connection:
            connection.execute(delete(viewed).where(or_(theirs, old)))
            if channel:
                row = {"team": team, "user": user, "channel": channel, "at": datetime.now(UTC)}
                connection.execute(viewed.insert().values(**row))

    def beside(self, team: str, user: str) -> str | None:
        """The channel that this person looks at beside the pane, if it has documents and they are in it now."""
        since = datetime.now(UTC) - VIEWED_FOR
        theirs = (viewed.c.team == team, viewed.c.user == user, viewed.c.at > since)
        with self._database.read() as connection:
            channel = connection.scalar(select(viewed.c.channel).where(*theirs))
        is_worth_it = bool(channel) and self._has_documents(f"channel:{channel}")
        return channel if channel and is_worth_it and self._may_read(channel, user) else None

    def scopes_of(self, answer: Answer, user: str) -> tuple[str, ...]:
        """What beyond their own a reader of this answer may read: the channel it was asked beside, if they are in it now."""
        channels = [str(note.values.get("channel", "")) for note in answer.notes if note.key == NOTE]
        return tuple(f"channel:{each}" for each in channels if each and self._may_read(each, user))

    def _may_read(self, channel: str, user: str) -> bool:
        try:
            return self._is_member(channel, user)
        except Exception:  # what cannot be asked is not allowed
            return False


def note(channel: str) -> Note:
    """Says of an answer that the channel's documents were searched too."""
    return Note(NOTE, {"channel": channel})


def channel_viewed(context: Any, team: str) -> str | None:
    """The channel in the `context` of an event of the pane, old or new: a channel, or a message in one."""
    if not isinstance(context, Mapping):
        return None
    return next(_channels(context, team), None)


def _channels(context: Mapping[str, Any], team: str) -> Iterator[str]:
    if isinstance(context.get("channel_id"), str) and context.get("team_id") in (None, team):
        yield context["channel_id"]
    entities = context.get("entities")
    for entity in entities if isinstance(entities, list) else ():
        if not isinstance(entity, Mapping) or entity.get("team_id") not in (None, team):
            continue
        value = entity.get("value")
        if entity.get("type") == "slack#/types/message_context" and isinstance(value, Mapping):
            value = value.get("channel_id")
        elif entity.get("type") != "slack#/types/channel_id":
            continue
        if isinstance(value, str) and value:
            yield value
