"""Does a follow-up find what people judged relevant? `python -m evals.followup DIR… [--limit N] [--show]`, one line per set.

DIR is a BEIR folder whose queries carry `history` ([{role, text}]) and a person's rewrite (`manual_rewrite`,
`published_rewrite` or `rewrite`). Each conversation is asked as the bot is asked it, turn after turn, so that a question is
rewritten with the rewritten ones before it. nDCG@10 of the question as typed, rewritten here, rewritten by people, and of all
turns joined; by keywords alone (BM25) and by the search as shipped. `changed`: the share of questions that were rewritten;
`first_changed`: those of them that open a conversation, which must be 0.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.followup import standalone
from bot.values import Turn
from evals.retrieval import WEIGHTS, ingest, ndcg, read
from vectorstore.embedder import PackagedEmbedder
from vectorstore.store import KnowledgeBase
from vectorstore.values import WORKSPACE

REWRITES = ("manual_rewrite", "published_rewrite", "human_rewrite", "rewrite")


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One question of a conversation in the forms that are compared."""

    id: str
    raw: str
    rewritten: str
    human: str
    joined: str
    first: bool


def follow_ups(rows: Sequence[Mapping[str, Any]]) -> list[FollowUp]:
    """Every question, rewritten as the bot would have while the conversation went on."""
    known: dict[tuple[str, ...], str] = {}
    return [_follow_up(row, known) for row in rows]


def _follow_up(row: Mapping[str, Any], known: dict[tuple[str, ...], str]) -> FollowUp:
    history: list[Turn] = []
    said: list[str] = []
    for question, answer in _turns(row.get("history") or []):
        said.append(question)
        if tuple(said) not in known:
            known[tuple(said)] = standalone(question, history)
        history.append(Turn(known[tuple(said)], answer))
        said.append(answer)
    raw = str(row["text"])
    human = next((str(row[name]) for name in REWRITES if row.get(name)), raw)
    return FollowUp(
        str(row["_id"]), raw, standalone(raw, history), human, " ".join([*said[::2], raw]), first=not history
    )


def _turns(history: Sequence[Any]) -> list[tuple[str, str]]:
    """(question, answer) of earlier turns: strings are questions, messages say whose they are."""
    turns: list[tuple[str, str]] = []
    for message in history:
        if isinstance(message, str):
            turns.append((message, ""))
            continue
        text = str(message.get("text") or message.get("content") or message.get("question") or "")
        if str(message.get("role", "user")).lower() in ("user", "human"):
            turns.append((text, str(message.get("answer") or "")))
        elif turns:
            turns[-1] = (turns[-1][0], text)
    return turns


def measure(
    search: Callable[[str], list[str]], asked: Sequence[FollowUp], grades: Mapping[str, Mapping[str, int]]
) -> dict[str, float]:
    """Mean nDCG@10 of each form."""
    means = {}
    for form in ("raw", "rewritten", "human", "joined"):
        gains = [ndcg(search(getattr(question, form)), grades[question.id]) for question in asked]
        means[form] = round(sum(gains) / len(gains), 4)
    return means


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--limit", type=int, help="questions per set")
    parser.add_argument("--show", action="store_true", help="print every rewritten question to stderr")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        embedder = PackagedEmbedder(Path(cache))
        for folder in chosen.folders:
            judged = read(folder)
            lines = (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()
            rows = [row for line in lines if line.strip() and str((row := json.loads(line))["_id"]) in judged.queries]
            asked = follow_ups(rows)[: chosen.limit]
            if chosen.show:
                _show(asked)
            with tempfile.TemporaryDirectory() as home, KnowledgeBase(Path(home), embedder) as knowledge_base:
                documents = ingest(knowledge_base, embedder, judged.corpus)
                line = {"set": judged.name, "docs": documents, "queries": len(asked)} | _changed(asked)
                for ranking in ("bm25", "fused"):
                    line[ranking] = measure(_searcher(knowledge_base, WEIGHTS[ranking]), asked, judged.relevant)
                print(json.dumps(line), flush=True)


def _searcher(knowledge_base: KnowledgeBase, weight: float) -> Callable[[str], list[str]]:
    def search(query: str) -> list[str]:
        found = knowledge_base.search(query, (WORKSPACE,), limit=10, per_document=1, keyword_weight=weight)
        return [passage.document.location for passage in found]

    return search


def _changed(asked: Sequence[FollowUp]) -> dict[str, float]:
    changed = [question for question in asked if question.rewritten != question.raw]
    return {
        "changed": round(len(changed) / len(asked), 3),
        "first_changed": sum(question.first for question in changed),
    }


def _show(asked: Sequence[FollowUp]) -> None:
    for question in asked:
        if question.rewritten != question.raw:
            print(f"{question.raw}\n  ours:  {question.rewritten}\n  human: {question.human}", file=sys.stderr)


if __name__ == "__main__":
    main()
