"""Pages that are not what their address promises: the beginning of a story that subscribers may read, a shell that a script
would fill, a question whether one is a robot, "not found" under status 200, a form to sign in.

Only a short page is ever one of these, and only if it says so itself: a story is not refused for being short.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from lxml.html import HtmlElement

from ingest.blocks import Block
from ingest.clean import is_paragraph
from ingest.errors import ParseRefused
from ingest.loaders.html_metadata import is_article, meta, things
from ingest.loaders.html_walk import walk

_TEASER_MAX = 1_600
"""Characters of the article; one that shows more is read, whatever the page says about subscriptions."""
_SHELL_MAX = 200
_NOTICE_MAX = 600
_PROMPT_MAX = 240
"""Characters of a line that asks the reader to subscribe."""
_WORD = 6
"""Characters of a word with the space after it, where a page only says how many words it has."""

_SUBSCRIBE = r"""
(please )?(subscribe|sign up|register|join)( (now|today|here))?,? to (continue|keep|read|finish|unlock|access) .{0,80}
(please )?(log|sign) in( (now|here|or .{2,20}))?,? to (continue|keep|read|finish|unlock|access) .{0,80}
to (continue|keep) reading\b.{0,120}|(continue|keep) reading (with|by|for)\b.{0,80}
to read (the (full|rest|whole|complete)|more|this)\b.{0,60}(subscribe|log in|sign in|register|member).{0,60}
(this|the full|the whole|the rest of (this|the)) ?(article|story)? is .{0,30}for (our |paying )*(subscribers|members)\b.{0,60}
(for )?(subscribers|members) only|(subscriber|member)[- ](only|exclusive)( (content|article|story))?
you([’']ve| have) (reached|read|used) (your|all|the) .{0,40}(free|limit|articles)\b.{0,80}
unlock (this|the full) (article|story)\b.{0,60}
(dieser|der (ganze|vollständige)) (artikel|text|beitrag)\b.{0,30}(nur|exklusiv) für .{0,20}(abonnent|mitglieder|abonnement).{0,60}
weiterlesen mit\b.{0,80}|jetzt (abonnieren|testen|anmelden) und weiterlesen\b.{0,60}|.{2,60} mit .{0,30}\babo weiterlesen.{0,40}
(cet |l[’'])?article (est )?réservé (à nos|aux) abonnés.{0,80}|la suite est réservée\b.{0,80}
il vous reste .{1,12}% de cet article.{0,80}
abonnez-vous pour (lire|continuer|accéder)\b.{0,80}|pour lire la suite\b.{0,80}
(contenido|artículo|noticia) (exclusiv[oa]|sol[oa]|reservad[oa]) para (nuestros )?(suscriptores|socios).{0,80}
suscr[ií]b(ete|ase) para (seguir|continuar|leer|acceder)\b.{0,80}|para (seguir|continuar) leyendo\b.{0,80}
(sigue|siga) leyendo con\b.{0,80}
(contenuto|articolo) (riservato|esclusivo) .{0,15}abbonati.{0,60}|abbonati per (continuare|leggere)\b.{0,60}
per continuare a leggere\b.{0,80}
(conteúdo|matéria) exclusiv[oa] para assinantes.{0,60}|assine para (continuar|ler)\b.{0,60}|para continuar lendo\b.{0,80}
(dit artikel is )?(alleen|exclusief) voor abonnees.{0,60}|word abonnee om .{0,40}lezen.{0,60}
"""
_ROBOT = r"""
just a moment|checking your browser.{0,80}|(please )?verify(ing)? (that )?you are (a )?human.{0,80}
are you (a )?(human|robot)\b.{0,40}
attention required.{0,40}|please enable js and disable any ad blocker|(please )?complete the (captcha|security check).{0,80}
our systems have detected unusual traffic.{0,120}|pardon our interruption|access to this page has been denied.{0,80}
"""
_MISSING = r"""
(error )?(404|410)( error)?( [-–—:]? ?(page |file )?not found)?
(the |this )?(page|article|story|file|document) (was |could )?not (be )?found
(sorry, )?(the |this )?page (you .{0,40})?(does not|doesn[’']t|no longer) exists?
(página|pagina) (no encontrada|não encontrada|non trovata|niet gevonden)
seite (wurde )?nicht gefunden|page (introuvable|non trouvée)
"""
_SIGN_IN = r"""
(log|sign)[ -]?in( to .{2,40})?|login|anmelden|anmeldung|inicia(r)? sesión|connexion|se connecter|accedi|entrar|inloggen
"""
_LOADING = r"loading|please wait|cargando|chargement( en cours)?|wird geladen|lade|caricamento|carregando|laden"
_ON = r"enabl|requir|need|without|turn|activ|aktiv|habilit|attiv|abilit|inschakel"
_SCRIPT = re.compile(
    rf"(?:{_ON}).{{0,60}}java\s?script|java\s?script.{{0,60}}(?:{_ON}|disabled|\boff\b)", re.IGNORECASE | re.DOTALL
)


def _whole(patterns: str, after: str = "") -> re.Pattern[str]:
    either = "|".join(f"(?:{line})" for line in patterns.strip().split("\n"))
    return re.compile(rf"[\W_]{{0,3}}(?:{either})[\W_]{{0,4}}{after}", re.IGNORECASE)


_SITE = r"(?:[-–—|·•]\s.{1,60})?"
"""What follows a title in the name of a page."""
_SUBSCRIBE_LINE, _LOADING_LINE = _whole(_SUBSCRIBE), _whole(_LOADING)
_ROBOT_LINE, _MISSING_LINE, _SIGN_IN_LINE = (_whole(lines, _SITE) for lines in (_ROBOT, _MISSING, _SIGN_IN))


def check_access(page: HtmlElement, title: str | None, article: Sequence[Block]) -> None:
    """Raise ParseRefused where `article`, what was found on a page, is not what a reader came for."""
    shown = sum(len(block.text) for block in article)
    if shown >= _TEASER_MAX and not _announced(page):
        return
    everything = [found.block for found in walk(page, everything=True)[0]]
    lines = [part for block in everything for part in block.text.split("\n")]
    names = [title or "", *(block.text for block in everything if block.kind == "heading")]
    if shown < _NOTICE_MAX:
        if any(map(_ROBOT_LINE.fullmatch, [*names, *lines])):
            raise ParseRefused("robot_check")
        if any(map(_MISSING_LINE.fullmatch, names)):
            raise ParseRefused("says_not_found")
        if any(map(_SIGN_IN_LINE.fullmatch, names)) and _asks_for_password(page):
            raise ParseRefused("asks_to_sign_in")
    if _is_teaser(page, shown, lines):
        raise ParseRefused("for_subscribers")
    tells = any(is_paragraph(block) and not _SCRIPT.search(block.text) for block in article)
    if shown < _SHELL_MAX and not tells and _is_shell(page, shown, lines):
        raise ParseRefused("page_next_to_empty")


def _is_teaser(page: HtmlElement, shown: int, lines: Sequence[str]) -> bool:
    announced = _announced(page)
    if announced:
        return shown < announced / 2
    if shown >= _TEASER_MAX:
        return False
    if _is_locked(page) and not _is_delivered(page):
        return True
    return any(len(line) <= _PROMPT_MAX and _SUBSCRIBE_LINE.fullmatch(line) for line in lines)


def _locked(page: HtmlElement) -> Iterator[dict[str, Any]]:
    """What the page says may not be read for free: its article, or parts of it."""
    for thing in things(page):
        parts = thing.get("hasPart")
        parts = [parts] if isinstance(parts, dict) else parts if isinstance(parts, list) else []
        for each in (thing if is_article(thing) else {}, *parts):
            free = each.get("isAccessibleForFree") if isinstance(each, dict) else None
            if free is False or (isinstance(free, str) and free.rpartition("/")[2].lower() == "false"):
                yield each


def _is_locked(page: HtmlElement) -> bool:
    return meta(page).get("article:content_tier", "").lower() == "locked" or any(True for _ in _locked(page))


def _is_delivered(page: HtmlElement) -> bool:
    """Whether the part that is not for free is in the page all the same."""
    names = {str(each.get("cssSelector", "")).strip() for each in _locked(page)}
    wanted = {name[1:] for name in names if re.fullmatch(r"[.#][\w-]+", name)}
    found = (
        element
        for element in page.iter()
        if isinstance(element.tag, str) and wanted & {*(element.get("class") or "").split(), element.get("id") or ""}
    )
    return sum(len(element.text_content().strip()) for element in found) > _SHELL_MAX


def _announced(page: HtmlElement) -> int:
    """How many characters an article has of which the page says that not all may read it; 0 where it does not say."""
    if not _is_locked(page) or _is_delivered(page):
        return 0
    for thing in filter(is_article, things(page)):
        body, words = thing.get("articleBody"), str(thing.get("wordCount") or "")
        if words.isdecimal() and len(words) < 7:
            return int(words) * _WORD
        if isinstance(body, str):
            return len(body)
    return 0


def _is_shell(page: HtmlElement, shown: int, lines: Sequence[str]) -> bool:
    if lines and all(_LOADING_LINE.fullmatch(line) for line in lines):
        return True
    wants_script = any(_SCRIPT.search(element.text_content()) for element in page.iter("noscript")) or any(
        _SCRIPT.search(line) for line in lines
    )
    tags = meta(page)
    described = max((len(tags.get(name, "")) for name in ("description", "og:description")), default=0)
    return next(page.iter("script"), None) is not None and (wants_script or described > max(shown, _SHELL_MAX / 2))


def _asks_for_password(page: HtmlElement) -> bool:
    return any((field.get("type") or "").lower() == "password" for field in page.iter("input"))
