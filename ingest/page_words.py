"""The words of web pages that are not the article: buttons, calls to action, notices. Whole lines, in several languages."""

from __future__ import annotations

import re

HOME = frozenset("home startseite inicio início accueil homepage hem forside etusivu".split())

# One regular expression a line, for a whole line of a page, without regard to case.
_CALLS = r"""
(find out|learn|read|discover|see|know|show|view|hear|watch) more( (here|now|stories|articles|news))?
(find out|learn|discover) how
(click|tap) (here|below|the link)( (to|for) .{3,60})?
(subscribe|sign up|register|join|enroll?)( (now|today|here|free|for free|us))?
(subscribe|sign up|sign up now|register) (to|for|on) .{0,50}\b(newsletters?|alerts|e-?mails?|inbox|mailing list)\b.{0,40}
(subscribe|sign up|sign up now|register) (to|for|on) .{0,50}\b(briefing|digest|updates|channel)\b.{0,40}
subscribe (to|for) .{2,60}
(get|join|receive) (our|the|my) ([\w-]+ ){0,3}(newsletters?|mailing list|e-?mails?|alerts|community)( .{0,40})?
(buy|order|shop|book|apply|download|donate|try|enquire|get started) (now|today|it free|for free)
(book|request|get|schedule|watch|see) (a|your) (free )?(demo|quote|trial|consultation)
(start|begin|claim|get|try) (your|a) (free|14-day|30-day|no-obligation)\b.{0,40}
(download|get) (the|our) (free )?(app|report|white ?paper|e-?book|guide|brochure)( (now|here|today|free))?
(view|see|show|browse) (all|our) (offers?|deals?|plans?|jobs|events|newsletters)
already a (subscriber|member)\??( .{0,30})?
(log|sign) in (to (continue|read|comment|view).{0,40}|or .{0,40})
(to continue reading|keep reading)\b.{0,60}
mehr erfahren|jetzt (lesen|abonnieren|anmelden|kaufen|bestellen|testen|registrieren)|hier klicken|newsletter abonnieren
(leer|saber|conocer|ver) más|más información|(suscríbete|suscríbase|regístrate|haz clic aquí)( .{0,40})?
en savoir plus|lire la suite|(abonnez-vous|inscrivez-vous|cliquez ici)( .{0,40})?
(scopri|leggi) di più|(iscriviti|abbonati)( .{0,40})?|(saiba|leia) mais|(assine|inscreva-se)( .{0,40})?
lees meer|meer weten|abonneer nu
"""
_AD_LABELS = r"""
(advertisements?|advertisement feature|advertorial|promoted|promoted content|paid (content|post))
sponsored( (content|post|links?|by .{2,40}))?
anzeige|werbung|publicidad|publicité|pubblicità|publicidade|advertentie|reklame|annons
(article|story|post|text|content) continues (below|after)\b.{0,40}
scroll (down )?to continue( .{0,30})?|continue reading( below| the main story)?
(recommended|suggested|promoted) (for you|by .{2,40})
"""
_NAVIGATION = r"""
(skip|jump) to (main |the )?(content|navigation)|(toggle|open|close|main) (navigation|menu|the menu)
back to (top|home|homepage|the top|results|all .{2,20})|zum inhalt( springen)?|nach oben|saltar al contenido|aller au contenu
share (this|the) (article|story|post|page|news|video)( (on|via|with) .{2,40})?|share (on|via) [\w-]+
share (this|article|story|post|page)|(tweet|pin|email|print|save|bookmark|like) this( (article|page|story|post))?
(copy|share) (the )?link|link copied!?
follow us( (on|at) .{2,60})?|(like|find) us on (facebook|twitter|x|instagram|linkedin|youtube)( .{0,30})?
(read (more|also|next)|also read|lire aussi|lea también|leer también|lesen sie auch|leggi anche|leia também):\s.{3,150}
\d{1,3}\s?[-–]?\s?min(ute)?s?\.?( of)? read(ing)?( time)?|(estimated )?reading time:? .{1,20}
(comments?|shares)\s?\(\d+\)|\d+\s(comments?|shares|views|likes)|(leave|post|add|write) a (comment|reply)
(show|view|hide) (all )?comments|be the first to comment
all rights reserved|(©|\(c\)|copyright ©?)\s?\d{4}\b.{0,80}
"""
_TEASERS = r"""
(related|more|popular|latest|trending|recommended|similar) (articles?|stories|posts?|news|topics|reading|content)
(related|more) (from .{2,40}|on this( story| topic)?)
you (may|might) also (like|enjoy|be interested in)|read (next|also|this next)|up next|most (read|popular|viewed)
trending( now)?|in other news|see also
das könnte sie auch interessieren|meistgelesen|ähnliche artikel|más noticias|noticias relacionadas|artículos relacionados
à lire aussi|sur le même sujet|articoli correlati
"""
_COOKIE_BUTTONS = r"""
(accept|reject|allow|decline|manage|customi[sz]e) (all |only |my |your |the )?(necessary |essential )?(cookies?|all)
(manage|change|save) (my |your |the )?(cookie |consent |privacy )?(preferences|settings)
alle akzeptieren|cookies akzeptieren|aceptar( todo| cookies)|tout accepter|accetta tutti
"""
_BUTTONS = r"""
facebook|twitter|x|instagram|linkedin|whatsapp|telegram|reddit|pinterest|youtube|tiktok|bluesky|mastodon|threads|messenger|rss
share|print|e-?mail|save|bookmark|tweet|pin|like|comments?|copy|listen|menu|search|log ?in|sign in|close|next|previous
copy link|gift this article|submit|send|no thanks|not now|dismiss|thank you for subscribing!?|careers|help
(your |enter your )?e-?mail( address)?|(your |first |last |full )name|i agree\b.{0,80}|contact( us)?|about( us)?
(terms (of (use|service)|and conditions|& conditions)|privacy (policy|notice))( [|•·] .{2,60})?
(cookie|privacy|consent) (policy|settings|preferences|choices)
"""


