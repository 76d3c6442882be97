"""The summary of a conversation as messages: its points with who said each and where, and what was read for it. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from bot.slack.blocks import Atom, Part, link_atom, packed, text_atoms
from bot.slack.language import Strings
from bot.slack.mrkdwn import public_url
from bot.slack.targets import Stretch, Thread, permalink
from bot.slack.transcript import Transcript
from bot.thread_summary import Point
from bot.values import Answer
from vectorstore.values import Version

_MENTION = re.compile(r"@([UW][A-Z0-9]{5,20})\b")


@dataclass(frozen=True, slots=True)
class Summary:
    """What is shown, with what must be known to show it."""

    target: Thread | Stretch
    place: str
    """The channel's name with its `#`; empty for a direct conversation."""
    points: tuple[Point, ...]
    transcript: Transcript
    utc_offset: int
    """Of the reader, in seconds."""
    team_url: str


def summary_parts(summary: Summary, name_of: Callable[[str], str], strings: Strings) -> list[Part]:
    """`name_of`: what the person with that id is called."""
    atoms = [*_heading(summary, strings), *_points(summary, name_of, strings), *_notes(summary, strings)]
    return packed(atoms)


def _heading(summary: Summary, strings: Strings) -> Iterator[Atom]:
    place = summary.place or strings("summary.direct" if summary.target.channel.startswith("D") else "summary.group")
    target = summary.target
    if isinstance(target, Thread):
        heading = strings("summary.of_thread", place=place)
    elif target.since:
        heading = strings("summary.of_channel", place=place, since=_moment(target.since, summary, strings))
    else:
        heading = strings("summary.of_last", place=place, messages=strings.count("message", target.last or 0))
    yield from text_atoms("body", 0, heading, bold=True)
    if summary.transcript.reached:
        key = "summary.stopped_thread" if isinstance(target, Thread) else "summary.stopped_channel"
        reached = _moment(summary.transcript.reached, summary, strings)
        yield from text_atoms("body", 1, strings(key, reached=reached), bold=True)
    if not summary.points:
        yield from text_atoms("body", 2, strings("summary.no_points"))


def _points(summary: Summary, name_of: Callable[[str], str], strings: Strings) -> Iterator[Atom]:
    for item, point in enumerate(summary.points):
        if point.kind != "point":
            yield from text_atoms("points", item, strings(f"summary.kind.{point.kind}") + " ", bold=True)
        quote = _MENTION.sub(lambda found: f"@{name_of(found[1])}", point.quote)
        yield from text_atoms("points", item, strings("summary.said", speaker=name_of(point.speaker), quote=quote))
        yield from text_atoms("points", item, " ")
        yield link_atom("points", item, _link(summary, point), _when(summary, point, strings))


def _link(summary: Summary, point: Point) -> str | None:
    ts = point.message_id
    thread = summary.target.ts if isinstance(summary.target, Thread) else summary.transcript.threads_of.get(ts)
    return public_url(permalink(summary.team_url, summary.target.channel, ts, thread))


def _when(summary: Summary, point: Point, strings: Strings) -> str:
    said = next(said for said in summary.transcript.said if said.id == point.message_id)
    return _moment(said.at, summary, strings)


def _moment(at: datetime, summary: Summary, strings: Strings) -> str:
    local = at.astimezone(timezone(timedelta(seconds=summary.utc_offset)))
    return strings.moment(local)


def _notes(summary: Summary, strings: Strings) -> Iterator[Atom]:
    yield from text_atoms("notes", 0, coverage(summary.transcript, strings))
    if isinstance(summary.target, Stretch):
        yield from text_atoms("notes", 1, strings("summary.older_threads"))
    yield from text_atoms("notes", 2, strings("summary.not_kept"))


def coverage(transcript: Transcript, strings: Strings) -> str:
    """ "Read 212 of 212 messages, 14 threads; 2 images not read." """
    counts: Sequence[tuple[str, str, int]] = (
        ("summary.not_read", "image", transcript.images),
        ("summary.not_read", "file", transcript.files),
        ("summary.left_out", "app_message", transcript.apps),
    )
    read = strings(
        "summary.read",
        read=strings.number(transcript.read),
        messages=strings.count("message", transcript.known),
        threads=strings.count("thread", transcript.threads),
    )
    return "; ".join([read, *(strings(key, what=strings.count(noun, n)) for key, noun, n in counts if n)]) + "."


def page_parts(answer: Answer, version: Version, strings: Strings) -> list[Part]:
    """The key points of a page that was read for this one answer."""
    atoms = [*_page(version, strings)]
    for item, statement in enumerate(answer.statements):
        atoms += text_atoms("points", item, statement.text + " ")
        for citation in dict.fromkeys(statement.citations):
            atoms.append(link_atom("points", item, public_url(citation.link, citation.url), f"[{citation.n}]"))
    if not answer.answered:
        atoms += text_atoms("body", 2, strings("answer.no_points"))
    for item, note in enumerate(answer.notes, 1):
        atoms += text_atoms("notes", item, strings.note(note))
    return packed([*atoms, *text_atoms("notes", 0, strings("summary.page_not_kept"))])


def _page(version: Version, strings: Strings) -> Iterator[Atom]:
    yield link_atom("body", 0, public_url(version.url), version.title[:300] or strings("answer.untitled"))
    when = strings.day(version.published) if version.published else strings("answer.undated")
    facts = " · ".join(fact for fact in (version.publisher, when) if fact)
    yield from text_atoms("body", 0, f" · {facts}")
    yield from text_atoms("body", 1, strings("summary.read_just_now"), bold=True)
