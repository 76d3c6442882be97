"""Whether a message that addresses nobody asks something: told by its words, without looking anything up."""

from __future__ import annotations

import re

FEWEST_WORDS = 3

_ADDRESS = re.compile(r"\S+://\S+")
_WORD = re.compile(r"[^\W_]+")
_GREETING = (
    r"(?:and|so|but|hi|hello|hey|all|team|everyone|does any(?:one|body) know|do we know"
    r"|y|pero|hola|sabe alguien|alguien sabe)"
)
_ASKING = (
    r"(?:who|whom|whose|what|when|where|why|how|which|quién|quiénes|qué|cuándo|dónde|cómo|cuál|cuáles|cuánt[oa]s?)"
)
_OPENS = re.compile(rf"[\W_]*(?:{_GREETING}[,:!\s]+)*{_ASKING}\b", re.I)


def asks(text: str) -> bool:
    """A question mark that ends a sentence, or an opening with a question word; not the shortest remarks ("really?")."""
    words = _ADDRESS.sub(" ", text)
    if len(_WORD.findall(words)) < FEWEST_WORDS:
        return False
    return bool(re.search(r"\?(?:[\s\"'”’»)]|$)", words)) or bool(_OPENS.match(words))
