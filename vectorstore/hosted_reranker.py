"""Rerankers of other providers and of own servers, by the interface that most of them share.

`POST …/rerank {model, query, documents}` is answered with `{results: [{index, relevance_score}]}` by Cohere, Jina, vLLM,
llama.cpp, OpenVINO and others; Voyage and Hugging Face's text-embeddings-inference name things differently.
"""

from __future__ import annotations

import json
import math
import os
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass
from typing import Any

import httpx

from vectorstore.errors import RerankerUnavailable

SECONDS = 2.0
PAUSE_S = 30.0
"""So long a service that failed is not asked again: nobody waits for it meanwhile."""
_LARGEST_REPLY = 1_000_000
"""Bytes."""
_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class _Service:
    address: str = ""
    """Up to `/rerank`; empty where the operator must give it."""
    key: str = ""
    """The environment variable that its own documentation names."""
    documents: str = "documents"
    results: str = "results"
    """Where in the reply the results are; empty when the reply is the list."""
    relevance: str = "relevance_score"


_SERVICES = {
    "cohere": _Service("https://api.cohere.com/v2", "COHERE_API_KEY"),
    "jina": _Service("https://api.jina.ai/v1", "JINA_API_KEY"),
    "voyage": _Service("https://api.voyageai.com/v1", "VOYAGE_API_KEY", results="data"),
    "tei": _Service(documents="texts", results="", relevance="score"),
}


class HostedReranker:
    """`model`: `provider:name`; a provider that is not known by name wants `base_url`, the address up to `/rerank`.

    seconds: for one answer in all, whatever the other end does.
    Raises RerankerUnavailable when it cannot be asked at all: no address, no key.
    """

    def __init__(
        self,
        model: str,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        seconds: float = SECONDS,
        pause_s: float = PAUSE_S,
    ) -> None:
        provider, _, self._model = model.partition(":")
        self.name = model
        self._service = _SERVICES.get(provider, _Service())
        address = base_url or self._service.address
        if not address:
            known = ", ".join(sorted(name for name, service in _SERVICES.items() if service.address))
            raise RerankerUnavailable(
                f"RERANKER_MODEL={model} needs RERANKER_BASE_URL, its server's address up to /rerank. Known without: {known}."
            )
        key = api_key or (os.environ.get(self._service.key) if self._service.key else None)
        if not key and not base_url:
            raise RerankerUnavailable(f"RERANKER_MODEL={model} needs RERANKER_API_KEY or {self._service.key}.")
        self._address = f"{address.rstrip('/')}/rerank"
        self._seconds = seconds
        self._pause_s = pause_s
        self._client = httpx.Client(timeout=seconds, headers={"Authorization": f"Bearer {key}"} if key else {})
        self._callers = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="rerank")
        self._lock = threading.Lock()
        self._silent_until = 0.0

    def relevance(self, query: str, texts: Sequence[str]) -> list[float]:
        with self._lock:
            if time.monotonic() < self._silent_until:
                raise RerankerUnavailable(f"The reranker {self.name} failed a moment ago and is not asked for a while.")
        try:
            return self._callers.submit(self._ask, query, list(texts)).result(self._seconds)
        except Late:
            raise self._failed(f"did not answer within {self._seconds:g} seconds") from None
        except httpx.HTTPError as error:
            raise self._failed(f"cannot be asked ({type(error).__name__})") from error
        except _Wrong as error:
            raise self._failed(str(error)) from error

    def close(self) -> None:
        self._callers.shutdown(wait=False, cancel_futures=True)
        self._client.close()

    def _failed(self, what: str) -> RerankerUnavailable:
        with self._lock:
            self._silent_until = time.monotonic() + self._pause_s
        return RerankerUnavailable(f"The reranker {self.name} {what}.")

    def _ask(self, query: str, texts: list[str]) -> list[float]:
        asked: dict[str, Any] = {"model": self._model, "query": query, self._service.documents: texts}
        if self._service.documents == "texts":
            asked["truncate"] = True
        deadline = time.monotonic() + self._seconds
        body = bytearray()
        with self._client.stream("POST", self._address, json=asked) as reply:
            if reply.status_code != httpx.codes.OK:
                raise _Wrong(f"answered with status {reply.status_code}")
            for piece in reply.iter_bytes():
                body += piece
                if len(body) > _LARGEST_REPLY or time.monotonic() > deadline:
                    raise _Wrong("answered with too much, or too slowly")
        return self._understood(bytes(body), len(texts))

    def _understood(self, body: bytes, count: int) -> list[float]:
        """Every text's number exactly once, or _Wrong: an order of some of them would hide the others."""
        try:
            said = json.loads(body)
            results = said[self._service.results] if self._service.results else said
            found = {result["index"]: result[self._service.relevance] for result in results}
        except (ValueError, KeyError, TypeError, RecursionError):
            raise _Wrong("answered with something that is not a ranking") from None
        if len(results) != count or any(type(index) is not int for index in found) or set(found) != set(range(count)):
            raise _Wrong(f"answered about other texts than the {count} it was shown")
        if not all(type(value) in (int, float) and math.isfinite(value) for value in found.values()):
            raise _Wrong("answered with something that is not a number")
        return [float(found[index]) for index in range(count)]


class _Wrong(Exception):
    """What is wrong with a reply, as the end of a sentence."""
