"""What is to be summarised, read from what somebody typed: a document, a thread, or a stretch of a channel. Plain functions.

Ids in it are data: a channel or a thread that is named here is read only after its asker was found among the channel's members.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import parse_qs, urlsplit

THIS_THREAD = "(thread)"
"""The text of a request for the thread it was made in, where nobody typed any."""
DEFAULT_DAYS = 1
MOST_DAYS = 366
MOST_LAST = 10_000


@dataclass(frozen=True, slots=True)
class Document:
    wanted: str
    """A title, an id or an address."""


@dataclass(frozen=True, slots=True)
class Thread:
    channel: str
    ts: str
    """Of its root."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The messages of a channel since a moment, or its last ones."""

    channel: str
    since: datetime | None = None
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Unclear:
    """What cannot be summarised, with the name of the sentence that says why."""

    reason: str
    text: str


Target = Document | Thread | Stretch | Unclear

_HERE = re.compile(r"(?:this|the) (?:channel|conversation|group)|here|este canal|esta conversaci[oó]n|aqu[ií]", re.I)
_THREAD_NAMES = r"(?:this|the|our|este|el) (?:whole |entire |long )?(?:thread|hilo)(?: entero)?"
_SUMMARIZE = (
    r"(?:summari[sz]e|sum up|recap|tl;?dr|(?:give (?:me|us) )?(?:a |the )?summary of"
    r"|resume|res[uú]me(?:me|nos)|resumir|(?:dame |danos )?(?:un |el )?resumen de)"
)
_ASKS_FOR_THREAD = re.compile(
    rf"(?:please |can you |could you |por favor,? |puedes )*{_SUMMARIZE}:? {_THREAD_NAMES}(?:,? (?:please|por favor))?[.!?]*",
    re.I,
)
_ASKS_FOR = re.compile(rf"(?:please |por favor,? )?{_SUMMARIZE}:? (?P<what>(?:<?https?://\S+|#).*)", re.I | re.S)
_CHANNEL = re.compile(r"#(?P<id>[CDG][A-Z0-9]{5,20})(?=\s|$)")
_NAMED_CHANNEL = re.compile(r"#\S+")
_ARCHIVE = re.compile(r"/archives/(?P<channel>[CDG][A-Z0-9]{5,20})/p(?P<seconds>\d{10})(?P<rest>\d{6})/?")
_TIMESTAMP = re.compile(r"\d{10}\.\d{6}")
_AGO = re.compile(
    r"(?:hace )?(?P<number>\d{1,4}) ?(?P<unit>h|hours?|horas?|d|days?|d[ií]as?|w|weeks?|semanas?)(?: ago)?", re.I
)
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1), "s": timedelta(weeks=1)}
_SINCE = re.compile(r"(?:since|from|desde)\s+(?:el |la |last )?(?P<when>.+)", re.I)
_LAST = re.compile(r"(?:the )?(?:last|(?:los |las )?[uú]ltim[oa]s)\s+(?P<what>.+)", re.I)
_COUNT = re.compile(r"(?P<number>\d{1,6})(?: messages?| mensajes?)?", re.I)
_DAYS = {
    name: number
    for names in (
        "monday tuesday wednesday thursday friday saturday sunday",
        "mon tue wed thu fri sat sun",
        "lunes martes miércoles jueves viernes sábado domingo",
        "lun mar mié jue vie sáb dom",
        "lunes martes miercoles jueves viernes sabado domingo",
    )
    for number, name in enumerate(names.split())
}


def target_of(text: str, channel: str, thread_ts: str | None, team_url: str, now: datetime) -> Target:
    """What `text` names. `channel`, `thread_ts`: where it was asked; `now`: in the asker's time zone.

    Channels stand in it by their ids (`#C…`). `team_url` is the workspace's own address: only its links are threads.
    """
    text = text.strip()
    if text == THIS_THREAD or _ASKS_FOR_THREAD.fullmatch(text):
        return Thread(channel, thread_ts) if thread_ts else Unclear("summary.no_thread", text)
    if asked := _ASKS_FOR.fullmatch(text):
        text = asked["what"].strip()
    if text.lower().startswith(("http://", "https://")):
        return _address(text, team_url)
    return _stretch(text, channel, now) or Document(text)


