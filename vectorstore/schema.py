"""Every table of Footnote, in one schema that is migrated together (see `migrations/`).

SQLite and PostgreSQL hold the same tables. Times are UTC; ids derive from content wherever the same thing may come twice.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    true,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

settings = Table(
    "settings",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", Text, nullable=False),
    comment="What the store must remember about itself: the embedder's name, dimension and checksum, index generations.",
)

sources = Table(
    "sources",
    metadata,
    Column("id", String, primary_key=True),
    Column("location", Text, nullable=False),
    Column("scope", String, nullable=False),
    Column("added_by", String),
    Column("added_at", DateTime(timezone=True), nullable=False),
    Column("kind", String, comment="feed or sitemap where it lists its documents; NULL where it is or holds them."),
    Column("trouble", Text, comment="What was wrong when it was last looked at; NULL where nothing was."),
    Column("every", Integer, comment="Seconds between two looks; NULL where nobody asked for it."),
    Column("due_at", DateTime(timezone=True), comment="When to look again."),
    UniqueConstraint("location", "scope"),
)

source_tags = Table(
    "source_tags",
    metadata,
    Column("source_id", ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True),
    Column("tag", String, primary_key=True),
    comment="Words an administrator gave a source; a channel can be kept to sources with some of them.",
)

documents = Table(
    "documents",
    metadata,
    Column("id", String, primary_key=True),
    Column("source_id", ForeignKey("sources.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("location", Text, nullable=False),
    Column("scope", String, nullable=False, index=True),
    Column("current_version", String, index=True, comment="None until a first version is swapped in."),
    Column("checked_at", DateTime(timezone=True), comment="When it was last looked at, changed or not."),
    Column("etag", Text),
    Column("last_modified", Text),
    Column(
        "misses", Integer, nullable=False, server_default="0", comment="Looks in a row that its server said it is gone."
    ),
    Column("data_fingerprint", String, comment="SHA-256 of the bytes last parsed: equal bytes need no parsing."),
    UniqueConstraint("location", "scope"),
)

moves = Table(
    "moves",
    metadata,
    Column("address", Text, primary_key=True),
    Column("target", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    comment="Web addresses whose servers said that they moved for good (301, 308), with where they are now.",
)

versions = Table(
    "versions",
    metadata,
    Column("id", String, primary_key=True),
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("url", Text),
    Column("publisher", Text),
    Column("author", Text),
    Column("published", Date),
    Column("language", String),
    Column("media_type", String, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("pages", JSON, nullable=False),
    Column("fetched_at", DateTime(timezone=True), nullable=False),
)

chunks = Table(
    "chunks",
    metadata,
    Column("id", String, primary_key=True),
    Column("version_id", ForeignKey("versions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("scope", String, nullable=False),
    # Before the text, so that a search reads it without following the text's overflow pages.
    Column("vector", LargeBinary, nullable=False, comment="float32, little-endian, of the embedder's dimension."),
    Column("ordinal", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("heading", Text, nullable=False),
    Column("embedded_hash", String, nullable=False, index=True, comment="SHA-256 of the text that was embedded."),
    Index("ix_chunks_scope_id", "scope", "id"),
)

departures = Table(
    "departures",
    metadata,
    Column("document_id", String, primary_key=True),
    Column("source_id", String, nullable=False, index=True),
    Column("location", Text, nullable=False),
    Column("scope", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    comment="Documents that were removed, and did not come back; forgotten after a month.",
)

plans = Table(
    "plans",
    metadata,
    Column("id", String, primary_key=True),
    Column("sources", JSON, nullable=False, comment="Ids of the sources it looks at."),
    Column("what", Text, nullable=False),
    Column("made_by", String),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("state", String, nullable=False, comment="planned, queued, running, done or cancelled"),
    Column("counts", JSON, nullable=False),
    Column("to_embed", Integer, nullable=False),
    Column("started_at", DateTime(timezone=True), comment="When somebody asked for it to be carried out."),
    Column("started_by", String, comment="Who did; NULL for the command line."),
    Column("began_at", DateTime(timezone=True), comment="When it was first taken up."),
    Column("report", JSON, comment="What it came to, once it is done."),
    comment="Dry runs of re-ingestions, and what became of them.",
)

intake = Table(
    "intake",
    metadata,
    Column("event_id", String, primary_key=True, comment="Slack's id of the delivery; equal in all redeliveries."),
    Column("team", String, nullable=False),
    Column("channel", String),
    Column(
        "message_ts", String, comment="One answer per message, however many events tell of it; NULLs never collide."
    ),
    Column("kind", String, nullable=False),
    Column("payload", JSON, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("state", String, nullable=False, comment="received, done, dead, refused or withdrawn"),
    Column("attempts", Integer, nullable=False, comment="How often work on it was begun; more than one: a crash."),
    Column("reply_ts", String),
    Column("reference", String, comment="The reference id shown with an error."),
    Column("edits", String, index=True, comment="The timestamp of the message whose edit this tells of."),
    Column("finished_at", DateTime(timezone=True)),
    Column("stream_ts", String, comment="Our half-written message; empty while Slack may or may not have begun it."),
    Column("stopped_by", String, comment="Who pressed Stop while it was worked on."),
    UniqueConstraint("team", "channel", "message_ts"),
    Index("ix_intake_state", "state"),
)

quiet_threads = Table(
    "quiet_threads",
    metadata,
    Column("team", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("thread_ts", String, primary_key=True),
    Column("is_quiet", Boolean, nullable=False, comment="Whether only mentions are answered in it."),
    Column("request_id", String, nullable=False, comment="Which request made it so."),
)

channel_settings = Table(
    "channel_settings",
    metadata,
    Column("team", String, primary_key=True),
    Column("channel", String, primary_key=True, comment="Slack's id, never the name."),
    Column("mode", String, nullable=False, comment="mentions, auto or off"),
    Column("reach", String, nullable=False, comment="workspace or channel"),
    Column("tags", JSON, nullable=False),
    Column("language", String, nullable=False, comment="ISO 639-1; empty: the question's."),
    Column("humans", JSON, nullable=False, comment="Ids of people and user groups to call."),
    Column("set_by", String, nullable=False),
    Column("set_at", DateTime(timezone=True), nullable=False),
    Column(
        "digest_due_at", DateTime(timezone=True), comment="When the next weekly digest is due; NULL: none is wanted."
    ),
)

answers = Table(
    "answers",
    metadata,
    Column("id", String, primary_key=True),
    Column("team", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("thread_ts", String),
    Column("message_ts", String, comment="Our message; None where the answer was ephemeral."),
    Column("user", String, nullable=False),
    Column("question", Text, nullable=False, comment="As it was asked."),
    Column("standalone", Text, nullable=False, comment="As it was searched."),
    Column("answer", JSON, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("is_private", Boolean, nullable=False, server_default=false(), comment="Only who asked has seen it."),
    Column("answered", Boolean, nullable=False, server_default=true(), comment="False: the documents did not say it."),
    Column("kind", String, nullable=False, server_default="question", comment="question, or summary of what it names"),
    Index("ix_answers_thread", "team", "channel", "thread_ts"),
)

withdrawals = Table(
    "withdrawals",
    metadata,
    Column("team", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("message_ts", String, primary_key=True),
    Column("thread_ts", String),
    Column("request", String, comment="What marks the messages of the same reply that came after it; NULL: not known."),
    comment="Messages of ours that hold what was forgotten, still to be deleted.",
)

shared_answers = Table(
    "shared_answers",
    metadata,
    Column("answer_id", ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True),
    Column("request_id", String, nullable=False, comment="The click that shared it."),
    comment="Private answers that were shown to their channel, each at most once.",
)

answer_citations = Table(
    "answer_citations",
    metadata,
    Column("answer_id", ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("document_id", String, nullable=False, index=True),
    Column("version_id", String, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("quote", Text, nullable=False),
    comment="The ledger: which posted answers stand on which sentences.",
)

postings = Table(
    "postings",
    metadata,
    Column("id", String, primary_key=True, comment="Team, channel and timestamp."),
    Column("team", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("message_ts", String, nullable=False),
    Column("thread_ts", String),
    Column("request", String, comment="What marks the messages of the same reply that came after it."),
    Column("user", String, nullable=False, comment="For whom it was written; empty for nobody in particular."),
    Column("kind", String, nullable=False, comment="digest, plan, report or summary"),
    Column("at", DateTime(timezone=True), nullable=False),
    Column(
        "has_banner", Boolean, nullable=False, server_default=false(), comment="It says that what it quotes is gone."
    ),
    comment="The ledger beside answers: other messages of ours that stay in Slack and quote or name something.",
)

posting_subjects = Table(
    "posting_subjects",
    metadata,
    Column("posting_id", ForeignKey("postings.id", ondelete="CASCADE"), primary_key=True),
    Column("subject", String, primary_key=True, index=True, comment="Id of a document, of a source, or of a person."),
    Column("version_id", String, primary_key=True, comment="Of the quoted sentence; empty where none is quoted."),
    Column("start", Integer, primary_key=True),
    Column("end", Integer, nullable=False),
)

viewed = Table(
    "viewed",
    metadata,
    Column("team", String, primary_key=True),
    Column("user", String, primary_key=True),
    Column("channel", String, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    comment="Which channel somebody looks at beside our pane.",
)

ledger = Table(
    "ledger",
    metadata,
    Column("answer_id", ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True),
    Column("document_id", String, primary_key=True),
    Column("version_id", String, primary_key=True, comment="Empty where the document was gone."),
    Column("changed", Boolean, nullable=False, comment="Whether a sentence that the answer cites had changed."),
    Column("at", DateTime(timezone=True), nullable=False),
    comment="Answers that were compared with a later version of what they cite.",
)

model_spending = Table(
    "model_spending",
    metadata,
    Column("day", Date, primary_key=True, comment="UTC"),
    Column("account", String, primary_key=True, comment="user:U…, channel:C…, everybody"),
    Column("tokens", Integer, nullable=False),
    Column("questions", Integer, nullable=False),
    comment="What the answer model was asked for; forgotten after a month.",
)

feedback = Table(
    "feedback",
    metadata,
    Column("answer_id", ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True),
    Column("user", String, primary_key=True),
    Column("vote", String, nullable=False, comment="up or down"),
    Column("reason", Text, comment="wrong, outdated, missing or bad_source; NULL: not given."),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("comment", Text),
    Column("document", String, comment="The document that was reported."),
    Column("state", String, nullable=False, server_default="open", comment="open or closed"),
)

pictures = Table(
    "pictures",
    metadata,
    Column("name", String, primary_key=True),
    Column("shows", Text, nullable=False, comment="What it shows, as text: it is drawn anew when that changes."),
    Column("file", String, nullable=False, comment="Its id in Slack."),
    comment="Pictures of ours in Slack.",
)

handled_questions = Table(
    "handled_questions",
    metadata,
    Column("team", String, primary_key=True),
    Column("words", String, primary_key=True, comment="A hash of the words that the questions share."),
    Column("at", DateTime(timezone=True), nullable=False, comment="Those asked later are not handled."),
    comment="Questions that an administrator has seen to.",
)

human_requests = Table(
    "human_requests",
    metadata,
    Column("answer_id", ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True),
    Column("request_id", String, nullable=False, comment="The request that made it."),
    Column("team", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("thread_ts", String, nullable=False),
    Column("message_ts", String, comment="Our message that calls them."),
    Column("question", Text, nullable=False),
    Column("asked_by", String, nullable=False),
    Column("asked_by_name", Text, nullable=False),
    Column("humans", JSON, nullable=False, comment="Ids of people and user groups that were called."),
    Column("state", String, nullable=False, comment="open or resolved"),
    Column("resolved_by_name", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Index("ix_human_requests_thread", "team", "channel", "thread_ts"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", String, nullable=False),
    Column("team", String),
    Column("channel", String),
    Column("action", String, nullable=False),
    Column("object", Text),
    Column("decision", String, nullable=False, comment="done, refused or failed"),
    Column("reason", Text),
    Column("seconds", Float),
    Column("previous", String, comment="The hash of the entry before."),
    Column(
        "hash",
        String,
        comment="SHA-256 over this entry and `previous`; NULL in entries of before the trail was sealed.",
    ),
)
