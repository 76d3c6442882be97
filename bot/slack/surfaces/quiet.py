"""Being told to be quiet in a thread, and to speak again; a mention is answered there all the same.

Anybody in the thread may: it shows nothing to anybody.
"""

from __future__ import annotations

from bot.slack.blocks import Part, actions, button
from bot.slack.conversations import Conversations
from bot.slack.durable import Step
from bot.slack.failpoints import Failpoint
from bot.slack.intake import Kept
from bot.slack.language import Strings
from bot.slack.outcome import Outcome
from bot.slack.render import text_parts
from bot.slack.replies import Replies
from bot.slack.request import Request
from bot.slack.surface import SPEAK_AGAIN
from bot.slack.voice import Voice


class Quiet:
    def __init__(self, conversations: Conversations, replies: Replies, voice: Voice, failpoint: Failpoint) -> None:
        self._conversations = conversations
        self._replies = replies
        self._voice = voice
        self._failpoint = failpoint

    def run(self, kept: Kept, step: Step, *, look: bool) -> Outcome:
        """Change it and say so once; where it was so already, say nothing more."""
        request, strings = kept.request, self._voice.of(kept.request)
        if request.is_direct or request.opens_thread:
            return self._say(kept, step, text_parts(strings("quiet.no_thread")), strings, look=look)
        quiet = request.text == "stop"
        changed = step("hush", lambda: self._hush(request, quiet=quiet))
        if not changed:
            return Outcome("nothing")
        return self._say(kept, step, _confirmation(strings, quiet=quiet), strings, look=look)

    def _hush(self, request: Request, *, quiet: bool) -> bool:
        changed = self._conversations.hush(request, request.thread_ts or "", quiet=quiet)
        self._failpoint("after-hush")
        return changed

    def _say(self, kept: Kept, step: Step, parts: list[Part], strings: Strings, *, look: bool) -> Outcome:
        ts = step("post", lambda: self._replies.deliver(kept, kept.request, parts, look=look, strings=strings))
        return Outcome("hint", ts=ts)


def _confirmation(strings: Strings, *, quiet: bool) -> list[Part]:
    [part] = text_parts(strings("quiet.stopped" if quiet else "quiet.started"))
    again = [actions(button(strings("quiet.speak_again"), SPEAK_AGAIN, "start"))] if quiet else []
    return [Part(part.text, (*part.blocks, *again))]