def asks_for_summary(text: str, *, in_thread: bool, is_direct: bool) -> bool:
    """Whether a message is the wish for a summary of its thread or, in a direct conversation, of what it names."""
    if _ASKS_FOR_THREAD.fullmatch(text.strip()):
        return in_thread
    return is_direct and bool(_ASKS_FOR.fullmatch(text.strip()))


def permalink(team_url: str, channel: str, ts: str, thread_ts: str | None) -> str:
    """The address of a message, as Slack's "Copy link" makes it."""
    link = f"{team_url.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}"
    return f"{link}?thread_ts={thread_ts}&cid={channel}" if thread_ts and thread_ts != ts else link


def _address(text: str, team_url: str) -> Target:
    """A message of this workspace by its address, or a page of the web by its own."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return Document(text)
    archive = _ARCHIVE.fullmatch(parts.path)
    if not archive:
        return Document(text)
    if parts.netloc.lower() != urlsplit(team_url).netloc.lower():
        other = parts.netloc.lower().endswith(".slack.com")
        return Unclear("summary.other_workspace", text) if other else Document(text)
    ts = f"{archive['seconds']}.{archive['rest']}"
    root = parse_qs(parts.query).get("thread_ts", [ts])[0]
    return Thread(archive["channel"], root if _TIMESTAMP.fullmatch(root) else ts)


def _stretch(text: str, here: str, now: datetime) -> Stretch | Unclear | None:
    """None where no channel and no range is named: then it is the name of a document."""
    named, place = _CHANNEL.match(text), _HERE.match(text)
    channel = named["id"] if named else here
    rest = text[named.end() if named else place.end() if place else 0 :].strip()
    if not rest and (named or place or not text):
        return Stretch(channel, since=now - timedelta(days=DEFAULT_DAYS))
    if not named and not place and _NAMED_CHANNEL.match(text):
        return Unclear("summary.choose_channel", text)
    found = _range(rest, now)
    if found is None:
        return Unclear("summary.which_range", rest) if named or place else None
    since, last = found
    if since and not now - timedelta(days=MOST_DAYS) <= since <= now:
        return Unclear("summary.range_too_long", rest)
    return Stretch(channel, since, last)


def _range(text: str, now: datetime) -> tuple[datetime | None, int | None] | None:
    if text.casefold() in ("today", "hoy", "yesterday", "ayer"):
        return _moment(text, now), None
    if since := _SINCE.fullmatch(text):
        moment = _moment(since["when"].strip(), now)
        return (moment, None) if moment else None
    if last := _LAST.fullmatch(text):
        what = last["what"].strip()
        if count := _COUNT.fullmatch(what):
            number = int(count["number"])
            return (None, number) if 0 < number <= MOST_LAST else None
        return (_moment(what, now), None) if _AGO.fullmatch(what) else None
    return None


def _moment(text: str, now: datetime) -> datetime | None:
    """The start of the day that is named, or the moment that long ago; None where it cannot be told."""
    text = text.casefold()
    if ago := _AGO.fullmatch(text):
        return now - int(ago["number"]) * _UNITS[ago["unit"][0]]
    if text in ("today", "hoy"):
        return _midnight(now.date(), now)
    if text in ("yesterday", "ayer"):
        return _midnight(now.date() - timedelta(days=1), now)
    if text in _DAYS:
        return _midnight(now.date() - timedelta(days=(now.weekday() - _DAYS[text]) % 7), now)
    try:
        return _midnight(date.fromisoformat(text), now)
    except ValueError:
        return None


def _midnight(day: date, now: datetime) -> datetime:
    return datetime.combine(day, time.min, now.tzinfo)
