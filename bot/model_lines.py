"""The lines a model writes, read while they stream: `- The sentence. [2] "words copied from source 2"`.

The form is asked for and seldom kept by small models, so what means the same is understood too: no dash, numbered lists,
typographic quotation marks, the quote before the sentence or on the next line, several citations, Markdown, HTML, code
fences, `Sentence: … Source: … Quote: …`, JSON. What is not understood is a line without a citation; nothing is guessed.

A line may also be an entry of a list (`* `, `1. `), a row of a table (`| value | value | [2] "…" |` under `| column | column |`),
or a block of code between fences.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace

from bot.plaintext import plain, without_invisible, without_markup
from bot.values import PROSE, Shape

MAX_LINE = 2_000
"""Code points; a longer line is no sentence, and is dropped."""

MAX_CODE = 4_000
"""Code points of a block of code."""
DEEPEST = 8
"""Lists within lists."""

_ENTRY = re.compile(r"^(?P<indent>\s*)(?:(?P<mark>[-*+•–—])|\(?(?P<number>\d{1,2})[.)])\s+(?=\S)")
_RULE = re.compile(r":?-+:?")
_CELL_BORDER = re.compile(r"(?<!\\)\|")
_PROOF_COLUMN = re.compile(r"(?:sources?|quotes?|citations?|evidence|fuentes?|citas?)?", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:>|#{1,6}\s|[-*+•–—]\s|\(?\d{1,2}[.)]\s)+\s*")
_NUMBERS = r"(\d{1,3}(?:\s*[,;&]\s*\d{1,3})*)(?!\d)"
_KIND = r"(?:sources?|passages?|documents?|doc|quelle|fuente)"
_CITE = re.compile(
    rf"[\[【]\s*{_KIND}?[\s:#^]*{_NUMBERS}\s*(?:[†:,][^\]】]{{0,60}})?[\]】]|\({_KIND}[\s:#]*{_NUMBERS}\s*\)",
    re.IGNORECASE,
)
_OPEN, _CLOSE = '"“„«‟″', '"”“»″'
_WORD = re.compile(r"\w")
_QUOTED = re.compile(f"[{_OPEN}]([^{_CLOSE}]+)[{_CLOSE}]")
_BEFORE_QUOTE = re.compile(r"^[\s:,;.\-–—=>(]*(?:quotes?\s*:\s*)?[\s(]*", re.IGNORECASE)
_FIELD = re.compile(
    r"^[\"'{\[\s]*(sentence|statement|answer|text|source|sources|citation|number|n|quote|evidence)[\"']?\s*[:=]\s*(.*)$",
    re.IGNORECASE,
)
_FIELD_OF = {
    **dict.fromkeys(("sentence", "statement", "answer", "text"), "sentence"),
    **dict.fromkeys(("source", "sources", "citation", "number", "n"), "source"),
    **dict.fromkeys(("quote", "evidence"), "quote"),
}
_NOTHING = frozenset({"none", "no answer", "not in the sources"})


@dataclass(frozen=True, slots=True)
class Cite:
    """A claim of the model that source `number` says `quote`. Neither need be true; the number is 0 if none was given."""

    number: int
    quote: str


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence, or several on one line, with what is said to prove it. Without cites it is mere text.

    Code has no cites: it stands in a source as it is, or is not shown.
    """

    text: str
    cites: tuple[Cite, ...] = ()
    shape: Shape = PROSE

    @property
    def declines(self) -> bool:
        """The model says that the sources do not hold the answer."""
        return not self.cites and self.text.strip(" .!*\"'").casefold() in _NOTHING


