"""Readers of the evaluation folders: questions with their documents, claims with a human judgement.

Shapes differ from set to set, so a reader takes what is there: `docs` may hold texts, or mappings with `text` or
`sentences`; `answerable` may be missing, then the label, the answerability or the answers tell.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SUPPORTED = frozenset(
    "supported supports support fully_supported entailment entailed entails consistent faithful factual correct true 1".split()
)
_REFUTED = frozenset(
    """not_supported unsupported refuted refutes contradiction contradicted neutral not_entailed inconsistent unfaithful
    hallucinated incorrect partially_supported partial not_enough_info no false 0""".split()
)
_ANSWERABLE = frozenset("answerable yes true 1 partial partially_answerable conversational".split())
_UNANSWERABLE = frozenset("unanswerable no false 0 not_answerable impossible".split())


@dataclass(frozen=True, slots=True)
class SourceText:
    """A document of a set."""

    id: str
    title: str
    text: str
    sentences: tuple[str, ...] = ()
    """As the set cut it; empty where it did not."""
    published: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One question or claim of a set."""

    id: str
    question: str
    docs: tuple[SourceText, ...]
    answers: tuple[str, ...] = ()
    answerable: bool | None = None
    """None where people found it half true, or nobody said."""
    claim: str | None = None
    supported: bool | None = None
    label: str = ""
    gold_sentences: tuple[frozenset[int], ...] = ()
    """Sets of indexes into the first document's `sentences`; any one of them would do."""
    history: tuple[tuple[str, str], ...] = ()
    """Earlier turns as (question, answer)."""
    rewrite: str | None = None
    """The question made to stand alone by people."""


def question_files(folder: Path) -> list[Path]:
    """The question files of a set: `qa.jsonl`, else every `qa*.jsonl`; raises FileNotFoundError for neither."""
    if folder.is_file():
        return [folder]
    files = [folder / "qa.jsonl"] if (folder / "qa.jsonl").is_file() else sorted(folder.glob("qa*.jsonl"))
    if not files:
        raise FileNotFoundError(f"{folder} holds no qa*.jsonl.")
    return files


def items(folder: Path, limit: int | None = None) -> list[Item]:
    """The items of a set in order; a `limit` takes them evenly over the whole, so that a sample holds every kind."""
    found = [item(row) for file in question_files(folder) for row in _rows(file)]
    if limit is None or limit >= len(found):
        return found
    return [found[index * len(found) // limit] for index in range(limit)]


def corpus_texts(file: Path) -> list[SourceText]:
    """The documents of a `corpus.jsonl` that have a text."""
    docs = (_document(row, index) for index, row in enumerate(_rows(file)))
    return [doc for doc in docs if doc.text.strip()]


def _rows(file: Path) -> Iterator[Mapping[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def item(row: Mapping[str, Any]) -> Item:
    """One row of a question file."""
    claim = row.get("claim")
    question = str(row.get("question") or row.get("query") or claim or row.get("text") or "")
    label = row.get("label")
    answers = tuple(str(answer) for answer in _listed(row.get("answers", row.get("answer"))))
    supported = _judgement(label)
    docs = row.get("docs") or row.get("documents") or row.get("contexts") or row.get("passages") or row.get("context")
    return Item(
        id=str(row.get("id", row.get("_id", ""))),
        question=question,
        docs=tuple(_document(doc, index) for index, doc in enumerate(_listed(docs))),
        answers=answers,
        answerable=_answerable(row, answers, supported),
        claim=str(claim) if claim else None,
        supported=supported,
        label=str(label) if label is not None else "",
        gold_sentences=_sentence_sets(row),
        history=_history(row.get("history")),
        rewrite=row.get("published_rewrite") or row.get("manual_rewrite") or row.get("rewrite"),
    )


def _listed(value: Any) -> Sequence[Any]:
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)


def _document(doc: Any, index: int) -> SourceText:
    if not isinstance(doc, Mapping):
        return SourceText(str(index), "", str(doc))
    sentences = tuple(str(sentence) for sentence in doc.get("sentences") or ())
    text = doc.get("text") or doc.get("body") or doc.get("content") or " ".join(sentences)
    identity = doc.get("id", doc.get("_id", doc.get("doc_id", index)))
    published = doc.get("published") or doc.get("date")
    return SourceText(
        str(identity), str(doc.get("title") or ""), str(text), sentences, str(published) if published else None
    )


def _judgement(label: Any) -> bool | None:
    if isinstance(label, bool) or label is None:
        return label
    if isinstance(label, (int, float)):
        return float(label) >= 1.0
    name = str(label).strip().lower().replace(" ", "_").replace("-", "_")
    if name in _SUPPORTED:
        return True
    return False if name in _REFUTED else None


def _answerable(row: Mapping[str, Any], answers: Sequence[str], supported: bool | None) -> bool | None:
    if "answerable" in row:
        return _named(row["answerable"])
    if "is_impossible" in row:
        return not row["is_impossible"]
    if "answerability" in row:
        return _named(row["answerability"])
    if row.get("label") is not None:
        return supported
    return bool(answers)


def _named(value: Any) -> bool | None:
    if isinstance(value, bool) or value is None:
        return value
    name = str(value).strip().lower()
    if name in _ANSWERABLE:
        return True
    return False if name in _UNANSWERABLE else None


def _sentence_sets(row: Mapping[str, Any]) -> tuple[frozenset[int], ...]:
    sets = row.get("gold_sentence_idx") or row.get("supporting_sentence_sets") or row.get("supporting_sentences") or ()
    if sets and all(isinstance(index, int) for index in sets):
        return (frozenset(sets),)
    return tuple(frozenset(int(index) for index in one) for one in sets if one)


def _history(turns: Any) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for turn in _listed(turns):
        if isinstance(turn, str):
            found.append((turn, ""))
        elif isinstance(turn, Mapping) and str(turn.get("role", "user")).lower() in ("user", "human"):
            found.append(
                (
                    str(turn.get("text") or turn.get("content") or turn.get("question") or ""),
                    str(turn.get("answer") or ""),
                )
            )
        elif isinstance(turn, Mapping) and found:
            found[-1] = (found[-1][0], str(turn.get("text") or turn.get("content") or ""))
    return tuple(found)
