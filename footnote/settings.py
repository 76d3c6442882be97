"""Settings: environment variables and a `.env` file, read once at the start. `.env.example` lists them all."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

from dotenv import load_dotenv
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_CURATOR = re.compile(r"([UW][A-Z0-9]{2,40}):([CG][A-Z0-9]{2,40}(?:\+[CG][A-Z0-9]{2,40})*)")


class SettingsInvalid(Exception):
    """Names every variable that is missing or malformed, with what it should be."""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    footnote_home: Path = Field(
        Path("~/.footnote"), description="The data directory; everything Footnote keeps is in it."
    )
    database_url: SecretStr | None = Field(
        None,
        description="SQL database, such as postgresql+psycopg://user@host/name. Empty: SQLite in the data directory.",
    )
    work_database_url: SecretStr | None = Field(
        None, description="SQL database of work in progress. Empty: SQLite in the data directory."
    )
    chroma_url: str | None = Field(
        None,
        pattern=r"^https?://",
        description="https://…: a Chroma server behind an authenticating proxy. Empty: Chroma embedded, in the data directory.",
    )
    embedding_model: str | None = Field(
        None,
        pattern=r"^[^:\s]+:\S+$",
        description="provider:model for LangChain's init_embeddings. Empty: the packaged MiniLM.",
    )
    reranker_model: str | None = Field(
        None,
        pattern=r"^[^:\s]+:\S+$",
        description="What puts the passages of a question in a better order: cohere:, jina: or voyage: and a model's name; with "
        "RERANKER_BASE_URL any server that has /rerank (tei: for text-embeddings-inference); onnx: and a folder with a "
        "cross-encoder's model.onnx and tokenizer.json. A service is shown the question and 30 passages. Empty: none.",
    )
    reranker_base_url: str | None = Field(
        None, pattern=r"^https?://", description="Address of the reranker's server, up to /rerank."
    )
    reranker_api_key: SecretStr | None = Field(
        None,
        description="Key of the reranker. Empty: the provider's own variable, such as COHERE_API_KEY, is used.",
    )
    reranker_seconds: float = Field(
        2, gt=0, le=30, description="Seconds a reranker may take; after that the order is the search's own."
    )
    answer_model: str | None = Field(
        None,
        pattern=r"^[^:\s]+:\S+$",
        description="provider:model for LangChain's init_chat_model, such as openai:gpt-5-mini. Empty: no model; "
        "answers are composed of the documents' own sentences.",
    )
    answer_model_base_url: str | None = Field(
        None,
        pattern=r"^https?://",
        description="Address of an OpenAI-compatible endpoint (llama.cpp, vLLM, a gateway).",
    )
    answer_model_api_key: SecretStr | None = Field(
        None,
        description="Key of the answer model. Empty: the provider's own variable, such as OPENAI_API_KEY, is used.",
    )
    answer_judge: str | None = Field(
        None,
        pattern=r"^[^:\s]+:\S+$",
        description="provider:model that judges each sentence of the answer model after the gate, at the same address and with "
        "the same key. It can only hold back, and does when it fails. Empty: no judge.",
    )
    answer_model_seconds: float = Field(
        45, gt=0, le=300, description="Seconds a model may take in all; after that the extractive answer is shown."
    )
    answer_model_price: str | None = Field(
        None,
        pattern=r"^\d+(\.\d+)? \d+(\.\d+)? [A-Z]{3}$",
        description="What the model's provider asks for a million tokens read and a million written, and the currency, such as "
        "0.25 2 USD; “Why this answer?” then says what an answer cost. Empty: it says the tokens only.",
    )
    answer_model_tokens_per_person: int = Field(
        500_000,
        ge=20_000,
        description="Tokens a day (UTC) that a model may read and write for one person in Slack; then answers are made of the "
        "documents' own sentences. A question takes two to four thousand, ten thousand at most.",
    )
    answer_model_tokens_per_channel: int = Field(
        2_000_000, ge=20_000, description="The same for all questions of one channel."
    )
    answer_model_tokens_per_day: int = Field(5_000_000, ge=20_000, description="The same for everybody together.")
    slack_bot_token: SecretStr | None = Field(None, description="xoxb-…: OAuth & Permissions in the app's settings.")
    slack_app_token: SecretStr | None = Field(
        None, description="xapp-… with connections:write: Socket Mode. Give this or the signing secret, not both."
    )
    slack_signing_secret: SecretStr | None = Field(None, description="Signed HTTP instead of Socket Mode.")
    slack_host: str = Field("127.0.0.1", description="Where signed HTTP listens.")
    slack_port: int | None = Field(
        None,
        ge=0,
        le=65535,
        description="Port of signed HTTP (3000), or of /healthz and /metrics in Socket Mode (none).",
    )
    slack_api_url: str = Field(
        "https://slack.com/api/",
        pattern=r"^https?://.*/$",
        description="https://…/: Slack's Web API; a stand-in's address for trying out.",
    )
    footnote_admins: Annotated[frozenset[str], NoDecode] = Field(
        frozenset(),
        description="Slack user ids that may administer documents, separated by commas: U012AB3CD,U045EF6GH",
    )
    footnote_curators: Annotated[dict[str, frozenset[str]], NoDecode] = Field(
        {},
        description="Slack user ids with the channels whose sources and settings each may look after: "
        "U012AB3CD:C012+C345,U045EF6GH:C678",
    )
    footnote_auditors: Annotated[frozenset[str], NoDecode] = Field(
        frozenset(), description="Slack user ids that may read the audit trail, and change nothing: U012AB3CD,U045EF6GH"
    )
    footnote_admin_group: str = Field(
        "",
        pattern=r"^(S[A-Z0-9]{2,40})?$",
        description="The id of a Slack user group whose members administer documents too: S0614TZR7",
    )
    footnote_slack_admins: bool = Field(
        False, description="true: admins and owners of the Slack workspace administer documents too."
    )
    footnote_humans: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Slack ids of people and user groups that “Get a human” calls where a channel's settings name nobody: "
        "U012AB3CD,S0614TZR7",
    )
    footnote_remove_deleted_files: bool = Field(
        False,
        description="true: a file that is deleted in Slack leaves the library at once. Otherwise whoever added it is told, "
        "and removes it with a click.",
    )
    footnote_thread_file_days: int = Field(
        30,
        ge=1,
        le=3650,
        description="Days that a file dropped into a Slack thread answers there; then it is forgotten.",
    )
    footnote_allow_private_addresses: bool = Field(
        False,
        description="true: web pages of the own network may be ingested (an intranet). Anyone who may ingest can then reach it.",
    )

    @field_validator("footnote_curators", mode="before")
    @classmethod
    def _split_curators(cls, value: Any) -> Any:
        return curators_of(value) if isinstance(value, str) else value

    @field_validator("footnote_admins", "footnote_auditors", mode="before")
    @classmethod
    def _split_admins(cls, value: Any) -> Any:
        return frozenset(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("footnote_admins", "footnote_auditors")
    @classmethod
    def _are_user_ids(cls, value: frozenset[str]) -> frozenset[str]:
        wrong = sorted(one for one in value if not one.isalnum() or one[:1] not in ("U", "W"))
        if wrong:
            raise ValueError(f"{wrong[0]!r} is not a Slack user id; they look like U012AB3CD")
        return value

    @field_validator("footnote_humans", mode="before")
    @classmethod
    def _split_humans(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("footnote_humans")
    @classmethod
    def _are_ids_to_call(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [one for one in value if not re.fullmatch(r"[UWS][A-Z0-9]{2,40}", one)]
        if wrong:
            raise ValueError(
                f"{wrong[0]!r} is the id of no person (U012AB3CD) and of no user group (S0614TZR7) of Slack"
            )
        return value

    @field_validator("footnote_home")
    @classmethod
    def _is_a_place(cls, value: Path) -> Path:
        try:
            place = value.expanduser()
        except RuntimeError as error:
            raise ValueError(f"{str(value)!r} names a user nobody knows") from error
        for part in (place, *place.parents):
            if part.is_file():
                raise ValueError(
                    f"{str(part)!r} is a file; the data directory is a folder, which is made when it is not there"
                )
        return place

    @property
    def home(self) -> Path:
        return self.footnote_home.expanduser().absolute()


def curators_of(text: str) -> dict[str, frozenset[str]]:
    """`U012AB3CD:C012+C345,U045EF6GH:C678` as channels by person; somebody named twice has the channels of both."""
    found: dict[str, frozenset[str]] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        matched = _CURATOR.fullmatch(part)
        if not matched:
            raise ValueError(f"{part!r} is no curator with channels; write U012AB3CD:C012+C345")
        found[matched[1]] = found.get(matched[1], frozenset()) | frozenset(matched[2].split("+"))
    return found


def load(**overrides: Any) -> Settings:
    """Raises SettingsInvalid, one message for all that is wrong.

    `.env` in the working directory goes into the environment, where providers look for their keys; what is set already wins.
    """
    load_dotenv(".env")
    try:
        return Settings(**overrides)
    except ValidationError as error:
        lines = [f"  {'.'.join(map(str, one['loc'])).upper()}: {_what_is_wrong(one)}" for one in error.errors()]
        raise SettingsInvalid("These settings cannot be used (see .env.example):\n" + "\n".join(lines)) from None


def _what_is_wrong(one: ErrorDetails) -> str:
    """A value of another form is told by what the setting is for, which names the form; a pattern says little."""
    if one["type"] == "string_pattern_mismatch":
        return f"{one['input']!r} is not of its form. {Settings.model_fields[str(one['loc'][0])].description}"
    return one["msg"].removeprefix("Value error, ")


def example() -> str:
    """The text of `.env.example`, generated so that it cannot drift from the settings."""
    lines = ["# Footnote's settings. Copy to .env and fill in what you need; every one of them may stay empty.", ""]
    for name, info in Settings.model_fields.items():
        lines += [f"# {info.description}"]
        default = info.default
        shown = (
            ""
            if default is None or default in (frozenset(), (), {})
            else str(default).lower()
            if default is False
            else str(default)
        )
        lines += [f"{name.upper()}={shown}" if not shown else f"# {name.upper()}={shown}", ""]
    return "\n".join(lines)
