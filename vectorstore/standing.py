"""Where a passage stands: under which headings, and whether its version is still what its document says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from vectorstore.database import Database
from vectorstore.moments import as_utc
from vectorstore.schema import chunks, documents, versions


@dataclass(frozen=True, slots=True)
class Standing:
    heading: str = ""
    """The headings above it, outermost first, joined by " > "."""
    changed_at: datetime | None = None
    """When the version that took its place was read; None while it is current."""


def standing(database: Database, version_id: str, offset: int) -> Standing:
    """Of the place `offset` in the text of a version; nothing is known of a version that is gone."""
    here = (chunks.c.version_id == version_id, chunks.c.start <= offset, chunks.c.end > offset)
    document = select(versions.c.document_id).where(versions.c.id == version_id).scalar_subquery()
    current = (
        select(versions.c.id, versions.c.fetched_at)
        .join(documents, documents.c.current_version == versions.c.id)
        .where(documents.c.id == document)
    )
    with database.read() as connection:
        heading = connection.scalar(select(chunks.c.heading).where(*here).limit(1))
        now = connection.execute(current).first()
    changed = now.fetched_at if now and now.id != version_id else None
    return Standing(heading or "", as_utc(changed))
