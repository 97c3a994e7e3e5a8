"""How well a search answers the queries of bench/queries.py: mean reciprocal rank and success within ten, by kind and by variant."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote

# What is typed: as the source writes it, without accents, with an error, with both.
VARIANTS = ("query", "plain", "typo", "plain_typo")


def measure(answers: Callable[[list[str]], list[list[str]]], halves: dict[str, list[dict]], tuning: tuple[str, ...] = VARIANTS) -> dict:
    """Ask a search everything; return, by half, variant and kind: the number of queries, MRR@10, success@10 and success@1.

    `tuning` names the variants that are asked of the half for tuning. Words that several variants share are asked once.
    """
    asked = [(half, variant, query) for half, queries in halves.items() for variant in (tuning if half == "tuning" else VARIANTS) for query in queries]
    words = list(dict.fromkeys(query[variant] for _, variant, query in asked))
    found = dict(zip(words, answers(words), strict=True))
    ranks: dict = {}
    for half, variant, query in asked:
        rank = rank_of(query["pages"], found[query[variant]])
        for kind in ("all", query["kind"]):
            ranks.setdefault(half, {}).setdefault(variant, {}).setdefault(kind, []).append(rank)
    return {half: {variant: {kind: scores(found) for kind, found in kinds.items()} for variant, kinds in variants.items()} for half, variants in ranks.items()}


def rank_of(pages: list[str], urls: list[str]) -> int:
    """Return the place, from 1, of the first right page among the first ten; 0 if none is there."""
    right = set(pages)
    return next((rank for rank, url in enumerate(urls[:10], 1) if unquote(url).split("#")[0] in right), 0)


def scores(ranks: list[int]) -> dict[str, float]:
    """Return the figures of some ranks."""
    count = len(ranks)
    return {"queries": count, "mrr": sum(1 / rank for rank in ranks if rank) / count, "success": sum(rank > 0 for rank in ranks) / count, "first": sum(rank == 1 for rank in ranks) / count}
