"""Where renditions are made: after the inventory, which knows the images, and before the pages, which show only what exists.

A step of its own and not a part of a stage: a page has to know which images could not be decoded, and an image is a task by itself.
What was made is kept by image (table `renditions`); while no file and no document that names one changes, nothing here is looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import orjson

from fleuve import cache, rendition
from fleuve.image import Facts
from fleuve.publish import Publisher
from fleuve.settings import Settings
from fleuve.site_index import PUBLIC_MEDIA, SHOWN

STATE = "images"
CURRENT = "à jour"
STORE = "images"
"""Folder of the store, in the cache folder that sites share."""


class Developed(NamedTuple):
    """What a worker made of one image."""

    key: str
    outputs: dict[str, str]
    problems: list[dict]
    written: int


class Step(NamedTuple):
    """What the step did: outputs that are not of the site any more, and how many files were written."""

    gone: set[str]
    written: int


def develop(db, settings: Settings, executor, store: Path, begin: Callable[[], None], tick=None) -> Step:
    """Publish the renditions of every image that published documents show, and of no other.

    executor: spreads images over processes. store: folder of what was made before. begin(): called before anything is written.
    tick(done, total). Raises OSError when the store or the output folder cannot be written.
    """
    if cache.get_state(db, STATE) == CURRENT:
        return Step(set(), 0)
    shown = f"SELECT min(files.path), facts FROM files JOIN looks ON looks.path=files.path WHERE rendered=1 AND {PUBLIC_MEDIA} AND {SHOWN} GROUP BY looks.facts"
    wanted = {rendition.key(facts): (path, facts) for path, facts in ((path, Facts(*orjson.loads(text))) for path, text in db.execute(shown))}
    known = {key: (trusted, outputs) for key, trusted, outputs in db.execute("SELECT key, trusted, outputs FROM renditions")}
    gone = {path for key in known.keys() - wanted.keys() for path in orjson.loads(known[key][1])}
    missing = sorted(key for key in wanted if key not in known or not known[key][0])
    if gone or missing:
        begin()
    db.executemany("DELETE FROM renditions WHERE key=?", ((key,) for key in known.keys() - wanted.keys()))
    tasks = ((str(settings.content), str(settings.out), str(store), *wanted[key]) for key in missing)
    written = 0
    for done, made in enumerate(executor.map(publish, tasks, len(missing)), 1):
        db.execute("INSERT OR REPLACE INTO renditions VALUES (?, 1, ?, ?)", (made.key, orjson.dumps(made.problems).decode() if made.problems else "", orjson.dumps(made.outputs)))
        written += made.written
        if tick:
            tick(done, len(missing))
    if missing:
        rendition.forget(store)
    cache.set_state(db, STATE, CURRENT)
    return Step(gone, written)


def publish(content: str, out: str, store: str, path: str, facts: Facts) -> Developed:
    """Make the renditions of one image, or take them from the store, and put them into the site (in a worker, or here)."""
    files, problems = rendition.make(content, path, Facts(*facts), store)
    publisher = Publisher(Path(out))
    publisher.begin({})
    for name, data in files.items():
        publisher.write(f"{rendition.FOLDER}/{name}", data)
    return Developed(rendition.key(Facts(*facts)), publisher.outputs, [problem.to_json() for problem in problems], publisher.written)
