"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
Scope = Annotated[list[str], typer.Option(help="What the reader may see: workspace, channel:C…, user:U…, admin.")]
Tag = Annotated[list[str], typer.Option(help="Only sources with this tag; may be given again.", show_default=False)]
