"""Two revisions compared: what changes for citizens, what breaks, and who has to agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from fleuve.audit.finding import Finding
from fleuve.audit.origin import fingerprint
from fleuve.problem import Problem
from fleuve.review.revision import Document, Revision

# Folders of which the secretariat answers, whatever the pages (guide, « Savoir qui doit donner son accord »).
SHARED = ("_fragments/", "_glossaire/", "_vocabulaires/", "_redirections/", "_recherche/", "_accessibilite/")
BROKEN_LINK = "lien-brise"


@dataclass(frozen=True)
class Move:
    """A page whose address changes, or that goes away (after: None). redirected: whether the old address still leads somewhere."""

    before: Document
    after: Document | None
    redirected: bool

    def to_json(self) -> dict[str, Any]:
        """Paths and addresses."""
        after = {"file": self.after.path, "url": self.after.url} if self.after else None
        return {"file": self.before.path, "title": self.before.title, "url": self.before.url, "to": after, "redirected": self.redirected}


@dataclass
class Review:
    """What a revision adds to another. shared: files that many pages use; affected: pages of documents that do not change themselves."""

    base: Revision
    head: Revision
    added: list[Document] = field(default_factory=list)
    changed: list[Document] = field(default_factory=list)
    moved: list[Move] = field(default_factory=list)
    removed: list[Move] = field(default_factory=list)
    data: list[Document] = field(default_factory=list)
    shared: list[str] = field(default_factory=list)
    affected: int = 0
    problems: list[Problem] = field(default_factory=list)
    links: list[Problem] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    organisms: dict[str, list[str]] = field(default_factory=dict)

    @property
    def lost(self) -> list[Move]:
        """Addresses that citizens have, and that will lead nowhere."""
        return [move for move in (*self.moved, *self.removed) if not move.redirected]

    @property
    def blocks(self) -> bool:
        """Whether the request is to be corrected before it is accepted: an error, a barrier that is certain, an address lost."""
        return bool(self.lost) or any(problem.is_error for problem in self.problems) or any(finding.is_certain for finding in self.findings)

    def title(self, organism: str) -> str:
        """Name of an organism, in French if it can be."""
        named = [doc for doc in (*self.head.documents.values(), *self.base.documents.values()) if doc.type == "organisme" and doc.id == organism]
        return min(named, key=lambda doc: doc.lang != self.head.settings.default_language).title if named else organism

    def to_json(self) -> dict[str, Any]:
        """The object that --json prints."""
        return {
            "base": {"revision": self.base.name, "commit": self.base.commit, "pages": len(self.base.pages)},
            "head": {"revision": self.head.name, "commit": self.head.commit, "pages": len(self.head.pages)},
            "added": [_page(doc) for doc in self.added], "changed": [_page(doc) for doc in self.changed],
            "moved": [move.to_json() for move in self.moved], "removed": [move.to_json() for move in self.removed],
            "data": [doc.path for doc in self.data], "shared": self.shared, "affected": self.affected,
            "problems": [problem.to_json() for problem in self.problems], "links": [problem.to_json() for problem in self.links],
            "findings": [finding.to_json() for finding in self.findings],
            "organisms": [{"id": ident, "title": self.title(ident), "files": files} for ident, files in self.organisms.items()],
            "blocks": self.blocks,
        }


def _page(doc: Document) -> dict[str, str]:
    return {"file": doc.path, "title": doc.title, "url": doc.url, "type": doc.type, "lang": doc.lang}


def compare(base: Revision, head: Revision, files: Iterable[str], renames: dict[str, str]) -> Review:
    """What `head` adds to `base`.

    files: paths that differ, content files relative to the content folder, the others after « ../ ». renames: {old: new} of content files.
    """
    review = Review(base, head)
    _pages(review, renames)
    touched = {doc.path for doc in (*review.added, *review.changed, *review.data)} | {move.before.path for move in (*review.moved, *review.removed)}
    review.shared = sorted(file for file in files if file.startswith(SHARED) or file.startswith("../"))
    own = {doc.output for revision in (base, head) for doc in revision.documents.values() if doc.path in touched}
    review.affected = sum(1 for output, sha in head.pages.items() if base.pages.get(output, sha) != sha and output not in own)
    added = _added(base.problems, head.problems, lambda problem: (problem.file, problem.code, problem.message))
    added += head.known.grown_since(base.known)
    review.links = [problem for problem in added if problem.code == BROKEN_LINK]
    review.problems = [problem for problem in added if problem.code != BROKEN_LINK]
    review.findings = _added(base.findings, head.findings, lambda finding: (finding.rule, finding.file, fingerprint(finding)))
    review.organisms = _organisms(review)
    return review


def _pages(review: Review, renames: dict[str, str]) -> None:
    before, after = review.base.documents, review.head.documents
    for path, old in before.items():
        new = after.get(renames.get(path, path))
        if old.url and (new is None or not new.url):
            review.removed.append(Move(old, None, review.head.answers(old.url, old.output)))
        elif new and new.url and old.url and new.url != old.url:
            review.moved.append(Move(old, new, review.head.answers(old.url, old.output)))
    renamed = set(renames.values())
    for path, new in after.items():
        old = before.get(path)
        if old and old.digest == new.digest:
            continue
        if not new.url:
            review.data.append(new)
        elif old is None or not old.url:
            if path not in renamed:
                review.added.append(new)
        else:
            review.changed.append(new)
    review.data += [doc for path, doc in before.items() if not doc.url and path not in after]


def _added(before: Iterable, after: Iterable, key) -> list:
    """What is in the second list more often than in the first; lines that move add nothing."""
    left = Counter(map(key, before))
    found = []
    for item in after:
        left[key(item)] -= 1
        if left[key(item)] < 0:
            found.append(item)
    return found


def _organisms(review: Review) -> dict[str, list[str]]:
    """Organisms that the touched documents name, before or after, each with these documents: they have to agree."""
    documents = [*review.added, *review.data, *(move.after or move.before for move in (*review.moved, *review.removed))]
    for doc in review.changed:
        documents += [doc, review.base.documents[doc.path]]
    found: dict[str, set[str]] = {}
    for doc in documents:
        for organism in (*doc.organisms, *((doc.id,) if doc.type == "organisme" else ())):
            found.setdefault(organism, set()).add(doc.path)
    return {organism: sorted(paths) for organism, paths in sorted(found.items())}
