"""What turns a statement around: negation, and words that mean the opposite of each other."""

from __future__ import annotations

import re
from collections.abc import Iterable

from vectorstore.words import stems

_NEGATION = re.compile(
    r"\b(?:not|no|never|none|neither|nor|without|cannot|nobody|nothing|nowhere|unable|unsuccessful(?:ly)?|"
    r"fail(?:s|ed|ing)?(?! to address)|"
    r"refus(?:e|es|ed|ing|al)|lack(?:s|ed|ing)?|declin(?:e|es|ed) to|hardly|barely)\b|n[’']t\b",
    re.IGNORECASE,
)
_NOT_REALLY = re.compile(
    r"\b(?:not only|no longer than|no less|no fewer|no more than|not just|not merely|nothing but|no matter)\b",
    re.IGNORECASE,
)

_OPPOSITE_PAIRS = """
accept reject, accepted rejected, accept renounce, agree disagree, agree refuse, allow forbid, allow prohibit, allow
ban, permit forbid, approve reject, approve deny, confirm deny, admit deny, arrive depart, arrive leave, ascend
descend, attack defend, begin end, start end, start finish, start stop, begin cease, best worst, better worse, big
small, large small, larger smaller, largest smallest, biggest smallest, born died, birth death, bought sold, buy sell,
build demolish, build destroy, cause prevent, cheap expensive, cold hot, cold warm, colder warmer, common rare,
complete partial, conservative liberal, continue stop, create destroy, decrease increase, deep shallow, defeat
victory, lose win, lost won, loss gain, loss profit, loser winner, different same, similar different, difficult easy,
hard easy, dry wet, early late, earlier later, earliest latest, east west, eastern western, easternmost westernmost,
north south, northern southern, empty full, enter exit, enter leave, even odd, expand shrink, expand contract, export
import, fail succeed, failure success, fall rise, fell rose, fallen risen, drop rise, dropped rose, drop climb, fell
climbed, fell grew, shrank grew, shrink grow, cut raise, lower raise, lowered raised, false true, fast slow, faster
slower, fastest slowest, female male, fewer more, fewest most, first last, forward backward, free enslaved, friend
enemy, ally enemy, gain lose, good bad, guilty innocent, guilty acquitted, convicted acquitted, heavy light, high low,
higher lower, highest lowest, increase decline, increased declined, increase reduce, increased fell, rose declined,
decreased rose, inside outside, internal external, inner outer, join leave, joined left, legal illegal, less more,
least most, like dislike, love hate, long short, longer shorter, longest shortest, major minor, majority minority,
married divorced, maximum minimum, modern ancient, near far, nearest farthest, new old, newest oldest, older younger,
oldest youngest, open closed, opened closed, open shut, opening closure, oppose support, opposed supported, opponent
supporter, optimist pessimist, permanent temporary, poor rich, positive negative, possible impossible, present absent,
private public, push pull, ratified rejected, regular irregular, remember forget, remove add, rural urban, safe
dangerous, simple complex, stable unstable, strengthen weaken, strong weak, stronger weaker, strongest weakest,
superior inferior, surplus deficit, surrender resist, tall short, tighten loosen, top bottom, upper lower, useful
useless, voluntary compulsory, war peace, wide narrow, wide thin, thick thin, hire fire, hired dismissed, appointed
dismissed, appointed resigned, profit deficit, passed failed, upheld overturned, upgrade downgrade, ahead behind,
before after, above below, over under, inbound outbound, arrival departure, innocence guilt, extend shorten,
accelerate slow, delayed early, survive die, survived died, survivor victim, alive dead, active inactive, effective
ineffective, stable volatile, dominant recessive, benign malignant, acute chronic, upregulated downregulated,
upregulate downregulate, activate inhibit, activates inhibits, promote inhibit, promotes suppresses, enhance suppress,
enhance impair, enhances reduces, improve worsen, improved worsened, lift keep, lifted kept, lift impose, lifted
imposed, keep remove, kept removed, keep scrap, kept scrapped, keep end, kept ended, keep change, kept changed, keep
drop, kept dropped, remain change, remained changed, denied confirmed, rejected confirmed, reject confirm, reject
embrace, welcome criticise, welcomed criticised, welcome criticize, praise criticise, praised criticised, back oppose,
backed opposed, backed rejected, untrue true, halt resume, halted resumed, suspend resume, suspended resumed,
cancelled confirmed, postponed advanced, delay advance, exceed miss, exceeded missed, beat miss, doubled halved,
double halve, widen narrow, widened narrowed, gained lost, gains losses, surge plunge, surged plunged, soar plunge,
soared plunged, jumped slid, jumped dropped, climbed slipped, higher slower
"""


def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in _OPPOSITE_PAIRS.replace("\n", " ").split(","):
        words = pair.split()
        for one, other in (words, reversed(words)):
            found.setdefault(stems(one)[0], set()).update(stems(other))
    return {word: frozenset(others - {word}) for word, others in found.items()}


_OPPOSITES: dict[str, frozenset[str]] = {}


def opposites(word: str) -> frozenset[str]:
    """The stems that mean the opposite of the stem `word`, as far as a short list knows."""
    if not _OPPOSITES:
        _OPPOSITES.update(_opposites())
    return _OPPOSITES.get(word, frozenset())


def negated(text: str) -> bool:
    """Whether `text` says that something is not so."""
    return bool(_NEGATION.search(_NOT_REALLY.sub(" ", text)))


def turned_around(said: Iterable[str], held: Iterable[str]) -> tuple[str, str] | None:
    """A stem of `said` that `held` lacks and has the opposite of instead, with that opposite; None where there is none."""
    given = set(held)
    for word in said:
        if word not in given:
            against = opposites(word) & given
            if against:
                return word, min(against)
    return None
