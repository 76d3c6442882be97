"""What a sentence of a conversation does: decides, promises, asks, agrees, leaves open. Told from its words alone.

After the dialogue acts that meeting summaries are made of (https://aclanthology.org/W04-2319/), reduced to those a reader
of a summary looks for.
"""

from __future__ import annotations

import re
from typing import Literal

Act = Literal[
    "decision", "action", "request", "question", "open", "proposal", "assent", "refusal", "ignorance", "statement"
]
"""`request` and `proposal` wait for an answer; `assent`, `refusal` and `ignorance` are answers to what was said before."""

_OPEN = re.compile(
    r"\b(?:tb[dac]|to be (?:decided|confirmed|determined|discussed)|still (?:open|unclear|undecided|pending|"
    r"unresolved|need|"
    r"have to|waiting|missing|blocked)|(?:is|are|it[’']s|remains?) (?:unclear|undecided|unresolved|an open question)|"
    r"open (?:question|point|issue)s?|not (?:yet )?(?:decided|clear|settled|agreed|resolved|final)|"
    r"(?:haven[’']t|hasn[’']t|have not|has not|didn[’']t|did not|couldn[’']t) (?:yet )?(?:decided?|agreed?|"
    r"settled?|heard back|"
    r"resolved?|figured)|no decision|(?:need|have) to (?:decide|figure out|find out|clarify|agree on|sort out)|"
    r"wait(?:ing)? (?:for|on)|blocked (?:by|on)|depends on whether|let[’']s (?:decide|discuss|revisit|"
    r"talk about) (?:\w+ ){0,4}"
    r"(?:later|tomorrow|next|on|at|in)|parking (?:this|that|it))\b",
    re.IGNORECASE,
)
_DECISION = re.compile(
    r"^\W*(?:decision|decided|agreed|resolved|conclusion|verdict|outcome)\s*[:–—-]"
    r"|\b(?:(?:we|they|board|team|council|committee|management|everyone|everybody|all|i)(?:[’']ve| have| has|"
    r"[’']re| are)? (?:now |"
    r"finally |all |just |both |officially |hereby )?(?:decided|agreed|chose|chosen|settled on|voted|approved|"
    r"opted|resolved|"
    r"concluded|signed off|picked|rejected|cancelled|canceled|postponed)|"
    r"(?:we[’']re|we are|we[’']ll|we will|let[’']s|i[’']m|i[’']d say we) (?:go|going|stick|sticking|stay|"
    r"staying|settle|proceed|"
    r"proceeding|run|moving ahead|move ahead|moving forward) (?:ahead |forward )?(?:with|for|on|to)\b|"
    r"(?:is|are|was|were|been|got|it[’']s|that[’']s) (?:now |hereby |finally |officially |"
    r"unanimously )?(?:decided|agreed|approved|settled|"
    r"signed off|cancelled|canceled|postponed|called off|rejected|green-?lit|final)|"
    r"final decision|decision is|it[’']s a go|that[’']s the plan|we won[’']t (?:be )?(?:ship|do|go|launch|"
    r"support|renew|hire|buy)\w*|"
    r"we[’']re not (?:shipping|doing|going|launching|renewing|hiring|buying)|(?:no[- ]go|go) (?:for|on) )\b",
    re.IGNORECASE,
)
_ACTION = re.compile(
    r"^\W*(?:todo|to-?do|action(?: item| point)?s?|next steps?|task|assigned to)\b\s*[:–—-]?"
    r"|\b(?:i[’']ll|i will|i shall|i[’']m going to|i am going to|let me|i can (?:take|do|handle|look|write|"
    r"send|fix|set|book|ask|check|"
    r"prepare|draft|call|own|pick)|(?:we[’']ll|we will|we need to|we have to|we must|we should) (?:then |"
    r"still |also |now )?"
    r"(?:send|write|fix|set|book|ask|check|prepare|draft|call|update|file|ship|deploy|review|test|order|"
    r"contact|tell|schedule|"
    r"finish|publish|move|migrate|document|rotate|revert|roll|add|remove|buy)|on me\b|i[’']m on it|"
    r"i[’']ve got (?:this|it)|"
    r"(?:he|she|they|(?-i:[A-Z][\w’'-]+)) (?:will|is going to|takes over|to) (?:take|do|handle|look|write|"
    r"send|fix|set|book|ask|check|"
    r"prepare|draft|call|own|update|file|ship|deploy|review|test|order|contact|tell|schedule|finish|publish|"
    r"move|migrate|"
    r"document|talk|get|bring|collect|report|present|deliver|sign|pay|organi[sz]e|arrange))\b",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"^\W*(?:[@\w’'-]+,? )?(?:(?:hey|hi|ok|so|and|also|then),? )?(?:(?:can|could|would|will) (?:you|someone|"
    r"somebody|anyone|anybody|"
    r"(?-i:[A-Z]\w+))\b|please\b|pls\b)|\bplease (?!note|be aware|see|find)\w+|\bwould you mind\b|"
    r"\bcan (?:you|someone) please\b",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"^\W*(?:does (?:any|some)(?:one|body)|any(?:one|body) (?:know|have|seen|remember)|any (?:idea|news|"
    r"update|thoughts|objections)|"
    r"i (?:was|am|[’']m) wondering|wondering (?:if|whether)|(?:my |one |another |quick )?question\s*:)",
    re.IGNORECASE,
)
_PROPOSAL = re.compile(
    r"\b(?:let[’']s|how about|what about|what if we|shall we|should we|why don[’']t we|i (?:suggest|propose|"
    r"vote for|would go|[’']d go|"
    r"would prefer|[’']d prefer|recommend)|my (?:suggestion|proposal|vote|recommendation)|we could|we should|"
    r"proposal\s*:)",
    re.IGNORECASE,
)
_ASSENT = re.compile(
    r"^\W*(?:\+1|:\+1:|:(?:thumbsup|white_check_mark|heavy_check_mark|ok_hand):|👍|✅|yes|yep|yeah|yup|sure|"
    r"ok(?:ay)?|agreed?|"
    r"(?:sounds|looks|works) (?:good|great|fine|for me|right)|fine (?:by|with) me|works for (?:me|us)|lgtm|"
    r"deal|done|will do|on it|"
    r"exactly|perfect|great|good idea|let[’']s do (?:it|that)|same here|no objections?|i agree|go (?:for it|"
    r"ahead)|absolutely|"
    r"definitely|of course|makes sense|approved)\b",
    re.IGNORECASE,
)
_REFUSAL = re.compile(
    r"^\W*(?:-1|👎|:(?:-1|thumbsdown):|no\b|nope|not (?:really|yet|sure about)|i (?:disagree|don[’']t (?:agree|"
    r"think))|i[’']m against|"
    r"that (?:won[’']t|will not|doesn[’']t|isn[’']t)|(?:can[’']t|cannot) )",
    re.IGNORECASE,
)
_IGNORANCE = re.compile(
    r"^\W*(?:(?:i[’']m |i am )?not sure|no (?:idea|clue)|(?:i )?(?:don[’']t|do not) know|dunno|good question|"
    r"hard to say|same question|"
    r"i (?:was|[’']m) wondering (?:too|the same)|let me (?:check|ask|look|find out|get back)|i[’']ll (?:check|"
    r"ask|find out|look|get back)|"
    r"will (?:check|ask|find out))\b",
    re.IGNORECASE,
)
_TURNS_BACK = re.compile(
    r"\b(?:actually|correction|scratch that|never ?mind|change of plans?|changed (?:my|our) minds?|"
    r"on second thought|instead of|"
    r"no longer|not any ?more|i was wrong|that[’']s (?:wrong|not right|incorrect|not true)|forget (?:what|"
    r"that)|take that back|"
    r"sorry, (?:it|i meant|the|that)|\w+ (?:is|was) wrong)\b|^\W*(?:edit|update)\s*:",
    re.IGNORECASE,
)
_SMALL_TALK = re.compile(
    r"^\W*(?:(?:hi|hello|hey|good (?:morning|afternoon|evening)|morning)\b(?:[\s,]+(?:all|team|everyone|"
    r"everybody|folks|there|[A-Z@][\w’'-]+))*"
    r"|thanks?(?: you)?(?: (?:so much|a lot|all|everyone|again|for .{1,40}))?|thx|cheers|welcome|bye|"
    r"see you.*|have a (?:nice|good|great).*|"
    r"how are (?:you|things).*|happy .{1,20}|congrat\w*.*|lol|haha\w*|np|no problem|nice|cool|great|awesome|"
    r"wow|oh|hm+|ah)\W*$",
    re.IGNORECASE,
)


