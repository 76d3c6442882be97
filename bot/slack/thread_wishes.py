"""Whether somebody tells us to be quiet in a thread, or to speak again: a short imperative, never part of a question."""

from __future__ import annotations

import re
from typing import Literal

ThreadWish = Literal["stop", "start"]

_LEAD = r"(?:(?:please|ok(?:ay)?|thanks|thank you|footnote|you can|now|por favor|vale|gracias|ya|puedes)[,;:.!]*\s+)*"
_TAIL = r"(?:[,;]?\s+(?:please|thanks|thank you|now|again|any ?more|por favor|gracias|ya|m[aá]s|otra vez|de nuevo))*"
_HERE = r"(?:\s+(?:here|in (?:this|the) thread|to (?:this|the) thread|aqu[ií]|en (?:este|el) hilo))?"
_SPEAKING = r"(?:replying|answering|responding|talking|commenting)"
_SPEAK = r"(?:reply|answer|respond)"
_HABLAR = r"(?:responder|contestar|hablar)"

_STOP = (
    rf"(?:stop|quit) {_SPEAKING}",
    rf"(?:do not|don[’']?t) {_SPEAK}",
    rf"(?:deja|dejad|para|parad) de {_HABLAR}",
    r"no (?:respondas|contestes|respondáis|contestéis)",
)
_START = (
    rf"(?:start|resume|keep|continue) {_SPEAKING}",
    rf"{_SPEAK} again",
    rf"{_SPEAK}(?= (?:here|in (?:this|the) thread) again)",
    rf"(?:vuelve|volved|empieza|empezad) a {_HABLAR}",
    r"(?:sigue|seguid) (?:respondiendo|contestando)",
    r"(?:responde|contesta) (?:otra vez|de nuevo)",
    r"(?:responde|contesta)(?= aqu[ií] (?:otra vez|de nuevo))",
)


def _wish(imperatives: tuple[str, ...]) -> re.Pattern[str]:
    """One of the imperatives, where it may stand ("here"), and courtesies around it: nothing else."""
    return re.compile(rf"{_LEAD}(?:{'|'.join(imperatives)})(?:\s+(?:any ?more|m[aá]s))?{_HERE}{_TAIL}[\s.!]*", re.I)


_WISHES: dict[ThreadWish, re.Pattern[str]] = {"stop": _wish(_STOP), "start": _wish(_START)}


def thread_wish(text: str) -> ThreadWish | None:
    """What `text`, without our mention, tells us to do in its thread; None for anything else."""
    words = " ".join(text.split())
    return next((wish for wish, pattern in _WISHES.items() if pattern.fullmatch(words)), None)
