"""Pictures of every surface, made by driving the playground's page with the real bot: `python -m evals.screenshots`.

They go into `screenshots/`, which is not kept; look at them before calling a surface done. A scene is a function in
`evals/scenes/` that drives the page and leaves it as the picture is to show it; `@scene` says who is looking, at what.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, expect
from playwright.sync_api import Error as PlaywrightError

from evals.browser import MISSING, browser, executable
from evals.quoting_model import quoting_model
from evals.scenes import SCENES, Scene
from footnote import settings as configuration
from footnote.play import workspace
from playground.server import Playground

SECONDS = 60_000
"""Milliseconds that a scene waits for the bot."""


def take(slack: Playground, chromium: Browser, each: Scene, folder: Path) -> None:
    """Play one scene in an emptied conversation and keep its picture; a scene that fails keeps what was to be seen."""
    context = chromium.new_context(
        viewport={"width": each.width, "height": 860},
        color_scheme="dark" if each.is_dark else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(SECONDS)
    expect.set_options(timeout=SECONDS)
    place = slack.im(each.person).id if each.place == "app" else each.place
    slack.forget(place)
    for view in reversed(slack.views(each.person)):
        slack.close(each.person, view)
    page.goto(f"{slack.url}/?as={each.person}&in={place}&tab={each.tab or 'messages'}")
    try:
        each.drive(page)
    finally:
        page.screenshot(path=folder / f"{each.name}.png")
        context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="only these scenes; without any, all of them")
    parser.add_argument("--folder", type=Path, default=Path("screenshots"))
    options = parser.parse_args()
    chosen = [each for each in SCENES if not options.names or each.name in options.names]
    path = executable()
    if not chosen or path is None:
        parser.exit(1, f"{MISSING}\n" if chosen else f"The scenes are: {', '.join(each.name for each in SCENES)}\n")
    options.folder.mkdir(parents=True, exist_ok=True)
    with browser(path) as chromium:
        failed = picture([each for each in chosen if not each.has_model], chromium, options.folder)
        with quoting_model() as model, environment(model.settings):
            failed += picture([each for each in chosen if each.has_model], chromium, options.folder)
    sys.exit(1 if failed else 0)


def picture(scenes: list[Scene], chromium: Browser, folder: Path) -> int:
    """All of the scenes, in one workspace; returns how many failed."""
    failed = 0
    if not scenes:
        return failed
    with workspace(configuration.load(), (), 0, print) as (slack, _):
        for each in scenes:
            try:
                take(slack, chromium, each, folder)
                print(f"{folder}/{each.name}.png")
            except (AssertionError, PlaywrightError) as error:
                failed += 1
                print(f"{folder}/{each.name}.png shows how far it came: {str(error).splitlines()[0]}")
    return failed


@contextmanager
def environment(values: Mapping[str, str]) -> Iterator[None]:
    """With these variables, for the processes that are begun inside."""
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


if __name__ == "__main__":
    main()
