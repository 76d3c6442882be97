"""Which language a text is in, by py3langid (https://github.com/adbar/py3langid), where there is enough of it to tell."""

from __future__ import annotations

from functools import cache
from typing import Any

_ENOUGH = 40
"""Letters; below, names and figures decide, not language."""
_CERTAIN = 0.8
"""Share of the probability that the likeliest language must have, in [0, 1]."""
_SAMPLES = (200, 2500)
"""Characters looked at: the second only where the first do not settle it."""


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # 0.9 s to load, so only where it is used

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def language_of(text: str) -> str | None:
    """ISO 639-1, or None where it cannot be told."""
    for size in _SAMPLES:
        sample = text[:size]
        if sum(map(str.isalpha, sample)) < _ENOUGH:
            return None
        language, probability = _identifier().classify(sample)
        if probability >= _CERTAIN:
            return str(language) if len(language) == 2 else None
        if len(text) <= size:
            return None
    return None
