"""E-mails (RFC 5322): the text a reader sees, without attachments."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import parseaddr

from ingest.blocks import Block, Loaded
from ingest.dates import read_header_date
from ingest.errors import ParseRefused
from ingest.invisible import strip_invisible
from ingest.loaders.html import blocks_of_markup
from ingest.loaders.text import blocks_of
from ingest.metadata import Metadata


def load_mail(data: bytes, _charset: str | None = None, _url: str | None = None) -> Loaded:
    try:
        message = message_from_bytes(data, policy=policy.default)
        headers = _metadata(message)
        blocks, invisible = _body(message)
        attachments = sum(1 for _ in message.iter_attachments())
    except (MessageError, LookupError, ValueError, TypeError, AttributeError, IndexError) as error:
        raise ParseRefused("mail_damaged") from error
    if not any(message[name] for name in ("subject", "from", "date", "received", "message-id")):
        raise ParseRefused("not_a_mail")
    return Loaded(tuple(blocks), headers, removed={"invisible": invisible, "attachment": attachments})


def _metadata(message: EmailMessage) -> Metadata:
    name, address = parseaddr(_header(message, "from"))
    return Metadata(
        title=_header(message, "subject") or None,
        author=name or address or None,
        published=read_header_date(_header(message, "date")) if message["date"] else None,
    )


def _header(message: EmailMessage, name: str) -> str:
    return " ".join(str(message[name] or "").split())


def _body(message: EmailMessage) -> tuple[list[Block], int]:
    """The plain text, or the HTML where there is no plain text."""
    for part in _readable_parts(message):
        content = part.get_content()
        if isinstance(content, str):
            text, invisible = strip_invisible(content)
            blocks = blocks_of_markup(text) if part.get_content_subtype() == "html" else blocks_of(text)
            if blocks:
                return blocks, invisible
    return [], 0


def _readable_parts(message: EmailMessage) -> Iterator[EmailMessage]:
    for kind in ("plain", "html"):
        part = message.get_body(preferencelist=(kind,))
        if isinstance(part, EmailMessage):
            yield part
