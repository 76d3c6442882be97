"""Which text of a PDF page a reader sees. White on white, outside of the page, cut away, in a layer that is off, too small to
see: such text is not read.

pypdf calls `before` with every drawing instruction; the text of one that shows nothing visible is emptied there, so it never
reaches the extraction. In doubt text counts as visible: on anything that was painted, in unknown colours, where it may reach
into what is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pypdf import PageObject
from pypdf.generic import ArrayObject, DictionaryObject, TextStringObject

from ingest.loaders.pdf_layers import Layers

_SHOW = {b"Tj": 0, b"TJ": 0, b"'": 0, b'"': 2}
"""The instructions that show text, and which operand of them is the text."""
_FILL = frozenset((b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*"))
_END_PATH = frozenset((b"S", b"s", b"n")) | _FILL
_UNSEEN_SIZE = 1.0
"""Points; smaller text is a speck."""
_UNSEEN_OPACITY = 0.02
_OFF_PAGE = 5.0
"""Points beyond the page's edge."""
_UNIT = ((0.0, 0.0), (1.0, 1.0))
_WITHOUT_INK = (3, 7)
"""Ways to show text that draw nothing."""

Box = tuple[float, float, float, float]
"""Left, bottom, right, top; in points of the page, as everything here."""
Matrix = Sequence[float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class _State:
    """Of drawing: what `q` keeps and `Q` brings back."""

    clip: Box
    white: bool = False
    clear: bool = False
    gray: bool = False
    mode: int = 0
    size: float = 12.0


@dataclass(frozen=True, slots=True)
class _Frame:
    """A page, or a form that is drawn on it."""

    resources: DictionaryObject
    matrix: Matrix
    """From its own coordinates to the page's."""
    clear_states: dict[str, bool]
    outer: _State | None = None
    """To go on with after it."""
    kept: int = 0
    """How many states were kept when it began."""
    marks: int = 0
    """How many marked stretches were open then."""


class VisibleText:
    """The visitor for one page. `hidden` counts the instructions whose text was left out."""

    def __init__(self, page: PageObject, layers: Layers) -> None:
        self.hidden = 0
        self._layers = layers
        self._page = _shared(_sides(page.mediabox), _sides(page.cropbox))
        self._painted: list[Box] = []
        self._pictures: list[Box] = []
        self._path: list[tuple[float, float]] = []
        self._cuts = False
        self._state = _State(_grown(self._page, _OFF_PAGE))
        self._kept: list[_State] = []
        self._marks: list[bool] = []
        """Of each marked stretch we are in: whether it is in a layer that is off."""
        resources = _found(page, "/Resources")
        self._frames = [_Frame(resources, _IDENTITY, _clear_states(resources))]

    def before(self, operator: bytes, operands: list[Any], own_matrix: Matrix, text_matrix: Matrix) -> None:
        matrix = _product(own_matrix, self._frames[-1].matrix)
        if operator in _SHOW:
            self._show(operator, operands, matrix, text_matrix)
        elif operator == b"q":
            self._kept.append(self._state)
        elif operator == b"Q" and len(self._kept) > self._frames[-1].kept:
            self._state = self._kept.pop()
        elif operator in (b"BDC", b"BMC"):
            self._marks.append(operator == b"BDC" and self._is_off(operands))
        elif operator == b"EMC" and len(self._marks) > self._frames[-1].marks:
            self._marks.pop()
        elif operator in (b"W", b"W*"):
            self._cuts = True
        elif operator in (b"m", b"l", b"re", b"c", b"v", b"y"):
            self._path += [placed(x, y, matrix) for x, y in _points(operator, [float(each) for each in operands])]
        elif operator in _END_PATH:
            self._end_path(operator)
        elif operator in (b"Do", b"sh", b"BI", b"INLINE IMAGE"):
            # A picture (or a nested form: its instructions follow, its frame is painted in any case).
            box = self._page if operator == b"sh" else _box([placed(x, y, matrix) for x, y in _UNIT])
            self._painted.append(box)
            self._pictures.append(box)
            if operator == b"Do":
                self._enter(operands, matrix)
        else:
            self._change(operator, operands)

    def after(self, operator: bytes, _operands: list[Any], _own_matrix: Matrix, _text_matrix: Matrix) -> None:
        if operator == b"Do" and len(self._frames) > 1:
            frame = self._frames.pop()
            self._state = frame.outer or self._state
            del self._kept[frame.kept :]
            del self._marks[frame.marks :]

    def _change(self, operator: bytes, operands: list[Any]) -> None:
        """What the following is drawn with."""
        state = self._state
        if operator in (b"g", b"rg", b"k", b"sc", b"scn", b"cs"):
            gray = operands == ["/DeviceGray"] if operator == b"cs" else state.gray
            white = _is_white(b"g" if gray and operator in (b"sc", b"scn") else operator, operands)
            self._state = replace(state, gray=gray, white=white)
        elif operator == b"gs" and operands:
            clear = self._frames[-1].clear_states.get(str(operands[0]), state.clear)
            self._state = replace(state, clear=clear)
        elif operator == b"Tr" and operands:
            self._state = replace(state, mode=int(operands[0]))
        elif operator == b"Tf" and len(operands) > 1:
            self._state = replace(state, size=float(operands[1]))

    def _end_path(self, operator: bytes) -> None:
        if self._path:
            box = _box(self._path)
            if operator in _FILL and not self._state.white:
                self._painted.append(box)
            if self._cuts:
                self._state = replace(self._state, clip=_shared(self._state.clip, box))
        self._path, self._cuts = [], False

    def _enter(self, operands: list[Any], matrix: Matrix) -> None:
        """What is drawn now has resources, coordinates and a frame of its own; where it is a picture, nothing is drawn in it."""
        frame = self._frames[-1]
        drawn = _found(_found(frame.resources, "/XObject"), str(operands[0]) if operands else "")
        resources = _found(drawn, "/Resources") or frame.resources
        own = _numbers(drawn.get("/Matrix"), 6) or _IDENTITY
        inner = _product(own, matrix)
        place = (self._state, len(self._kept), len(self._marks))
        self._frames.append(_Frame(resources, inner, _clear_states(resources), *place))
        self._marks.append("/OC" in drawn and self._layers.is_off(drawn.raw_get("/OC")))
        if drawn.get("/Subtype") == "/Form" and "/BBox" in drawn:
            left, bottom, right, top = _numbers(drawn["/BBox"], 4) or self._page
            corners = ((left, bottom), (left, top), (right, bottom), (right, top))
            self._state = replace(
                self._state, clip=_shared(self._state.clip, _box([placed(x, y, inner) for x, y in corners]))
            )

    def _is_off(self, operands: list[Any]) -> bool:
        if len(operands) < 2 or operands[0] != "/OC":
            return False
        properties = _found(self._frames[-1].resources, "/Properties")
        name = str(operands[1])
        return name in properties and self._layers.is_off(properties.raw_get(name))

    def _show(self, operator: bytes, operands: list[Any], matrix: Matrix, text_matrix: Matrix) -> None:
        place = _SHOW[operator]
        if len(operands) <= place:
            return
        if any(self._marks) or self._is_hidden(matrix, text_matrix, _length(operands[place])):
            self.hidden += 1
            operands[place] = ArrayObject() if operator == b"TJ" else TextStringObject("")

    def _is_hidden(self, matrix: Matrix, text_matrix: Matrix, length: int) -> bool:
        """`length`: of the text, in letters."""
        state = self._state
        x, y = placed(text_matrix[4], text_matrix[5], matrix)
        if state.mode in _WITHOUT_INK:
            # The text layer of a scan is invisible on purpose: it stands on the picture of the page.
            return not any(_holds(box, x, y) for box in self._pictures)
        if not _holds(_grown(self._page, _OFF_PAGE - 1), x, y):
            return True
        scale = max(map(abs, (text_matrix[0], text_matrix[1]))) * max(map(abs, (matrix[0], matrix[1])))
        size = abs(state.size) * scale
        if 0 < size < _UNSEEN_SIZE or _is_cut(state.clip, x, y, size, length, is_level=_is_level(text_matrix, matrix)):
            return True
        on_something = any(_holds(box, x, y) for box in self._painted)
        return (state.clear or (state.white and not on_something)) and state.mode in (0, 4)


def _is_cut(clip: Box, x: float, y: float, size: float, length: int, *, is_level: bool) -> bool:
    """Whether nothing of a text that begins there can be within `clip`; its width is overestimated."""
    left, bottom, right, top = clip
    width = size * (length + 1)
    if is_level:
        return x > right + 1 or x + width < left or y > top + 1 or y + size < bottom
    return x > right + width or x + width < left or y > top + width or y + width < bottom


def _is_level(text_matrix: Matrix, matrix: Matrix) -> bool:
    """Whether it runs from left to right, as most text does."""
    turned = (text_matrix[1], text_matrix[2], matrix[1], matrix[2])
    return not any(abs(each) > 1e-6 for each in turned) and text_matrix[0] * matrix[0] > 0 < text_matrix[3] * matrix[3]


def _length(text: Any) -> int:
    if isinstance(text, list):
        return sum(len(each) for each in text if isinstance(each, (str, bytes)))
    return len(text) if isinstance(text, (str, bytes)) else 0


def _found(holder: DictionaryObject, name: str) -> DictionaryObject:
    """A dictionary by its name; an empty one where there is none."""
    value = holder.get(name)
    found = value.get_object() if value is not None else None
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def _numbers(value: Any, length: int) -> tuple[float, ...]:
    """So many numbers as they stand in a dictionary; none where these are no such numbers."""
    found = value.get_object() if value is not None else None
    numbers = [each for each in found if isinstance(each, (int, float))] if isinstance(found, ArrayObject) else []
    return tuple(map(float, numbers)) if len(numbers) == length else ()


def _clear_states(resources: DictionaryObject) -> dict[str, bool]:
    """The named graphics states that set how opaque what is filled is, and whether it is not at all then."""
    states = _found(resources, "/ExtGState")
    opacity = {name: state.get_object().get("/ca") for name, state in states.items()}
    return {name: float(alpha.get_object()) < _UNSEEN_OPACITY for name, alpha in opacity.items() if alpha is not None}


def _is_white(operator: bytes, operands: Sequence[Any]) -> bool:
    numbers = [float(number) for number in operands if isinstance(number, (int, float))]
    if operator == b"g" or (operator in (b"rg", b"sc", b"scn") and len(numbers) == 3):
        return bool(numbers) and min(numbers) >= 0.97
    if operator == b"k" or (operator in (b"sc", b"scn") and len(numbers) == 4):
        return bool(numbers) and max(numbers) <= 0.03
    return False


def _points(operator: bytes, numbers: Sequence[float]) -> list[tuple[float, float]]:
    if operator == b"re" and len(numbers) == 4:
        x, y, width, height = numbers
        return [(x, y), (x + width, y), (x, y + height), (x + width, y + height)]
    return list(zip(numbers[0::2], numbers[1::2], strict=False))


def placed(x: float, y: float, matrix: Matrix) -> tuple[float, float]:
    """A point of text or drawing in the coordinates of the page."""
    return x * matrix[0] + y * matrix[2] + matrix[4], x * matrix[1] + y * matrix[3] + matrix[5]


def _product(first: Matrix, second: Matrix) -> Matrix:
    """The matrix that does the first and then the second."""
    a, b, c, d, e, f = first
    return (
        a * second[0] + b * second[2],
        a * second[1] + b * second[3],
        c * second[0] + d * second[2],
        c * second[1] + d * second[3],
        *placed(e, f, second),
    )


def _sides(box: Any) -> Box:
    return float(box.left), float(box.bottom), float(box.right), float(box.top)


def _box(points: Sequence[tuple[float, float]]) -> Box:
    across, up = [x for x, _ in points], [y for _, y in points]
    return min(across), min(up), max(across), max(up)


def _shared(one: Box, other: Box) -> Box:
    """What lies in both; where they do not meet, a box in which nothing lies."""
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])


def _grown(box: Box, by: float) -> Box:
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def _holds(box: Box, x: float, y: float) -> bool:
    """Give or take a point."""
    return box[0] - 1 <= x <= box[2] + 1 and box[1] - 1 <= y <= box[3] + 1
