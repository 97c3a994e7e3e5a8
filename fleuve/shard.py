"""Shards: the unit of work, of caching and of distribution. A shard is a folder of the IA, or a part of a large one."""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Iterable

# Pages a shard holds at most before it is split. Smaller: more overhead for each; larger: more to render again for one change (a shard
# is made again whole). 10,000 pages in folders of 125 took a tenth more of processor when these were cut in two.
MAX_PAGES = 150
# News are in a folder a month, of which each is a shard, be it small: nothing is added to a month that is over, and so it is never made again.
_MONTH = re.compile(r"nouvelles/[0-9]{4}/[0-9]{2}(?=/)")


def month_of(path: str) -> str:
    """The folder of the month in which an item of news stands, « » for other documents."""
    month = _MONTH.match(path)
    return month[0] if month else ""


def group(paths: Iterable[str]) -> dict[str, str]:
    """The shard of each document.

    Takes the paths of all documents that have a page. Returns {path: shard}. Depends on the paths only: adding a page touches
    one shard, or splits one that has grown over MAX_PAGES.
    """
    shards: dict[str, str] = {}
    months: dict[str, list[str]] = defaultdict(list)
    others = []
    for path in sorted(paths):
        month = month_of(path)
        (months[month] if month else others).append(path)
    for folder, members in months.items():
        _assign(folder, members, shards)
    _split(others, 1, shards)
    return shards


def _split(paths: list[str], depth: int, shards: dict[str, str]) -> None:
    groups = defaultdict(list)
    for path in paths:
        groups["/".join(path.split("/")[:-1][:depth])].append(path)
    for folder, members in groups.items():
        if len(members) <= MAX_PAGES:
            shards.update(dict.fromkeys(members, folder or "."))
        elif any(path.count("/") > depth for path in members):
            direct = [path for path in members if path.count("/") <= depth]
            _assign(folder, direct, shards)
            _split([path for path in members if path.count("/") > depth], depth + 1, shards)
        else:
            _assign(folder, members, shards)


def _assign(folder: str, members: list[str], shards: dict[str, str]) -> None:
    """The documents that stand in `folder` itself, spread over a power of two of buckets so that growth moves few of them."""
    buckets = 1
    while len(members) > MAX_PAGES * buckets:
        buckets *= 2
    for path in members:
        suffix = f"#{_bucket(path, buckets)}" if buckets > 1 else ""
        shards[path] = f"{folder or '.'}{suffix}"


def _bucket(path: str, buckets: int) -> int:
    stem = path.rpartition("/")[2].split(".", 1)[0]  # a twin stays with its document
    return zlib.crc32(stem.encode("utf-8", "surrogateescape")) % buckets
