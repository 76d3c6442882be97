"""The lines a model writes, read while they stream: `- The sentence. [2] "words copied from source 2"`.

The form is asked for and seldom kept by small models, so what means the same is understood too: no dash, numbered lists,
typographic quotation marks, the quote before the sentence or on the next line, several citations, Markdown, HTML, code
fences, `Sentence: … Source: … Quote: …`, JSON. What is not understood is a line without a citation; nothing is guessed.

A line may also be an entry of a list (`* `, `1. `), a row of a table (`| value | value | [2] "…" |` under `| column | column |`),
or a block of code between fences.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.model_json import FIELD_OF, json_objects
from bot.model_marks import tidied
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
_BEFORE_QUOTE = re.compile(r"^[\s:,;.\-–—=>(|]*(?:quotes?\s*:\s*)?[\s(]*", re.IGNORECASE)
_QUOTE_ALONE = re.compile(rf"^(?:quotes?\s*:\s*)?[{_OPEN}](.+)[{_CLOSE}]\W*$", re.IGNORECASE)
_BLOCK = re.compile(r"^>\s*(.{10,})$")
_FOOTNOTE = re.compile(
    r"^\s*[\[(]\^?(\d{1,3})[\])]:\s*(?:sources?|passages?|documents?)?\s*\d{0,3}\s*[:,]?\s*", re.IGNORECASE
)
_FIELD = re.compile(
    rf"^[\"'{{\[\s*_]*({'|'.join(FIELD_OF)})[\"'*_]*\s*[:=][\s*_]*(.*)$",
    re.IGNORECASE,
)
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
        self._unquoted: list[Line] = []
        """Lines whose sources are numbered and whose quotes may stand below: on the next line, or in footnotes."""
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
        return found + self._take_waiting() + self._take_unquoted()

    def _line(self, raw: str) -> list[Line]:
        if self._too_long or len(raw) > MAX_LINE:
            self._too_long = False
            return []
        raw = _FOOTNOTE.sub(r"[\1] ", tidied(self._without_thoughts(raw)))
        if raw.strip().startswith(("```", "~~~")):
            return self._take_fence()
        if self._code is not None and not _has_proof(raw):
            self._code.append(without_invisible(raw))
            return []
        before = self._uncode()
        return before + self._written(raw)

    def _written(self, raw: str) -> list[Line]:
        shape, raw = _shape(raw), raw.strip()
        if self._unquoted and (block := _BLOCK.match(raw)):
            return self._quote_below((Cite(0, block.group(1).strip(_OPEN + _CLOSE + " ")),))
        if not raw:
            return []
        if raw.startswith("|") and raw.count("|") > 1:
            return self._take_waiting() + self._take_row(raw)
        self._columns = ()
        objects = json_objects(raw)
        if objects is not None:
            return self._take_waiting() + [line for each in objects if (line := _of_fields(each))]
        if field := _FIELD.match(raw):
            return self._take_field(FIELD_OF[field.group(1).casefold()], field.group(2))
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
        if not mark and len(cells) == len(self._columns) + 2 and cells[-2].isdigit():
            cites = (Cite(int(cells[-2]), cells[-1].strip(_OPEN + _CLOSE)),)
            cells = cells[:-2]
        if len(self._columns) == 1 == len(cells):
            return [Line(cells[0], cites)] if cells[0] else []
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
        quoted = any(cite.quote for cite in cites)
        if self._unquoted and (note := _only_quote(line) or (cites if quoted and not text else ())):
            return self._quote_below(note)
        if cites and not text:
            waiting, self._waiting = self._waiting or Line(cites[0].quote), None
            return [replace(waiting, cites=cites)] if waiting.text else []
        found = self._take_waiting()
        if cites and not quoted:
            self._unquoted.append(Line(text, cites, shape))
            return found
        if cites:
            return [*found, Line(text, cites, shape)]
        self._waiting = Line(text, shape=shape) if text else None
        return found

    def _quote_below(self, note: Sequence[Cite]) -> list[Line]:
        """What stands below gives the quotes of the lines above with its number, or of the last one where it has none."""
        numbers = {cite.number for cite in note}
        quote = next(cite.quote for cite in note if cite.quote)
        meant = [line for line in self._unquoted if numbers & {cite.number for cite in line.cites}]
        found = []
        for line in meant if numbers != {0} else self._unquoted[-1:]:
            cites = tuple(
                replace(c, quote=c.quote or quote) if c.number in numbers or numbers == {0} else c for c in line.cites
            )
            if all(cite.quote for cite in cites):
                self._unquoted.remove(line)
                found.append(replace(line, cites=cites))
            else:
                self._unquoted[self._unquoted.index(line)] = replace(line, cites=cites)
        return found

    def _take_unquoted(self) -> list[Line]:
        lines, self._unquoted = self._unquoted, []
        return lines

    def _take_field(self, name: str, value: str) -> list[Line]:
        if self._unquoted and name == "quote" and not self._fields:
            return self._quote_below((Cite(0, value.strip(f" {_OPEN}{_CLOSE}")),))
        if self._waiting and name != "sentence" and not self._fields:
            self._fields["sentence"], self._waiting = self._waiting.text, None
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
    return bool(_CITE.search(raw) or _FIELD.match(raw)) or json_objects(raw.strip()) is not None


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


def _only_quote(line: str) -> tuple[Cite, ...]:
    """A line that is nothing but a quote, after "Quote:" or not."""
    found = _QUOTE_ALONE.match(line)
    return (Cite(0, found.group(1).strip()),) if found else ()


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


def _of_fields(fields: dict[str, str]) -> Line | None:
    sentence, quote = (fields.get(name, "").strip(" \"'“”") for name in ("sentence", "quote"))
    cites = tuple(Cite(number, quote) for number in _numbers(fields.get("source", ""))[:5])
    text = _sentence([without_markup(_CITE.sub("", sentence))])
    return Line(text, cites or ((Cite(0, quote),) if quote else ())) if text else None