class LineReader:
    """Takes what a model writes as it arrives, in pieces of any size, and gives each line as soon as it is complete."""

    def __init__(self) -> None:
        self._rest = ""
        self._too_long = False
        self._thinking = False
        self._waiting: Line | None = None
        self._fields: dict[str, str] = {}
        self._columns: tuple[str, ...] = ()
        self._in_fence = False
        self._code: list[str] | None = None
        """The lines between fences as long as they could be code: some models put their whole answer there."""

    def feed(self, piece: str) -> list[Line]:
        self._rest += piece.replace("\r\n", "\n").replace("\r", "\n")
        *whole, self._rest = self._rest.split("\n")
        found = [line for each in whole for line in self._line(each)]
        if len(self._rest) > MAX_LINE:
            self._rest, self._too_long = "", True
        return found

    def finish(self, *, cut: bool) -> list[Line]:
        """What is left. A line that was cut off in the middle is dropped: half a sentence can say the opposite."""
        rest, self._rest = self._rest, ""
        found = [] if cut else self._line(rest) + self._take_code()
        return found + self._take_waiting()

    def _line(self, raw: str) -> list[Line]:
        if self._too_long or len(raw) > MAX_LINE:
            self._too_long = False
            return []
        raw = self._without_thoughts(raw)
        if raw.strip().startswith(("```", "~~~")):
            return self._take_fence()
        if self._code is not None and not _has_proof(raw):
            self._code.append(without_invisible(raw))
            return []
        before = self._uncode()
        return before + self._written(raw)

    def _written(self, raw: str) -> list[Line]:
        shape, raw = _shape(raw), raw.strip()
        if not raw:
            return []
        if raw.startswith("|") and raw.count("|") > 1:
            return self._take_waiting() + self._take_row(raw)
        self._columns = ()
        objects = _json_objects(raw)
        if objects is not None:
            return self._take_waiting() + [line for each in objects if (line := _of_fields(each))]
        if field := _FIELD.match(raw):
            return self._take_field(_FIELD_OF[field.group(1).casefold()], field.group(2))
        return self._take_line(_BULLET.sub("", without_markup(raw, keep_code=True)).strip(), shape)

    def _take_fence(self) -> list[Line]:
        self._in_fence = not self._in_fence
        found = self._take_code()
        self._code = [] if self._in_fence else None
        return found

    def _take_code(self) -> list[Line]:
        """The block of code that ends here, if there is one."""
        lines, self._code = self._code, None
        text = "\n".join(lines or ()).strip("\n").rstrip()
        return [*self._take_waiting(), Line(text, shape=Shape("code"))] if 0 < len(text) <= MAX_CODE else []

    def _uncode(self) -> list[Line]:
        """What stood between fences was no code: read it as lines."""
        lines, self._code = self._code, None
        return [line for each in lines or () for line in self._written(each)]

    def _take_row(self, raw: str) -> list[Line]:
        mark = _CITE.search(raw)
        cells = _cells(raw[: mark.start()] if mark else raw)
        if not mark and all(_RULE.fullmatch(cell) for cell in cells if cell):
            return []
        if not mark and not self._columns:
            self._columns = tuple(cells)
            while self._columns and _PROOF_COLUMN.fullmatch(self._columns[-1]):
                self._columns = self._columns[:-1]
            return []
        cites = _parts(raw[mark.start() :])[1] if mark else ()
        columns = self._columns or ("",) * len(cells)
        if len(cells) != len(columns):
            return [Line("; ".join(cell for cell in cells if cell), cites)] if any(cells) else []
        row = tuple(zip(columns, cells, strict=True))
        text = "; ".join(f"{column}: {cell}" if column else cell for column, cell in row if cell)
        return [Line(text, cites, Shape("row", cells=row))] if text else []

    def _without_thoughts(self, raw: str) -> str:
        """Some models think aloud between <think> and </think> first."""
        if self._thinking:
            _, closed, raw = raw.partition("</think>")
            self._thinking = not closed
            return raw if closed else ""
        before, opened, after = raw.partition("<think>")
        if not opened:
            return raw
        self._thinking = True
        return before + self._without_thoughts(after)

    def _take_line(self, line: str, shape: Shape) -> list[Line]:
        if not line.strip("{}[](),;:-_* "):
            return []
        text, cites = _parts(line)
        if cites and not text:
            waiting, self._waiting = self._waiting or Line(""), None
            return [replace(waiting, cites=cites)]
        found = self._take_waiting()
        if cites:
            return [*found, Line(text, cites, shape)]
        self._waiting = Line(text, shape=shape) if text else None
        return found

    def _take_field(self, name: str, value: str) -> list[Line]:
        found = self._take_waiting()
        self._fields[name] = value.strip().rstrip(",").strip("}] ").strip()
        if len(self._fields) == 3:
            fields, self._fields = self._fields, {}
            if line := _of_fields(fields):
                found.append(line)
        elif name == "sentence" and _CITE.search(value):
            self._fields = {}
            found += self._take_line(without_markup(value), PROSE)
        return found

    def _take_waiting(self) -> list[Line]:
        waiting, self._waiting = self._waiting, None
        return [waiting] if waiting else []


