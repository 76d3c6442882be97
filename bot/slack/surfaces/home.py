"""The App Home: what one may be answered from, a box to ask, one's own answers, and for administrators the door to their work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
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
from bot.slack.home_administration import Administration, Health, administration_blocks, curated_blocks, record_blocks
from bot.slack.home_view import SOURCES, Known, closed_home, home_view
from bot.slack.human_requests import HumanRequests
from bot.slack.intake import Kept
from bot.slack.language import Strings
from bot.slack.library import Library
from bot.slack.opinions import Opinions
from bot.slack.outcome import Handler, Outcome
from bot.slack.payloads import trigger_of, user_of, value_of
from bot.slack.pictures import Charts
from bot.slack.places import Places
from bot.slack.posting import Slack, Undeliverable
from bot.slack.readers import Readers
from bot.slack.references import place_of
from bot.slack.roles import Roles
from bot.slack.sources import matches, newest_first
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


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody looks at in the Home."""

    page: int = 0
    """Of the sources, from 0."""
    query: str = ""
    notice: str = ""
    """What is told on top, until the Home is shown anew."""


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
        self._sights: dict[str, Sight] = {}
        """By person, what was shown last: what is done in the Home leaves one where one was."""

    async def opened(self, args: AsyncArgs) -> None:
        event = args.body.get("event") or {}
        if event.get("tab") == "home":
            await asyncio.to_thread(self.publish, str(event.get("user") or ""), Sight(), _hash(event))

    async def turn(self, args: AsyncArgs) -> None:
        """Another page of the sources."""
        page = int(value_of(args.body)) if value_of(args.body).isdecimal() else 0
        _, _, query = str((args.body.get("view") or {}).get("private_metadata") or "").partition(" ")
        await asyncio.to_thread(self.publish, user_of(args.body), Sight(page, query[:LONGEST_QUERY]), _hash(args.body))

    async def search(self, args: AsyncArgs) -> None:
        """The sources with all these words; no word finds all of them."""
        query = " ".join(value_of(args.body).split())[:LONGEST_QUERY]
        await asyncio.to_thread(self.publish, user_of(args.body), Sight(0, query), _hash(args.body))

    async def feedback_done(self, args: AsyncArgs) -> None:
        """The inbox ticks it off; where that was done in the Home, the Home shows it."""
        await self._inbox.done(args)
        if (args.body.get("view") or {}).get("type") == "home":
            await asyncio.to_thread(self.publish_again, user_of(args.body))

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

    def publish_again(self, user: str, notice: str = "") -> None:
        """Show this person the page and the search she looked at last, as they are now."""
        self.publish(user, replace(self._sights.get(user, Sight()), notice=notice))

    def publish(self, user: str, sight: Sight = Sight(), hash: str | None = None) -> None:
        """Show this person her Home as it is now. Never raises: what Slack does not take now is shown at the next opening."""
        self._sights[user] = sight
        weeks = self._history.weeks(self._identity().team, datetime.now(UTC).date()) if user in self._roles else ()
        shown = self._published(user, sight, hash, weeks)
        if shown and any(week.answered or week.abstained for week in weeks) and self._charts.find(weeks) is None:
            self._slack.beside(lambda: self._with_picture(user, sight, shown, weeks))

    def _published(self, user: str, sight: Sight, hash: str | None, weeks: Sequence[Week]) -> str | None:
        """The hash of what is shown now; None where Slack did not take it."""
        try:
            view = self._view(user, sight, weeks)
            try:
                return self._slack.publish(user, view, hash)
            except Undeliverable as error:
                if str(error) == "hash_conflict" or self._charts.find(weeks) is None:
                    raise
                self._charts.forget()  # somebody removed the picture
                return self._slack.publish(user, self._view(user, sight, weeks), hash)
        except Undeliverable as error:  # most often somebody's newer state: hash_conflict
            _log.info("home_not_published", user=user, error=str(error))
        except Exception as error:  # the edge of a listener
            _log.error("home_failed", user=user, place=place_of(error))
        return None

    def _with_picture(self, user: str, sight: Sight, hash: str, weeks: Sequence[Week]) -> None:
        try:
            drawn = self._charts.draw(weeks, self._voice.of_person(user))
        except Exception as error:  # the edge of a thread beside the work
            _log.error("picture_failed", place=place_of(error))
            return
        if drawn:
            self._published(user, sight, hash, weeks)

    def _view(self, user: str, sight: Sight, weeks: Sequence[Week]) -> dict[str, Any]:
        person, strings = self._people.find(user), self._voice.of_person(user)
        if not person.is_member or person.is_bot:
            return closed_home(strings)
        readable = reader_scopes(person, "", self._roles)
        mine = self._history.mine(self._identity().team, user, MINE)
        known, below = self._known(user, readable, sight), self._below(user, weeks, strings)
        return home_view(known, mine, below, strings, strings(f"home.{sight.notice}") if sight.notice else "")

    def _below(self, user: str, weeks: Sequence[Week], strings: Strings) -> list[Block]:
        """What stands below for whoever has a role."""
        if user in self._roles:
            return administration_blocks(self._administration(weeks, strings), strings)
        team, mine = self._identity().team, self._roles.channels(user)
        cared = [(id, self._channels.of(team, id)) for id in mine]
        below = curated_blocks(cared[:CHANNELS], strings) if cared else []
        return [*below, *record_blocks(self._lines(strings), strings)] if self._roles.may(user, "audit") else below

    def _lines(self, strings: Strings) -> list[str]:
        return self._record.lines(datetime.now(UTC) - timedelta(days=RECORD_DAYS), RECORD, strings)

    def _known(self, user: str, readable: tuple[str, ...], sight: Sight) -> Known:
        """Whoever looks after a source finds it, readable or not; answers come from what is readable."""
        found = [row for row in self._library.sources() if not row.scope.startswith("thread:")]
        cared = {scope for scope in {row.scope for row in found} if self._roles.may(user, "curate", scope)}
        shown = [row for row in found if row.scope in cared or row.scope in readable]
        strings = self._voice.of_person(user)
        rows = [row for row in shown if matches(row, sight.query, strings, is_managed=row.scope in cared)]
        documents, passages = self._library.counts(readable)
        last = max(0, (len(rows) - 1) // SOURCES)
        managed = frozenset(row.id for row in rows if row.scope in cared)
        mine = [row for row in shown if row.scope in cared]
        return Known(
            sorted(rows, key=newest_first),
            documents,
            passages,
            min(sight.page, last),
            sight.query,
            managed,
            may_forget=user in self._roles,
            readers={scope: self._places.readers(scope, strings) for scope in cared},
            owners={row.owner: self._name(row.owner) for row in mine if row.owner},
            tags=sorted({tag for row in mine for tag in row.tags}),
        )

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
        self._home.publish_again(request.user, "replied")
        return outcome


def _hash(holder: Mapping[str, Any]) -> str | None:
    """Of the Home the person looks at: what is published on it must not undo something newer."""
    found = (holder.get("view") or {}).get("hash")
    return str(found) if found else None
