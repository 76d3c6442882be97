"""XML from strangers: no entities, no network, no huge trees."""

from __future__ import annotations

from lxml import etree

from ingest.errors import ParseRefused

MAX_BYTES = 50_000_000
"""Of one part; as a tree it needs many times as much memory."""


def parse_xml(data: bytes) -> etree._Element:
    """The root element; raises ParseRefused where it is damaged, too large or declares entities."""
    if len(data) > MAX_BYTES:
        raise ParseRefused("part_too_large", bytes=len(data), most=MAX_BYTES)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser=parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ParseRefused("xml_damaged") from error
    if root.getroottree().docinfo.internalDTD is not None and root.getroottree().docinfo.internalDTD.entities():
        raise ParseRefused("xml_entities")
    return root