def _whole_line(patterns: str) -> re.Pattern[str]:
    either = "|".join(f"(?:{line})" for line in patterns.strip().split("\n"))
    return re.compile(rf"[\W_]{{0,3}}(?:{either})\s*[>›»→.!…:]{{0,3}}[\W_]{{0,3}}", re.IGNORECASE)


_LINES = (
    ("advertisement", _whole_line(_AD_LABELS)),
    ("advertisement", _whole_line(_CALLS)),
    ("cookie_notice", _whole_line(_COOKIE_BUTTONS)),
    ("navigation", _whole_line(_NAVIGATION)),
    ("teasers", _whole_line(_TEASERS)),
    ("button", _whole_line(_BUTTONS)),
)
_COOKIES = re.compile(r"\b(?:uses?|using|utili[sz]a|verwende\w*|utili[sz]\w+ons)\b.{0,60}\bcookies\b", re.IGNORECASE)
_CONSENT = re.compile(
    r"by (?:continuing|clicking|using|browsing|closing)|you (?:agree|consent) to|change your (?:settings|preferences)"
    r"|(?:click|select|choose|press|hit) [“\"'‘]?(?:accept|agree|ok|allow|i agree)"
    r"|(?:our|your) (?:privacy|cookie) (?:policy|settings|preferences)",
    re.IGNORECASE,
)
_OFFER = re.compile(
    r"(?:discover|unlock|explore|boost|elevate|supercharge|transform|maximi[sz]e|combine|join|subscribe|sign up|register|get"
    r"|reach|try|start|save|enjoy|download|upgrade|become|stay|never miss|don[’']t miss|make sure|take advantage|access"
    r"|experience|claim|grab|want|looking for|love|support|give|receive|learn|find out|need)\b",
    re.IGNORECASE,
)
_OFFER_WORDS = re.compile(
    r"\b(?:newsletters?|inbox|subscri\w+|sign(?:ed|ing)? up|free|trial|exclusive|leading|premium|offers?|deals?|discount"
    r"|platforms?|audiences?|professionals|insights?|experts?|unlimited|membership|members|community|webinar|e-?book"
    r"|white ?paper|solutions?|app|today|delivered|week|daily|stories|updates|unlock\w*|save|supporters?|journalism"
    r"|marketing|brands?|excellence)\b",
    re.IGNORECASE,
)
_SIGNING_UP = re.compile(
    r"\b(?:your inbox|our (?:[\w-]+ ){0,3}newsletters?|unsubscribe|subscribe|sign up|our (?:free )?(?:app|mailing list)"
    r"|privacy policy|support our|our journalism)\b",
    re.IGNORECASE,
)
LONGEST = 160
"""Characters of the longest line looked at as a label of the page."""


def label_of(line: str) -> str | None:
    """What a whole line is if it belongs to the page rather than to the article; None for everything else.

    "advertisement" (a call to action or its label), "cookie_notice", "navigation", "teasers" (the line above links to other
    articles), or "button": a word that is a button among others.
    """
    if len(line) <= LONGEST:
        for label, pattern in _LINES:
            if pattern.fullmatch(line.strip()):
                return label
    if len(line) <= 600 and "ookies" in line and _COOKIES.search(line) and _CONSENT.search(line):
        return "cookie_notice"
    return None


def begins_with_offer(text: str) -> bool:
    """Whether it begins with what advertisements tell their reader to do."""
    return bool(_OFFER.match(text.lstrip("\"'“‘ ")))


def speaks_of_offers(text: str) -> bool:
    return bool(_OFFER_WORDS.search(text))


def speaks_of_signing_up(text: str) -> bool:
    """Whether it speaks to a reader about the outlet's own letters and subscriptions."""
    return bool(_SIGNING_UP.search(text))
