"""The App Home: what one may be answered from, a box to ask, one's own answers, and for administrators the door to their work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.slack.asked import Asked
from bot.slack.audience import People, reader_scopes
from bot.slack.blocks import Block
from bot.slack.channels import Channels
from bot.slack.chart import blocks
from bot.slack.conversations import Conversations
from bot.slack.door import Identity
from bot.slack.durable import Step
from bot.slack.history import History, Week
from bot.slack.home_administration import Administration, Health, administration_blocks, record_blocks
from bot.slack.home_view import SCHEDULED, SOURCES, Known, closed_home, home_view
from bot.slack.human_requests import HumanRequests
from bot.slack.intake import Kept
from bot.slack.language import Strings
from bot.slack.library import Library, SourceRow
from bot.slack.opinions import Opinions
from bot.slack.outcome import Handler, Outcome
from bot.slack.payloads import trigger_of, user_of, value_of
from bot.slack.pictures import Charts
from bot.slack.places import Places
from bot.slack.posting import Slack, Undeliverable
from bot.slack.readers import Readers
from bot.slack.references import place_of
from bot.slack.roles import Roles
from bot.slack.surfaces.inbox import Inbox, answer_window
from bot.slack.surfaces.record import Record
from bot.slack.voice import Voice
from bot.slack.windows import message_window, open_and_fill

MINE = 5
OPINIONS = 5
CALLS = 5
UNANSWERED = 8
CHANNELS = 8
MOST_ASKED = 5
RECORD = 5
RECORD_DAYS = 30
LONGEST_QUERY = 100

_log = structlog.get_logger("footnote.slack")


class Home:
    def __init__(
        self,
        library: Library,
        history: History,
        asked: Asked,
        conversations: Conversations,
        opinions: Opinions,
        inbox: Inbox,
        calls: HumanRequests,
        channels: Channels,
        places: Places,
        people: People,
        readers: Readers,
        voice: Voice,
        slack: Slack,
        roles: Roles,
        record: Record,
        charts: Charts,
        health: Callable[[], Health],
        identity: Callable[[], Identity],
    ) -> None:
        self._library = library
        self._history = history
        self._asked = asked
        self._conversations = conversations
        self._opinions = opinions
        self._inbox = inbox
        self._calls = calls
        self._channels = channels
        self._places = places
        self._people = people
        self._readers = readers
        self._voice = voice
        self._slack = slack
        self._roles = roles
        self._record = record
        self._charts = charts
        self._health = health
        self._identity = identity

    async def opened(self, args: AsyncArgs) -> None:
        event = args.body.get("event") or {}
        if event.get("tab") == "home":
            await asyncio.to_thread(self.publish, str(event.get("user") or ""), 0, _hash(event))

    async def turn(self, args: AsyncArgs) -> None:
        """Another page of the sources."""
        page = int(value_of(args.body)) if value_of(args.body).isdecimal() else 0
        _, _, query = str((args.body.get("view") or {}).get("private_metadata") or "").partition(" ")
        await asyncio.to_thread(self.publish, user_of(args.body), page, _hash(args.body), query[:LONGEST_QUERY])

    async def search(self, args: AsyncArgs) -> None:
        """The sources with all these words; no word finds all of them."""
        query = " ".join(value_of(args.body).split())[:LONGEST_QUERY]
        await asyncio.to_thread(self.publish, user_of(args.body), 0, _hash(args.body), query)

    async def feedback_done(self, args: AsyncArgs) -> None:
        """The inbox ticks it off; where that was done in the Home, the Home shows it."""
        await self._inbox.done(args)
        if (args.body.get("view") or {}).get("type") == "home":
            await asyncio.to_thread(self.publish, user_of(args.body))

    async def show(self, args: AsyncArgs) -> None:
        """One's own answer, as far as one may read its quotes now."""
        id, user = value_of(args.body), user_of(args.body)
        strings = await asyncio.to_thread(self._voice.of_person, user)
        title = strings("inbox.answer")
        await open_and_fill(
            args.client,
            trigger_of(args.body),
            message_window(title, strings("inbox.looking"), strings),
            lambda: self._answer(id, user, strings),
            lambda reference: message_window(title, strings("inbox.failed", reference=reference), strings),
            f"mine:{id}",
        )

    def publish(self, user: str, page: int = 0, hash: str | None = None, query: str = "") -> None:
        """Show this person her Home as it is now. Never raises: what Slack does not take now is shown at the next opening."""
        weeks = self._history.weeks(self._identity().team, datetime.now(UTC).date()) if user in self._roles else ()
        shown = self._published(user, page, hash, query, weeks)
        if shown and any(week.answered or week.abstained for week in weeks) and self._charts.find(weeks) is None:
            self._slack.beside(lambda: self._with_picture(user, page, shown, query, weeks))

    def _published(self, user: str, page: int, hash: str | None, query: str, weeks: Sequence[Week]) -> str | None:
        """The hash of what is shown now; None where Slack did not take it."""
        try:
            view = self._view(user, page, query, weeks)
            try:
                return self._slack.publish(user, view, hash)
            except Undeliverable as error:
                if str(error) == "hash_conflict" or self._charts.find(weeks) is None:
                    raise
                self._charts.forget()  # somebody removed the picture
                return self._slack.publish(user, self._view(user, page, query, weeks), hash)
        except Undeliverable as error:  # most often somebody's newer state: hash_conflict
            _log.info("home_not_published", user=user, error=str(error))
        except Exception as error:  # the edge of a listener
            _log.error("home_failed", user=user, place=place_of(error))
        return None

    def _with_picture(self, user: str, page: int, hash: str, query: str, weeks: Sequence[Week]) -> None:
        try:
            drawn = self._charts.draw(weeks, self._voice.of_person(user))
        except Exception as error:  # the edge of a thread beside the work
            _log.error("picture_failed", place=place_of(error))
            return
        if drawn:
            self._published(user, page, hash, query, weeks)

    def _view(self, user: str, page: int, query: str, weeks: Sequence[Week]) -> dict[str, Any]:
        person, strings = self._people.find(user), self._voice.of_person(user)
        if not person.is_member or person.is_bot:
            return closed_home(strings)
        readable = reader_scopes(person, "", self._roles)
        mine = self._history.mine(self._identity().team, user, MINE)
        return home_view(self._known(user, readable, page, query), mine, self._below(user, weeks, strings), strings)

    def _below(self, user: str, weeks: Sequence[Week], strings: Strings) -> list[Block]:
        """What stands below for whoever has a role."""
        if user in self._roles:
            return administration_blocks(self._administration(weeks, strings), strings)
        if self._roles.may(user, "audit"):
            return record_blocks(self._lines(strings), strings)
        return []

    def _lines(self, strings: Strings) -> list[str]:
        return self._record.lines(datetime.now(UTC) - timedelta(days=RECORD_DAYS), RECORD, strings)

    def _known(self, user: str, readable: tuple[str, ...], page: int, query: str) -> Known:
        """Whoever looks after a source finds it, readable or not; answers come from what is readable."""
        found = [row for row in self._library.sources() if not row.scope.startswith("thread:")]
        cared = {scope for scope in {row.scope for row in found} if self._roles.may(user, "curate", scope)}
        shown = [row for row in found if row.scope in cared or row.scope in readable]
        rows = [row for row in shown if _matches(row, query, is_managed=row.scope in cared)]
        documents, passages = self._library.counts(readable)
        last = max(0, (len(rows) - 1) // SOURCES)
        managed = frozenset(row.id for row in rows if row.scope in cared)
        mine = [row for row in shown if row.scope in cared]
        strings = self._voice.of_person(user)
        return Known(
            sorted(rows, key=_newest_first),
            documents,
            passages,
            min(page, last),
            query,
            managed,
            may_forget=user in self._roles,
            readers={scope: self._readers_of(scope, strings) for scope in cared},
            owners={row.owner: self._name(row.owner) for row in mine if row.owner},
            tags=sorted({tag for row in mine for tag in row.tags}),
        )

    def _readers_of(self, scope: str, strings: Strings) -> str:
        kind, _, id = scope.partition(":")
        return strings(f"home.readers.{kind}", channel=self._places.name(id) if kind == "channel" else "")

    def _name(self, user: str) -> str:
        try:
            return self._people.find(user).name or user
        except Undeliverable:
            return user

    def _administration(self, weeks: Sequence[Week], strings: Strings) -> Administration:
        team = self._identity().team
        unanswered, elsewhere = self._asked.unanswered(team)
        calls = [each for each in self._calls.waiting(team, 4 * CALLS) if self._places.is_open(each.channel)]
        return Administration(
            health=self._health(),
            inbox=self._inbox.blocks(OPINIONS, strings),
            waiting=self._opinions.waiting(team),
            calls=calls[:CALLS],
            workspace=self._identity().url,
            unanswered=unanswered[:UNANSWERED],
            asked_elsewhere=elsewhere,
            most_asked=self._asked.most_asked(team)[:MOST_ASKED],
            weeks=blocks(weeks, self._charts.find(weeks), strings),
            channels=self._channels.all(team)[:CHANNELS],
            record=self._lines(strings),
        )

    def _answer(self, id: str, user: str, strings: Strings) -> dict[str, Any]:
        given = self._conversations.find(id)
        if given is None or given.user != user or given.team != self._identity().team:
            return message_window(strings("inbox.answer"), strings("quotes.forgotten"), strings)
        readable = self._readers.scopes(given, user, "")
        return answer_window(given, self._library, readable, self._identity(), strings)


class HomeWork:
    """What was typed or chosen in the Home, done in the direct conversation of whoever did it."""

    def __init__(self, home: Home, questions: Handler, admin: Handler, slack: Slack) -> None:
        self._home = home
        self._questions = questions
        self._admin = admin
        self._slack = slack

    def run(self, kept: Kept, step: Step, *, look: bool) -> Outcome:
        """The text is `ask …`, or what stands after /footnote. Whoever may not, is refused by who does it."""
        channel = step("channel", lambda: self._slack.direct(kept.request.user))
        request = replace(kept.request, channel=channel, is_direct=True, response_url=None)
        verb, _, text = request.text.partition(" ")
        if verb == "ask":
            meant, handler = replace(request, kind="question", text=text), self._questions
        else:
            meant, handler = replace(request, kind="admin"), self._admin
        outcome = handler.run(replace(kept, request=meant), step, look=look)
        self._home.publish(request.user)
        return outcome


def _matches(row: SourceRow, query: str, *, is_managed: bool) -> bool:
    """Whether all words of the query are there; where it lies and how it is, only those who look after it may search."""
    known = [row.title, *(f"#{tag}" for tag in row.tags)]
    known += [row.location, row.scope, row.state, SCHEDULED if row.due_at else ""] if is_managed else []
    text = " ".join(known).casefold()
    return all(word in text for word in query.casefold().split())


def _newest_first(row: SourceRow) -> tuple[float, str]:
    return (-row.updated_at.timestamp() if row.updated_at else 0.0, row.id)


def _hash(holder: Mapping[str, Any]) -> str | None:
    """Of the Home the person looks at: what is published on it must not undo something newer."""
    found = (holder.get("view") or {}).get("hash")
    return str(found) if found else None
