"""Why a provider's model could not be made, as a sentence for whoever set it. The vendor's own text is for programmers."""

from __future__ import annotations

import re

_PACKAGE = re.compile(r"langchain[-_][a-z_-]*[a-z]")
_KEY = re.compile(r"\b[A-Z][A-Z0-9_]*_(?:API_)?KEY\b")
_NO_PROVIDER = re.compile(r"not supported|unsupported provider|infer (?:the )?model provider", re.IGNORECASE)


def why_not(setting: str, model: str, error: Exception) -> str:
    """`error`: what LangChain raised for `model` ("provider:name"), which the environment variable `setting` holds."""
    provider = model.partition(":")[0]
    return f"{setting}={model} cannot be used: {_reason(setting, provider, error)}"


def _reason(setting: str, provider: str, error: Exception) -> str:
    said = str(error)
    package = _PACKAGE.search(said)
    if isinstance(error, ImportError) and package:
        name = package[0].replace("_", "-")
        return f"the package of its provider is not installed. Install it: .venv/bin/pip install {name}"
    if _NO_PROVIDER.search(said):
        return (
            f"there is no provider {provider!r}. The word before the colon is one of LangChain's, such as openai, anthropic, "
            "google_genai, mistralai or ollama; for a server of your own it is openai, with its address."
        )
    if key := _KEY.search(said):
        where = f"{setting}_API_KEY or {key[0]}" if setting == "ANSWER_MODEL" else key[0]
        return f"its key is missing. Set {where} in .env, or in the environment."
    return f"{said.partition(chr(10))[0].strip().rstrip('.')}."
