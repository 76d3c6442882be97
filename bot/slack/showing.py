"""An answer shown while it is made: a status at once, a streamed message when it takes longer.

The answer is composed in a thread of its own; the worker's thread shows how far it is, and is free to stop. Whatever becomes
of the stream, the answer is whole in the end: `close` ends the streamed message with what it lacks, and where that cannot be,
`Replies` puts the reply in its place.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from itertools import pairwise

import structlog

from bot.progress import OnProgress, Progress, Stopped
from bot.slack.controls import Shown
from bot.slack.conversations import answer_id
from bot.slack.failpoints import Failpoint
from bot.slack.intake import Intake, Kept
from bot.slack.language import Strings
from bot.slack.mrkdwn import markdown
from bot.slack.plan import Plan
from bot.slack.posting import OutcomeUnknown, Slack
from bot.slack.render import closing_parts
from bot.slack.replies import mark
from bot.slack.request import Request
from bot.slack.stops import Stops
from bot.slack.streaming import NotStarted, Stream, Streaming
from bot.values import Answer, Note, Statement, Turn

LONGEST_TITLE = 60
MUCH = 1_500
"""Characters of new text that are shown at once."""

_log = structlog.get_logger("footnote.slack")


@dataclass(frozen=True, slots=True)
class _Composed:
    result: Future[Answer]


class _Stop:
    """The person pressed Stop."""


class Showings:
    """What showing an answer needs, whosever it is."""

    def __init__(
        self,
        slack: Slack,
        streaming: Streaming,
        intake: Intake,
        stops: Stops,
        failpoint: Failpoint,
        *,
        patience: float,
        pause: float,
    ) -> None:
        """`patience`: seconds until a stream is begun, for an answer that is there sooner needs none. `pause`: seconds
        between two additions to it."""
        self.slack = slack
        self.streaming = streaming
        self.intake = intake
        self.stops = stops
        self.failpoint = failpoint
        self.patience = patience
        self.pause = pause

    def begin(self, kept: Kept, request: Request, strings: Strings) -> Showing:
        """Say that we are at it."""
        return Showing(self, kept, request, strings)


class Showing:
    """How one answer is shown. `compose`, then `close` or a delivery of another kind, then `end`."""

    def __init__(self, parts: Showings, kept: Kept, request: Request, strings: Strings) -> None:
        self._with = parts
        self._kept = kept
        self._request = request
        self._strings = strings
        self._plan = Plan(answer_id(kept.request.id), strings)
        self._stream: Stream | None = None
        self._shown: tuple[Statement, ...] = ()
        """The sentences that are in the stream or wait to be."""
        self._so_far: Answer | None = None
        in_place = request.replaces is not None or kept.stream_ts is not None
        self._is_visible = bool(request.message_ts and request.thread_ts) and not request.response_url
        self._may_stream = self._is_visible and not in_place
        self._ends_by_itself = not in_place
        """Whether our reply ends the status: a new message does, and a stream that is stopped by us."""
        self._heard: queue.SimpleQueue[Progress | _Composed | _Stop] = queue.SimpleQueue()
        self._status = self._show_status(strings("answer.reading")) if self._is_visible else None

    def _show_status(self, status: str) -> Future[None]:
        loading = self._strings("stream.loading").split("\n") if status else []
        return self._with.slack.show_status(
            self._request.channel, str(self._request.thread_ts), status, [line for line in loading if line]
        )

    def entitle(self, turns: Sequence[Turn]) -> None:
        """Name the thread of the pane after the question that begins it."""
        request = self._request
        if self._is_visible and request.is_direct and (request.opens_thread or not turns):
            arguments = {
                "channel_id": request.channel,
                "thread_ts": request.thread_ts,
                "title": thread_title(request.text),
            }
            self._with.slack.decorate("assistant.threads.setTitle", arguments)

    # -- while it is made -----------------------------------------------------------------------------------------

    def compose(self, make: Callable[[OnProgress], Answer]) -> Answer:
        """What `make` answers, shown on the way. Stopped by the person, it is what was verified until then.

        Raises what `make` raises, and Stopped when nothing was verified before the person stopped it.
        """
        with self._with.stops.heard(self._kept.request.id, lambda: self._heard.put(_Stop())):
            now = self._with.intake.find(self._kept.request.id)
            if now is None or now.stopped_by is not None:
                self._ends_by_itself = False
                raise Stopped
            stopping = threading.Event()
            self._compose_beside(make, stopping)
            try:
                return self._follow()
            finally:
                stopping.set()

    def _compose_beside(self, make: Callable[[OnProgress], Answer], stopping: threading.Event) -> None:
        result: Future[Answer] = Future()

        def on_progress(progress: Progress) -> None:
            if stopping.is_set():
                raise Stopped
            self._heard.put(progress)

        def run() -> None:
            try:
                result.set_result(make(on_progress))
            except BaseException as error:  # told in the thread that waits
                result.set_exception(error)
            self._heard.put(_Composed(result))

        threading.Thread(target=run, name="compose", daemon=True).start()

    def _follow(self) -> Answer:
        due = time.monotonic() + self._with.patience
        while True:
            try:
                heard = self._heard.get(timeout=max(0.0, due - time.monotonic()) if self._has_news() else None)
            except queue.Empty:
                self._show_news()
                if self._stream and self._stream.was_stopped:
                    return self._stopped()
                due = time.monotonic() + self._with.pause
                continue
            if isinstance(heard, _Composed):
                return heard.result.result()
            if isinstance(heard, _Stop):
                return self._stopped()
            self._take(heard)
            if self._stream and sum(len(str(chunk.get("text", ""))) for chunk in self._stream.waiting) >= MUCH:
                due = min(due, time.monotonic())

    def _stopped(self) -> Answer:
        self._ends_by_itself = False
        if self._stream:
            self._stream.is_open = False  # Slack has ended it; the reply takes its place
        if self._so_far is None:
            raise Stopped
        return replace(self._so_far, notes=(*self._so_far.notes, Note("stopped")))

    def _take(self, progress: Progress) -> None:
        self._plan.reach(progress)
        self._so_far = progress.answer or self._so_far
        if self._stream:
            self._stream.add(self._plan.news(), self._new_text(self._so_far))

    def _has_news(self) -> bool:
        if self._stream is None:
            return self._may_stream
        return self._stream.is_open and bool(self._stream.waiting)

    def _show_news(self) -> None:
        if self._stream:
            self._with.streaming.flush(self._stream)
            self._with.failpoint("after-append")
        else:
            self._may_stream = False
            if self._with.streaming.may_start():
                self._start()

    def _start(self) -> None:
        """The database knows of it before Slack does: whatever dies, the message is found again."""
        id, text = self._kept.request.id, self._new_text(self._so_far)
        chunks = [*self._plan.begin(), *([{"type": "markdown_text", "text": text}] if text else [])]
        self._with.intake.note_stream(id, "")
        self._ends_by_itself = False
        self._wait_for_status()
        try:
            self._stream = self._with.streaming.start(self._request, chunks)
        except NotStarted as error:
            _log.info("not_streamed", id=id, error=str(error))
            self._with.intake.note_stream(id, None)
            self._ends_by_itself = True
            return
        except OutcomeUnknown as error:
            _log.warning("stream_unknown", id=id, error=str(error))
            return
        self._with.failpoint("after-stream-start")
        self._stream.length = len(text)
        self._with.intake.note_stream(id, self._stream.ts)
        self._with.failpoint("during-stream")

    def _new_text(self, answer: Answer | None) -> str:
        """The sentences that are not shown yet, as Markdown without links."""
        if answer is None or answer.statements[: len(self._shown)] != self._shown:
            return ""
        all = (None, *answer.statements)
        pairs = list(pairwise(all))[len(self._shown) :]
        self._shown = answer.statements
        return "".join(_sentence(new, before) for before, new in pairs if new is not None)

    # -- at the end -----------------------------------------------------------------------------------------------

    def close(self, answer: Answer, shown: Shown) -> str | None:
        """End the streamed message so that it says this answer; its timestamp, or None where it cannot."""
        stream = self._stream
        if stream is None or not self._is_told(answer):
            return None
        closing = closing_parts(answer, shown, self._strings)
        if len(closing) > 1:
            return None
        stream.add(self._plan.end(), self._new_text(answer))
        done = self._with.streaming.finish(stream, closing[0].blocks, mark(self._kept.request, 0))
        self._ends_by_itself = done
        self._with.failpoint("after-stream-stop")
        return stream.ts if done else None

    def _is_told(self, answer: Answer) -> bool:
        """Whether what is shown begins the answer as it is in the end."""
        can_grow = all(each.shape.form in ("prose", "item", "step") for each in answer.statements)
        begun = answer.statements[: len(self._shown)] == self._shown
        return answer.composer == "model" and answer.answered and can_grow and begun

    def before_post(self) -> None:
        """A status set after our message would stay for two minutes."""
        self._wait_for_status()

    def end(self, *, is_posted: bool) -> None:
        """Nothing is being done any more. `is_posted`: our reply is there."""
        if self._status and not (is_posted and self._ends_by_itself):
            self._show_status("")

    def _wait_for_status(self) -> None:
        if self._status:
            wait([self._status], timeout=5)


def thread_title(question: str) -> str:
    """The question's beginning, as a line of at most 60 characters."""
    line = " ".join(question.split())
    if len(line) <= LONGEST_TITLE:
        return line
    cut = line.rfind(" ", LONGEST_TITLE // 2, LONGEST_TITLE)
    return f"{line[: cut if cut > 0 else LONGEST_TITLE - 1]}…"


def _sentence(statement: Statement, before: Statement | None) -> str:
    """As it follows `before` in a streamed text. A table or code comes with the final message: they cannot grow."""
    shape = statement.shape
    if shape.form == "code":
        return ""
    numbers = dict.fromkeys(citation.n for citation in statement.citations)
    said = markdown(statement.text) + "".join(f" [{n}]" for n in numbers)
    is_prose, was_prose = shape.form == "prose", before is None or before.shape.form == "prose"
    between = "" if before is None else "\n\n" if is_prose != was_prose else " " if is_prose else "\n"
    if is_prose:
        return between + said
    if shape.continues:
        return f" {said}"
    mark = f"{shape.number}." if shape.form == "step" else "-"
    return between + "    " * shape.level + f"{mark} {said}"
