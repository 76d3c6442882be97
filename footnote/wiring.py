"""The composition root: which parts stand behind which ports. The only place that chooses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from bot import gate
from bot.answer import Assistant
from bot.budget import EVERYBODY, Budget
from bot.judge import Gate, Judge
from bot.model import ModelComposer
from bot.remembered import Remembered
from bot.usage import Price
from footnote.application import Application
from footnote.settings import Settings
from ingest.pipeline import Pipeline
from ingest.sandbox import ParserProcess
from vectorstore.database import Database
from vectorstore.embedder import Embedder, PackagedEmbedder
from vectorstore.reranker import Reranker
from vectorstore.store import KnowledgeBase


@contextmanager
def application(settings: Settings) -> Iterator[Application]:
    """Footnote, ready to answer and to ingest; owns the data directory until the block ends."""
    embedder = make_embedder(settings)
    with (
        KnowledgeBase(
            settings.home,
            embedder,
            database_url=settings.database_url.get_secret_value() if settings.database_url else None,
            chroma_url=settings.chroma_url,
            reranker=make_reranker(settings),
        ) as knowledge_base,
        ParserProcess() as parser,
    ):
        pipeline = Pipeline(
            knowledge_base,
            parser,
            embedder.count_tokens,
            allow_private=settings.footnote_allow_private_addresses,
        )
        yield Application(knowledge_base, pipeline, make_assistant(settings, knowledge_base, embedder))


def make_embedder(settings: Settings) -> Embedder:
    if settings.embedding_model:
        from vectorstore.hosted_embedder import HostedEmbedder

        return HostedEmbedder(settings.embedding_model)
    return PackagedEmbedder(settings.home / "models")


def make_reranker(settings: Settings) -> Reranker | None:
    """Raises RerankerUnavailable for one that cannot be used as it is set."""
    if not settings.reranker_model:
        return None
    kind, _, name = settings.reranker_model.partition(":")
    if kind == "onnx":
        from vectorstore.cross_encoder import CrossEncoder

        return CrossEncoder(Path(name).expanduser(), seconds=settings.reranker_seconds)
    from vectorstore.hosted_reranker import HostedReranker

    return HostedReranker(
        settings.reranker_model,
        base_url=settings.reranker_base_url,
        api_key=settings.reranker_api_key.get_secret_value() if settings.reranker_api_key else None,
        seconds=settings.reranker_seconds,
    )


def make_assistant(settings: Settings, knowledge_base: KnowledgeBase, embedder: Embedder) -> Assistant:
    embed = Remembered(embedder.embed_now, embedder.dimension)
    model = make_model(settings, partial(gate.check, embed=embed)) if settings.answer_model else None
    return Assistant(
        knowledge_base, embed, model, budget=make_budget(settings, knowledge_base.database), price=make_price(settings)
    )


def make_budget(settings: Settings, database: Database) -> Budget:
    most = {
        "user": settings.answer_model_tokens_per_person,
        "channel": settings.answer_model_tokens_per_channel,
        EVERYBODY: settings.answer_model_tokens_per_day,
    }
    return Budget(database, most)


def make_price(settings: Settings) -> Price | None:
    if not settings.answer_model_price:
        return None
    read, written, currency = settings.answer_model_price.split()
    return Price(float(read), float(written), currency)


def make_model(settings: Settings, check: Gate) -> ModelComposer:
    """The model composer that ANSWER_MODEL names, behind the gate and, if there is one, the judge."""
    key = settings.answer_model_api_key.get_secret_value() if settings.answer_model_api_key else None
    if settings.answer_judge:
        check = Judge(check, settings.answer_judge, base_url=settings.answer_model_base_url, api_key=key)
    return ModelComposer(
        str(settings.answer_model),
        check=check,
        base_url=settings.answer_model_base_url,
        api_key=key,
        total_s=settings.answer_model_seconds,
    )