def _shape(raw: str) -> Shape:
    """An entry of a list by its mark; a dash at the margin is how every sentence begins."""
    entry = _ENTRY.match(raw)
    if not entry:
        return PROSE
    level = min(len(entry["indent"].expandtabs(4)) // 2, DEEPEST)
    if entry["number"]:
        return Shape("step", level, int(entry["number"]))
    return PROSE if entry["mark"] in "-–—" and level == 0 else Shape("item", level)


def _has_proof(raw: str) -> bool:
    """Whether this is more likely a line of the answer than a line of code."""
    return bool(_CITE.search(raw) or _FIELD.match(raw)) or _json_objects(raw.strip()) is not None


def _cells(row: str) -> list[str]:
    inner = row.strip().removeprefix("|").removesuffix("|")
    return [plain(cell.replace("\\|", "|"), keep_code=True) for cell in _CELL_BORDER.split(inner)]


def _parts(line: str) -> tuple[str, tuple[Cite, ...]]:
    """The sentence and its citations, in whichever order they were written."""
    marks = list(_CITE.finditer(line))
    if not marks:
        return _unnumbered(line)
    text = line[: marks[0].start()]
    texts, cites = [text], []
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        after = line[mark.end() : following.start() if following else len(line)]
        quote, rest = _quote_first(after)
        texts.append(rest if _WORD.search(rest) else "")
        cites += [Cite(number, quote) for number in _numbers(mark.group(1) or mark.group(2))]
    if not any(cite.quote for cite in cites):
        return _quote_elsewhere(text, texts[1:], cites)
    quotes = [cite.quote for cite in cites]
    filled = [Cite(cite.number, cite.quote or _next_quote(quotes[index:])) for index, cite in enumerate(cites)]
    return _sentence(texts), tuple(filled)


def _quote_elsewhere(text: str, rest: list[str], cites: list[Cite]) -> tuple[str, tuple[Cite, ...]]:
    """`"quote" [2] sentence`, `sentence "quote" [2]`, and `sentence [2] quote` without quotation marks."""
    quoted = list(_QUOTED.finditer(text))
    after = _sentence(rest)
    if quoted and not text[quoted[-1].end() :].strip(" .,;:-–—()"):
        sentence = _sentence([text[: quoted[-1].start()]]) or after
        return sentence, tuple(Cite(cite.number, quoted[-1].group(1)) for cite in cites)
    if _sentence([text]) and after:
        return _sentence([text]), tuple(Cite(cite.number, after) for cite in cites)
    return _sentence([text]) or after, tuple(cites)


def _unnumbered(line: str) -> tuple[str, tuple[Cite, ...]]:
    """`sentence "quote"`: whose words they are can still be found. A sentence that merely quotes somebody is none."""
    quoted = list(_QUOTED.finditer(line))
    if not quoted or line[quoted[-1].end() :].strip(" .)"):
        return _sentence([line]), ()
    sentence = line[: quoted[-1].start()].rstrip(" (-–—")
    if sentence and not sentence.endswith((".", "!", "?", ":", "。")):
        return _sentence([line]), ()
    return _sentence([sentence]), (Cite(0, quoted[-1].group(1)),)


def _quote_first(after: str) -> tuple[str, str]:
    """The quote that follows a citation, to its last closing mark, and what comes after it."""
    start = _BEFORE_QUOTE.match(after)
    begun = after[start.end() :] if start else after
    if not begun or begun[0] not in _OPEN:
        return "", after
    ends = [index for index, char in enumerate(begun) if index and char in _CLOSE]
    if not ends:
        return begun[1:].strip(), ""
    return begun[1 : ends[-1]].strip(), begun[ends[-1] + 1 :]


def _next_quote(quotes: list[str]) -> str:
    """`[1][2] "quote"`: the quote belongs to every number before it."""
    return next((quote for quote in quotes if quote), "")


def _sentence(texts: list[str]) -> str:
    return plain(" ".join(texts), keep_code=True).strip(' -–—:;,|()[]{}"').strip()


def _numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)]


def _json_objects(raw: str) -> list[dict[str, str]] | None:
    """The objects of a line of JSON, or None when it is not JSON."""
    if not raw.lstrip("[ ").startswith("{"):
        return None
    for candidate in (raw, raw.rstrip(", "), raw.rstrip(", ]"), raw.lstrip("[ ").rstrip(", ")):
        try:
            value = json.loads(candidate)
        except (ValueError, RecursionError):
            continue
        found = value if isinstance(value, list) else [value]
        return [_known_fields(each) for each in found if isinstance(each, dict)]
    return None


def _known_fields(found: dict[str, object]) -> dict[str, str]:
    return {_FIELD_OF[name]: str(value) for name, value in found.items() if name in _FIELD_OF and value is not None}


def _of_fields(fields: dict[str, str]) -> Line | None:
    sentence, quote = (fields.get(name, "").strip(" \"'“”") for name in ("sentence", "quote"))
    cites = tuple(Cite(number, quote) for number in _numbers(fields.get("source", ""))[:5])
    text = _sentence([without_markup(_CITE.sub("", sentence))])
    return Line(text, cites or ((Cite(0, quote),) if quote else ())) if text else None
