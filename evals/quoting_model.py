"""A language model for pictures and trials of streaming: it answers slowly with sentences of the sources it was shown.

What it writes passes the gate, because it quotes. It understands nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from evals.loopback_model import LoopbackModel, loopback_model

_SOURCE = re.compile(r'<source number="(\d+)">\n(.*?)\n</source>', re.DOTALL)
_SENTENCE = re.compile(r"[A-Z][^.!?\n]{40,200}[.!?](?=\s|$)")


@contextmanager
def quoting_model(seconds_a_word: float = 0.05, sentences: int = 5) -> Iterator[LoopbackModel]:
    with loopback_model(lambda prompt: written(prompt, sentences), seconds_a_word) as model:
        yield model


def written(prompt: str, sentences: int) -> str:
    """In the form our prompt asks for: one sentence of each source in turn, quoted whole."""
    sources = [(number, _SENTENCE.findall(text.partition("text: ")[2])) for number, text in _SOURCE.findall(prompt)]
    turns = [(number, each[turn]) for turn in range(sentences) for number, each in sources if len(each) > turn]
    lines = [f'- {sentence} [{number}] "{sentence}"' for number, sentence in turns[:sentences]]
    return "\n".join(lines) + "\n" if lines else "NONE"
