"""What is sent to a model: the text of `prompt.md`, and the question and its sources as data beside it.

Nothing here is a template: documents and questions are put in as values, so braces and percent signs in them mean nothing.
A document cannot forge the frame around it: it is set on one line and every `<source` in it is defused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from bot.plaintext import without_invisible
from bot.values import Turn
from vectorstore.values import Passage

_FRAME = re.compile(r"<(?=\s*/?\s*(?:source|question|conversation))", re.IGNORECASE)
_ADDRESS = re.compile(r"\b(?:[a-z][a-z0-9+.-]{0,30}://|www\.)\S+", re.IGNORECASE)
_HIDDEN_ADDRESS = "[link]"

HISTORY_TURNS = 4
HISTORY_ANSWER_LENGTH = 800
"""Code points of each earlier answer that a rewrite is shown."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One request. Source number n is `passages[n - 1]`."""

    instructions: str
    data: str
    passages: tuple[Passage, ...] = ()


def answer_prompt(question: str, passages: Sequence[Passage], max_length: int) -> Prompt:
    """As many passages, best first, as fit into `max_length` code points of data; at least one if there is one."""
    asked = f"<question>\n{as_data(question)}\n</question>"
    blocks: list[str] = []
    for number, passage in enumerate(passages, 1):
        block = _source(number, passage)
        if blocks and len(asked) + sum(map(len, blocks)) + len(block) > max_length:
            break
        blocks.append(block)
    data = "\n\n".join([*blocks, asked])
    return Prompt(section("Answer"), data, tuple(passages[: len(blocks)]))


def rewrite_prompt(question: str, history: Sequence[Turn]) -> str:
    """The instructions and the last turns, as one text."""
    lines = [section("Rewrite"), "", "<conversation>"]
    for turn in history[-HISTORY_TURNS:]:
        lines.append(f"Question: {as_data(turn.question)}")
        if turn.answer:
            lines.append(f"Answer: {as_data(turn.answer)[:HISTORY_ANSWER_LENGTH]}")
    lines += ["</conversation>", "", f"Last question: {as_data(question)}", "Rewritten question:"]
    return "\n".join(lines)


def as_data(text: str) -> str:
    """`text` on one line, without addresses, unable to close the frame it is put in."""
    one_line = " ".join(without_invisible(text).split())
    return _FRAME.sub("‹", _ADDRESS.sub(_HIDDEN_ADDRESS, one_line))


@cache
def section(name: str) -> str:
    """The text under the heading `# name` of prompt.md."""
    whole = files("bot").joinpath("prompt.md").read_text(encoding="utf-8")
    parts = re.split(r"^# (.+)\n", whole, flags=re.MULTILINE)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    return sections[name].strip()


def _source(number: int, passage: Passage) -> str:
    version = passage.version
    facts = {
        "title": version.title,
        "publisher": version.publisher,
        "author": version.author,
        "published": version.published.isoformat() if version.published else None,
        "section": passage.chunk.heading,
    }
    lines = [f'<source number="{number}">']
    lines += [f"{name}: {as_data(value)}" for name, value in facts.items() if value]
    lines += [f"text: {as_data(passage.text)}", "</source>"]
    return "\n".join(lines)
