"""The keyword index: tantivy's BM25 with English stemming, one folder per scope. The only file that knows its index.

Like the vector index, a copy of what SQL holds.
"""

from __future__ import annotations

import json
import math
import shutil
import struct
import threading
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tantivy import Document, Index, IndexWriter, Occur, Query, SchemaBuilder

from vectorstore.scopes import index_name
from vectorstore.words import ANALYZER_NAME, analyzer, content_stems, stems

_HEAP = 64_000_000
_MAGIC = 1337
_MAX_QUERY_WORDS = 64
"""A pasted page is searched by its first distinct words; more cost time and add nothing."""


_K1 = 1.2
"""BM25's saturation, which tantivy does not let one choose."""


class KeywordIndex:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._indexes: dict[str, Index] = {}
        self._writers: dict[str, IndexWriter] = {}
        self._lock = threading.Lock()

    def add(self, scope: str, rows: Iterable[tuple[str, str, str]], *, replace: bool = True) -> None:
        """Add (chunk id, version id, text) rows of whole versions, in place of what these versions had before.

        Without `replace`, beside it: for filling an empty index with parts of versions.
        """
        owned = list(rows)
        with self._lock:
            writer = self._writer(scope)
            for version_id in {version_id for _, version_id, _ in owned} if replace else ():
                writer.delete_documents_by_term("version", version_id)
            for chunk_id, version_id, text in owned:
                writer.add_document(Document(id=chunk_id, version=version_id, text=text))
            self._commit(scope)

    def remove_versions(self, scope: str, version_ids: Sequence[str]) -> None:
        with self._lock:
            if self._exists(scope):
                writer = self._writer(scope)
                for version_id in version_ids:
                    writer.delete_documents_by_term("version", version_id)
                self._commit(scope)

    def drop(self, scope: str) -> None:
        with self._lock:
            name = index_name(scope)
            writer = self._writers.pop(name, None)
            if writer is not None:
                writer.wait_merging_threads()
            self._indexes.pop(name, None)
            shutil.rmtree(self._folder / name, ignore_errors=True)

    def best(self, scope: str, query: str, limit: int) -> list[tuple[str, float]]:
        """(chunk id, BM25) of the chunks that hold any word of `query`, best first; stop words count only alone."""
        words = _query_words(query)
        with self._lock:
            if not words or limit < 1 or not self._exists(scope):
                return []
            index = self._open(scope)
            searcher = index.searcher()
            terms = [(Occur.Should, Query.term_query(index.schema, "text", word)) for word in words]
        hits = searcher.search(Query.boolean_query(terms), limit, count=False).hits
        return [(searcher.doc(address)["id"][0], float(score)) for score, address in hits]

    def worths(self, scope: str, query: str) -> dict[str, float]:
        """The BM25 that each word of `query` can bring a chunk of the scope at most: the rarer, the more.

        So no chunk can exceed their sum: every word of `query`, as often as one likes.
        """
        with self._lock:
            if not self._exists(scope):
                return {}
            searcher = self._open(scope).searcher()
            total = searcher.num_docs
            counts = {word: searcher.doc_freq("text", word) for word in _query_words(query)}
        return {word: (_K1 + 1) * math.log(1 + (total - n + 0.5) / (n + 0.5)) for word, n in counts.items()}

    def count(self, scope: str) -> int:
        with self._lock:
            return self._open(scope).searcher().num_docs if self._exists(scope) else 0

    def is_sound(self, scope: str) -> bool:
        """Whether the files of the scope's index have the checksums that tantivy wrote at their ends."""
        folder = self._folder / index_name(scope)
        try:
            segments = json.loads((folder / "meta.json").read_bytes())["segments"]
            in_use = {one["segment_id"].replace("-", "") for one in segments}
            return all(_checksum_holds(path) for path in folder.iterdir() if path.name[:32] in in_use)
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def close(self) -> None:
        with self._lock:
            for writer in self._writers.values():
                writer.wait_merging_threads()
            self._writers.clear()
            self._indexes.clear()

    def _commit(self, scope: str) -> None:
        self._writer(scope).commit()
        self._open(scope).reload()

    def _writer(self, scope: str) -> IndexWriter:
        name = index_name(scope)
        if name not in self._writers:
            self._writers[name] = self._open(scope).writer(_HEAP, 1)
        return self._writers[name]

    def _exists(self, scope: str) -> bool:
        name = index_name(scope)
        return name in self._indexes or (self._folder / name / "meta.json").is_file()

    def _open(self, scope: str) -> Index:
        name = index_name(scope)
        if name not in self._indexes:
            folder = self._folder / name
            folder.mkdir(parents=True, exist_ok=True)
            schema = SchemaBuilder()
            schema.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
            schema.add_text_field("version", tokenizer_name="raw", index_option="basic")
            schema.add_text_field("text", tokenizer_name=ANALYZER_NAME, index_option="freq")
            index = Index(schema.build(), path=str(folder), reuse=True)
            index.register_tokenizer(ANALYZER_NAME, analyzer())
            self._indexes[name] = index
        return self._indexes[name]


def _checksum_holds(path: Path) -> bool:
    """A file ends with a JSON footer that holds the CRC-32 of what is before it, the footer's length and a magic number."""
    data = path.read_bytes()
    length, magic = struct.unpack("<II", data[-8:]) if len(data) > 8 else (0, 0)
    footer: dict[str, Any] = json.loads(data[-8 - length : -8] or b"{}")
    return bool(magic == _MAGIC and footer["crc"] == zlib.crc32(data[: -8 - length]))


def _query_words(query: str) -> list[str]:
    return list(dict.fromkeys(content_stems(query) or stems(query)))[:_MAX_QUERY_WORDS]
