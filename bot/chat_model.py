"""A chat model, streamed, with deadlines that hold whatever the other end does. The only file that knows LangChain's models.

A request runs on an event loop of its own, where cancelling really closes the connection; its pieces come to the calling
thread through a queue that is read with a time limit. So a server that hangs, stalls or drips costs neither a thread nor
more time than it was given.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import random
import re
import threading
import time
from collections.abc import Generator
from functools import cache
from typing import Any

from bot.prompt import Prompt
from bot.usage import Usage
from vectorstore.providers import why_not

ATTEMPTS = 3
RETRY_PAUSE_S = (0.2, 1.0)
"""Before the second attempt, drawn at random so that many bots do not return together; twice that before the third."""
CHARACTERS_PER_TOKEN = 4
"""A rule of thumb for English, for caps and where the provider does not count."""

_END = object()


class ModelNotConfigured(ValueError):
    """The setting names a model that cannot be used; the message says what to do about it."""


class ModelFailed(Exception):
    """The reply did not come, or not whole.

    reason: the key of a `bot.values.Note` for people. again: whether asking once more may help, and after how many seconds the
    provider wants to hear from us (`after_s`). cause: a word for the log.
    """

    def __init__(self, reason: str, *, again: bool = False, after_s: float = 0, cause: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.again = again
        self.after_s = after_s
        self.cause = cause


class ChatModel:
    """The model `name` ("provider:name", as LangChain's `init_chat_model` takes it).

    first_token_s: seconds to the first word of an attempt. total_s: seconds for a reply, its further attempts included.
    max_output_tokens: asked of the provider, and enforced here by length.
    setting: the environment variable that names the model, for what is said of it.
    Raises ModelNotConfigured when LangChain cannot make the model (unknown name, missing package or key).
    """

    def __init__(
        self,
        name: str,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        temperature: float | None = 0,
        first_token_s: float = 15,
        total_s: float = 45,
        max_output_tokens: int = 700,
        setting: str = "ANSWER_MODEL",
    ) -> None:
        self.first_token_s = first_token_s
        self.total_s = total_s
        self.max_length = 2 * CHARACTERS_PER_TOKEN * max_output_tokens
        options = _options(name.partition(":")[0], base_url, api_key, total_s, max_output_tokens)
        if temperature is not None:
            options["temperature"] = temperature
        self._chat = _made(setting, name, options)

    def reply(self, prompt: Prompt, total_s: float | None = None) -> Reply:
        """`total_s`: less than the model's own, for a short reply."""
        return Reply(self._chat, prompt, self.first_token_s, total_s or self.total_s, self.max_length)


class Reply:
    """Iterates once over the text of a reply as it comes. Raises ModelFailed when it fails, stalls or is cut off.

    A reply that fails before its first word is asked for again if that may help, at most twice.
    """

    def __init__(self, chat: Any, prompt: Prompt, first_token_s: float, total_s: float, max_length: int) -> None:
        self._chat = chat
        self._prompt = prompt
        self._first_token_s = first_token_s
        self._started = time.monotonic()
        self._deadline = self._started + total_s
        self._max_length = max_length
        self._written = 0
        self._attempts: list[_Attempt] = []

    def __iter__(self) -> Generator[str]:
        while True:
            attempt = _Attempt(self._chat, self._prompt, self._first_token_s, self._deadline, self._max_length)
            self._attempts.append(attempt)
            try:
                with contextlib.closing(iter(attempt)) as pieces:
                    for piece in pieces:
                        self._written += len(piece)
                        yield piece
            except ModelFailed as failed:
                if not failed.again or not self._may_ask_again(failed.after_s):
                    raise
            else:
                return

    @property
    def usage(self) -> Usage:
        """What it cost so far."""
        counted = [attempt.tokens for attempt in self._attempts if attempt.tokens]
        tokens_in, tokens_out = map(sum, zip(*counted, strict=True)) if counted else self._estimated()
        return Usage(tokens_in, tokens_out, bool(counted), len(self._attempts), time.monotonic() - self._started)

    def _may_ask_again(self, after_s: float) -> bool:
        pause = max(after_s, random.SystemRandom().uniform(*RETRY_PAUSE_S) * len(self._attempts))
        if self._written or len(self._attempts) >= ATTEMPTS or time.monotonic() + pause >= self._deadline:
            return False
        time.sleep(pause)
        return True

    def _estimated(self) -> tuple[int, int]:
        sent = len(self._prompt.instructions) + len(self._prompt.data)
        return sent // CHARACTERS_PER_TOKEN, self._written // CHARACTERS_PER_TOKEN


class _Attempt:
    """One request. `deadline` is on the clock of `time.monotonic`."""

    def __init__(self, chat: Any, prompt: Prompt, first_token_s: float, deadline: float, max_length: int) -> None:
        self._chat = chat
        self._messages = _messages(prompt)
        self._first_token_s = first_token_s
        self._deadline = deadline
        self._max_length = max_length
        self._finish_reason = ""
        self.tokens: tuple[int, int] | None = None
        """Tokens in and out, where the provider counts them."""

    def __iter__(self) -> Generator[str]:
        chunks: queue.SimpleQueue[Any] = queue.SimpleQueue()
        running = asyncio.run_coroutine_threadsafe(self._pump(chunks), _loop())
        limit = min(time.monotonic() + self._first_token_s, self._deadline)
        written = 0
        try:
            while (chunk := _next(chunks, limit)) is not _END:
                self._note(chunk)
                if text := str(chunk.text):
                    limit = self._deadline
                    written += len(text)
                    yield text
        finally:
            running.cancel()
        if written > self._max_length or self._finish_reason in ("length", "max_tokens", "MAX_TOKENS"):
            raise ModelFailed("model_cut_off", cause="length")
        if written and not self._finish_reason:
            raise ModelFailed("model_broke_off", cause="no finish reason")

    async def _pump(self, chunks: queue.SimpleQueue[Any]) -> None:
        from langsmith import tracing_context

        written = 0
        try:
            # Whatever the environment says, no question and no document goes to a tracing service.
            with tracing_context(enabled=False):
                async with contextlib.aclosing(self._chat.astream(self._messages)) as stream:
                    async for chunk in stream:
                        chunks.put(chunk)
                        written += len(str(chunk.text))
                        if written > self._max_length:
                            break
        except Exception as error:  # every provider has errors of its own, and none of them may reach a reader
            chunks.put(_failure(error))
        else:
            chunks.put(_END)

    def _note(self, chunk: Any) -> None:
        if chunk.usage_metadata:
            tokens_in, tokens_out = self.tokens or (0, 0)
            counts = chunk.usage_metadata
            self.tokens = max(tokens_in, counts["input_tokens"]), max(tokens_out, counts["output_tokens"])
        for name in ("finish_reason", "stop_reason", "done_reason", "status"):
            self._finish_reason = chunk.response_metadata.get(name) or self._finish_reason


def _made(setting: str, name: str, options: dict[str, Any]) -> Any:
    from langchain.chat_models import init_chat_model

    provider, _, model = name.partition(":")
    if not provider.strip() or not model.strip():
        raise ModelNotConfigured(f"{setting}={name} names no model. It is provider:name, such as openai:gpt-5-mini.")
    try:
        return init_chat_model(name, **options)
    except Exception as error:  # missing packages and keys are errors of as many kinds as there are providers
        raise ModelNotConfigured(why_not(setting, name, error)) from error


def _options(
    provider: str, base_url: str | None, api_key: str | None, total_s: float, max_output_tokens: int
) -> dict[str, Any]:
    if provider == "ollama":
        options: dict[str, Any] = {"num_predict": max_output_tokens, "client_kwargs": {"timeout": total_s}}
    else:
        options = {"max_tokens": max_output_tokens, "timeout": total_s, "max_retries": 0}
    if provider == "openai" and base_url and not api_key:
        api_key = "none"  # local servers want no key, and the one in the environment is not meant for them
    return options | {name: value for name, value in (("base_url", base_url), ("api_key", api_key)) if value}


def _messages(prompt: Prompt) -> list[tuple[str, str]]:
    """Role and text; LangChain takes them as they are, without looking for variables in them."""
    instructions = [("system", prompt.instructions)] if prompt.instructions else []
    return [*instructions, ("human", prompt.data)]


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """One loop in one thread for the life of the process: providers' clients keep connections that belong to a loop."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="footnote-model", daemon=True).start()
    return loop


def _next(chunks: queue.SimpleQueue[Any], limit: float) -> Any:
    try:
        chunk = chunks.get(timeout=max(limit - time.monotonic(), 0))
    except queue.Empty:
        raise ModelFailed("model_slow", cause="deadline") from None
    if isinstance(chunk, ModelFailed):
        raise chunk
    return chunk


_BY_STATUS = {
    401: "model_key_refused",
    403: "model_key_refused",
    404: "model_unknown",
    429: "model_busy",
}


def _failure(error: Exception) -> ModelFailed:
    """What happened; told by the HTTP status where there is one and by LangChain's classes where not."""
    from langchain_core.exceptions import ContextOverflowError, ModelConnectionError, ModelTimeoutError

    cause = type(error).__name__
    status = getattr(error, "status_code", None) or 0
    if isinstance(error, ContextOverflowError):
        return ModelFailed("model_overfull", cause=cause)
    if isinstance(error, ModelTimeoutError):
        return ModelFailed("model_slow", cause=cause)
    if isinstance(error, ModelConnectionError) or _of_the_network(error):
        return ModelFailed("model_unreachable", again=True, cause=cause)
    if status >= 500:
        return ModelFailed("model_faulty", again=True, after_s=_wait(error), cause=f"{cause} {status}")
    if status >= 400:
        reason = _BY_STATUS.get(status, "model_refused")
        return ModelFailed(reason, again=status == 429, after_s=_wait(error), cause=f"{cause} {status}")
    return ModelFailed("model_unreadable", cause=cause)


def _wait(error: Exception) -> float:
    """Seconds of a Retry-After header; 0 where there is none, or a date."""
    headers = getattr(getattr(error, "response", None), "headers", {})
    after = str(headers.get("retry-after", ""))
    return float(after) if re.fullmatch(r"\d{1,6}(\.\d{1,3})?", after) else 0.0


def _of_the_network(error: Exception) -> bool:
    import httpx

    return isinstance(error, httpx.TransportError | OSError)
