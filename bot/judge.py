"""A model as judge behind the gate: what the gate lets through is shown only if the judge says yes as well.

It can only take away. A judge that fails, hesitates or says anything but yes counts as no.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from dataclasses import replace

from bot.chat_model import ChatModel, ModelFailed
from bot.gate import Verdict
from bot.prompt import Prompt, as_data, section
from bot.usage import Usage
from bot.values import Note
from bot.verbatim import LEFT_OUT
from vectorstore.values import Version

logger = logging.getLogger(__name__)

Gate = Callable[[str, str, Version], Verdict]

JUDGE_S = 10.0
"""Seconds for one verdict."""
_YES = re.compile(r"\W*yes\b", re.IGNORECASE)
_NO = re.compile(r"\W*no\b", re.IGNORECASE)


class Judge:
    """`gate`, and after it the model `model` of the same meaning as in `bot.chat_model.ChatModel`, which says what it raises."""

    def __init__(
        self,
        gate: Gate,
        model: str,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        seconds: float = JUDGE_S,
    ) -> None:
        self._gate = gate
        self._chat = ChatModel(
            model,
            base_url=base_url,
            api_key=api_key,
            first_token_s=seconds,
            total_s=seconds,
            max_output_tokens=8,
            setting="ANSWER_JUDGE",
        )

    def __call__(self, sentence: str, quote: str, version: Version) -> Verdict:
        verdict = self._gate(sentence, quote, version)
        if not verdict.supported or verdict.score >= _VERBATIM:
            return verdict
        started = time.perf_counter()
        shown = quote if LEFT_OUT in quote else version.text[verdict.start : verdict.end]
        said, usage = self._ask(sentence, shown, version.title)
        logger.info("The judge said %s in %.1f s (version %s)", said, time.perf_counter() - started, version.id)
        if said == "yes":
            return replace(verdict, judged=said, usage=usage)
        return replace(verdict, supported=False, reason=Note(_REASONS[said]), judged=said, usage=usage)

    def _ask(self, sentence: str, quote: str, title: str) -> tuple[str, Usage]:
        data = f"Title: {as_data(title)}\nQuote: {as_data(quote)}\nSentence: {as_data(sentence)}\nAnswer:"
        reply = self._chat.reply(Prompt(section("Judge"), data))
        try:
            said = "".join(reply)
        except ModelFailed as failed:
            logger.warning("The judge failed: %s (%s)", failed.reason, failed.cause)
            return "nothing", reply.usage
        return _understood(said), reply.usage


def _understood(said: str) -> str:
    if not said.strip():
        return "nothing"
    return "yes" if _YES.match(said) else "no" if _NO.match(said) else "neither"


_VERBATIM = 1.0
"""The gate's score of a sentence of the source itself: there is nothing to judge."""
_REASONS = {
    "no": "model_judge_said_no",
    "neither": "model_judge_unclear",
    "nothing": "model_judge_silent",
}
