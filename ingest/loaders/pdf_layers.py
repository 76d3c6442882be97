"""Optional content of a PDF: which of its layers are switched off when a reader opens it (ISO 32000, 8.11)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

_POLICIES = {"/AllOn": (all, True), "/AnyOn": (any, True), "/AllOff": (all, False), "/AnyOff": (any, False)}
"""How the states of several layers decide: whether which of them must be on, or off."""


class Layers:
    """What the document's default configuration says; without one, everything is on."""

    def __init__(self, reader: PdfReader) -> None:
        properties = _dictionary(reader.root_object.get("/OCProperties"))
        default = _dictionary(properties.get("/D"))
        self._is_off_by_default = str(default.get("/BaseState", "/ON")) == "/OFF"
        self._exceptions = set(_numbers(default.get("/ON" if self._is_off_by_default else "/OFF")))

    def is_off(self, content: Any) -> bool:
        """`content`: what /OC names, as it stands in its dictionary: a layer, or a membership in several."""
        found = _dictionary(content)
        if found.get("/Type") != "/OCMD":
            return isinstance(content, IndirectObject) and self._off(content.idnum)
        layers = found.raw_get("/OCGs") if "/OCGs" in found else None
        numbers = list(_numbers(layers))
        decide, on = _POLICIES.get(str(found.get("/P", "/AnyOn")), (any, True))
        return bool(numbers) and not decide(self._off(number) is not on for number in numbers)

    def _off(self, number: int) -> bool:
        return (number in self._exceptions) is not self._is_off_by_default


def _dictionary(value: Any) -> DictionaryObject:
    found = value.get_object() if value is not None else None
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def _numbers(value: Any) -> Iterator[int]:
    """The object numbers of one layer, or of a list of them."""
    if isinstance(value, IndirectObject) and not isinstance(value.get_object(), ArrayObject):
        yield value.idnum
        return
    found = value.get_object() if value is not None else None
    for each in found if isinstance(found, ArrayObject) else ():
        if isinstance(each, IndirectObject):
            yield each.idnum
