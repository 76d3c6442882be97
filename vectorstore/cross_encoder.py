"""A cross-encoder on this machine: a folder with the `model.onnx` and `tokenizer.json` of a model, as the hub has them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from vectorstore.embedder import batches_by_length
from vectorstore.errors import RerankerUnavailable
from vectorstore.words import encodable

SECONDS = 2.0
_MAX_TOKENS = 512
"""Of question and passage together."""
_TOKENS_PER_BATCH = 1_024


class CrossEncoder:
    """Raises RerankerUnavailable when the folder holds no model that can be used.

    seconds: for one answer in all; looked at between batches, so one batch more at the most.
    """

    def __init__(self, folder: Path, *, seconds: float = SECONDS) -> None:
        self.name = f"onnx:{folder.name}"
        self._seconds = seconds
        model = next((path for path in (folder / "model.onnx", folder / "onnx" / "model.onnx") if path.is_file()), None)
        if model is None or not (folder / "tokenizer.json").is_file():
            raise RerankerUnavailable(f"RERANKER_MODEL: {folder} holds no model.onnx with its tokenizer.json.")
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._tokenizer.enable_truncation(_MAX_TOKENS)
            self._tokenizer.no_padding()
            self._session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
            self._inputs = {one.name for one in self._session.get_inputs()}
            self.relevance("Is it there?", ["It is."])
        except RerankerUnavailable:
            raise
        except Exception as error:  # both libraries raise their own, of many kinds
            raise RerankerUnavailable(
                f"RERANKER_MODEL: the model in {folder} cannot be used ({type(error).__name__})."
            ) from error

    def relevance(self, query: str, texts: Sequence[str]) -> list[float]:
        deadline = time.monotonic() + self._seconds
        pairs = self._tokenizer.encode_batch([(encodable(query), encodable(text)) for text in texts])
        values = np.zeros(len(texts), np.float32)
        for batch in batches_by_length([pair.ids for pair in pairs], _TOKENS_PER_BATCH):
            if time.monotonic() > deadline:
                raise RerankerUnavailable(f"The reranker {self.name} needs more than {self._seconds:g} seconds.")
            shape = len(batch), max(len(pairs[index].ids) for index in batch)
            given = {name: np.zeros(shape, np.int64) for name in ("input_ids", "attention_mask", "token_type_ids")}
            for row, index in enumerate(batch):
                length = len(pairs[index].ids)
                given["input_ids"][row, :length] = pairs[index].ids
                given["attention_mask"][row, :length] = 1
                given["token_type_ids"][row, :length] = pairs[index].type_ids
            (logits, *_) = self._session.run(None, {name: given[name] for name in self._inputs})
            if logits.size != len(batch) or not np.isfinite(logits).all():
                raise RerankerUnavailable(f"The reranker {self.name} does not give one number for each passage.")
            values[batch] = logits.reshape(-1)
        return [float(value) for value in values]
