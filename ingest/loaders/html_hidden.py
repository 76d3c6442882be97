"""Which elements of a web page nobody sees. In doubt an element is visible: scripts and style sheets elsewhere may show it."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

_END = r"\s*(?:;|$|!)"
_NO_LENGTH = rf"0*(?:[01](?:\.\d+)?|\.\d+)(?:px|pt)?{_END}"
_NOTHING = rf"0+(?:\.0+)?(?:px|em|rem|pt|%)?{_END}"
_TOGGLED = re.compile(rf"display\s*:\s*none|visibility\s*:\s*hidden|(?<![\w-])opacity\s*:\s*{_NOTHING}", re.IGNORECASE)
"""What scripts switch on and off."""
_UNSEEN = re.compile(
    rf"font-size\s*:\s*(?:{_NO_LENGTH}|{_NOTHING})"
    r"|(?<![\w-])(?:left|top|text-indent|margin-left)\s*:\s*-\d{4,}"
    rf"|(?<![\w-])color\s*:\s*(?:transparent{_END}|(?:rgb|hsl)a\([^)]*[,/]\s*0(?:\.0+)?%?\s*\))"
    r"|(?<![\w-])clip\s*:\s*rect\(\s*(?:[01](?:px)?[\s,]*){4}\)|clip-path\s*:\s*inset\(\s*(?:50|100)%"
    rf"|transform\s*:\s*scale[xy]?\(\s*0+(?:\.0+)?\s*\)",
    re.IGNORECASE,
)
_TINY = re.compile(rf"(?<![\w-])(?:max-)?(?:height|width)\s*:\s*{_NO_LENGTH}", re.IGNORECASE)
_CUT = re.compile(r"overflow(?:-[xy])?\s*:\s*(?:hidden|clip)", re.IGNORECASE)
_WHITE = re.compile(
    rf"(?<![\w-])color\s*:\s*(?:white|#fff(?:fff)?|rgb\(\s*255\s*,\s*255\s*,\s*255\s*\)){_END}", re.IGNORECASE
)
_WHITE_GROUND = re.compile(rf"background(?:-color)?\s*:\s*(?:white|#fff(?:fff)?){_END}", re.IGNORECASE)
_NAMES = re.compile(
    r"(?<![\w-])(?:sr-only|visually-hidden|visuallyhidden|screen-reader-text|screen-reader-only|u-hidden)(?![\w-])"
)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_AT_RULE = re.compile(r"@[^{};]*(?:;|\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SELECTOR = re.compile(r"([a-z][a-z0-9]*)?([.#])?([\w-]+)?", re.IGNORECASE)
_SHEET_MAX = 200_000
"""Characters of a style sheet that is looked through."""
_RULES_MAX = 200


def is_hidden(element: HtmlElement) -> bool:
    """By what it says itself."""
    if not element.attrib:
        return False
    style = element.get("style") or ""
    return (
        element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or (bool(style) and (_hides(style, toggled=True) or _is_white_on_white(element, style)))
        or bool(_NAMES.search(element.get("class") or ""))
    )


def mark_hidden(page: HtmlElement) -> None:
    """Give `hidden` to the elements that the page's own style sheets hide; what a script could show counts on a page without."""
    toggled = next(page.iter("script"), None) is None
    wanted: set[tuple[str, str, str]] = set()
    for sheet in page.iter("style"):
        rules = _AT_RULE.sub("", _COMMENT.sub("", (sheet.text or "")[:_SHEET_MAX]))
        for selectors, style in _RULE.findall(rules):
            if _hides(style, toggled=toggled):
                wanted.update(filter(None, map(_simple, selectors.split(","))))
    if not wanted or len(wanted) > _RULES_MAX:
        return
    for element in page.iter():
        if isinstance(element.tag, str) and element.tag not in ("html", "body") and _is_one_of(element, wanted):
            element.set("hidden", "")


def _hides(style: str, *, toggled: bool) -> bool:
    return bool(
        (toggled and _TOGGLED.search(style)) or _UNSEEN.search(style) or (_TINY.search(style) and _CUT.search(style))
    )


def _simple(selector: str) -> tuple[str, str, str] | None:
    """(tag, mark, name) of `p`, `.name`, `#name`, `p.name`; None for every other selector."""
    match = _SELECTOR.fullmatch(selector.strip())
    if match is None or bool(match[2]) != bool(match[3]) or not match[0]:
        return None
    return (match[1] or "").lower(), match[2] or "", match[3] or ""


def _is_one_of(element: HtmlElement, wanted: set[tuple[str, str, str]]) -> bool:
    names = [("", "")]
    names += [(".", name) for name in (element.get("class") or "").split()]
    names += [("#", element.get("id") or "")]
    return any((tag, mark, name) in wanted for mark, name in names for tag in (element.tag, ""))


def _is_white_on_white(element: HtmlElement, style: str) -> bool:
    """White on what is white for sure: no name, by which a style sheet could colour it, and no colour around it."""
    if not _WHITE.search(style):
        return False
    if _WHITE_GROUND.search(style):
        return True
    for around in (element, *element.iterancestors()):
        if around.get("class") or around.get("id") or around.get("bgcolor") or around.get("background"):
            return False
        if "background" in (around.get("style") or "").lower():
            return False
    return next(element.getroottree().iter("style"), None) is None