def act(sentence: str) -> Act:
    """What the sentence does; "we have not decided" is open, not a decision."""
    if asks(sentence):
        return "request" if _REQUEST.search(sentence) else "proposal" if _PROPOSAL.search(sentence) else "question"
    if _IGNORANCE.search(sentence):
        return "ignorance"
    if _OPEN.search(sentence):
        return "open"
    for pattern, name in _IN_THIS_ORDER:
        if pattern.search(sentence):
            return name
    return "statement"


_IN_THIS_ORDER: tuple[tuple[re.Pattern[str], Act], ...] = (
    (_DECISION, "decision"),
    (_ACTION, "action"),
    (_REQUEST, "request"),
    (_PROPOSAL, "proposal"),
    (_ASSENT, "assent"),
    (_REFUSAL, "refusal"),
)


def asks(sentence: str) -> bool:
    return sentence.rstrip(" \"”’')*_").endswith("?") or bool(_ASKING.search(sentence))


def agrees(sentence: str) -> bool:
    return bool(_ASSENT.search(sentence)) and not _OPEN.search(sentence)


def turns_back(sentence: str) -> bool:
    """Whether it takes back or corrects something said before."""
    return bool(_TURNS_BACK.search(sentence))


def is_small_talk(sentence: str) -> bool:
    """A greeting, thanks, a sound: nothing that a summary or a check looks at."""
    return bool(_SMALL_TALK.match(sentence)) or not any(char.isalpha() for char in sentence)
