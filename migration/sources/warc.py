"""Web archives: WARC 1.0 and 1.1, plain, .gz (a member a record, or one for all) or .zst, and WACZ, streamed.

fastwarc (C++) finds the records; each body is read and decoded under a bound. A damaged record is told and the reading goes on at the next one: for
gzip, the next member that begins like one and holds « WARC/ ». What an archive does not say of a page is not made up.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, urljoin

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from migration import media_type
from migration.http_body import BodyError, decoded
from migration.record import FILE_MAX, PAGE_MAX, Damaged, Record, SourceError

_WANTED = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.revisit
# wget and browsers send 8 to 100 KB of headers at most.
_HEADERS_MAX = 256 * 1024
# Places where a file is damaged, after which one stops: each may cost a search through what follows.
_BREAKS_MAX = 1000
# Digests kept to know what a revisit repeats, when the record does not say it: some 10 MB.
_DIGESTS_MAX = 65_536
# Members of a WACZ. A crawl of a large site has a few hundred archives of 1 GB.
_MEMBERS_MAX = 10_000
# WARC files are compressed already when they are put in a WACZ (its specification asks for STORED); plain ones shrink 5 to 20 times.
_RATIO_MAX = 200
_GZIP = b"\x1f\x8b\x08"
_BLOCK = 1 << 20
_WHEN = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?Z?")
_UNSAFE = re.compile(r"[^!-~]|[<>\"`{}|\\^]")
# What else archives hold: names asked for, what tools keep of themselves (wget: metadata://gnu.org/…), of pages (urn:pageinfo:…), other protocols.
_OTHERS = frozenset(("dns", "urn", "metadata", "whois", "ftp", "filedesc", "about", "data", "blob", "screenshot", "org.archive.crawler", "warcinfo"))
_CUT = "le fichier d’archive est coupé avant la fin de cette réponse"
_PAGES = ("text/html", "application/xhtml+xml")


def read(file: Path) -> Iterator[Record | Damaged]:
    """Give the answers of a WARC or WACZ in their order: responses, resources, and revisits (without body; `same` says what they repeat).

    The same URL may come several times, as it was captured. Takes the path of the file. Raises SourceError when it cannot be opened.
    """
    try:
        packed = zipfile.is_zipfile(file)
        if not packed:
            yield from _Archive(file.name, lambda: open(file, "rb")).records()
            return
        with zipfile.ZipFile(file) as package:
            yield from _members(file, package)
    except (OSError, zipfile.BadZipFile) as error:
        reason = getattr(error, "strerror", None) or "archive ZIP endommagée"
        raise SourceError(f"« {file.name} » ne peut pas être lu : {reason}.") from None


def _members(file: Path, package: zipfile.ZipFile) -> Iterator[Record | Damaged]:
    """The archives of a WACZ, read where they are: nothing is unpacked, so that no name chooses where anything goes."""
    names = [info for info in package.infolist() if re.fullmatch(r"(?:\./)?archive/[^/]+\.warc(?:\.gz|\.zst)?", info.filename)]
    if not names:
        raise SourceError(f"« {file.name} » ne contient pas de dossier « archive » avec des fichiers .warc.gz : ce n’est pas un WACZ.")
    if len(names) > _MEMBERS_MAX:
        raise SourceError(f"« {file.name} » contient plus de {_MEMBERS_MAX} archives : coupez-le en plusieurs.")
    for info in sorted(names, key=lambda info: info.filename):
        label = f"{file.name}/{info.filename}"
        if info.flag_bits & 1:
            yield Damaged(label, "archive chiffrée : donnez-la sans mot de passe.")
        elif info.file_size > _RATIO_MAX * max(info.compress_size, 1):
            yield Damaged(label, f"plus de {_RATIO_MAX} fois plus grand une fois décompressé : ce n’est pas une archive de pages.")
        else:
            try:
                yield from _Archive(label, lambda info=info: package.open(info)).records()
            except (OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
                yield Damaged(label, "archive endommagée dans le WACZ : le reste de cette archive n’est pas lu.")


@dataclass(slots=True)
class _Run:
    """How far a reading went: where it began, where the last record began, how many there were, whether the last was told as damaged."""

    start: int
    position: int = 0
    count: int = 0
    told: bool = False
    broken: bool = False

    def __post_init__(self) -> None:
        self.position = self.start


class _Archive:
    """One WARC file, from the function that opens it."""

    def __init__(self, label: str, opened: Callable[[], BinaryIO]) -> None:
        self.label, self.opened = label, opened
        self.seen: OrderedDict[str, str] = OrderedDict()

    def records(self) -> Iterator[Record | Damaged]:
        """All records; after a break, from the next place where one begins."""
        start = 0
        told = False
        for _ in range(_BREAKS_MAX):
            with self.opened() as stream:
                if start:
                    stream.seek(start)
                run = _Run(start)
                yield from self._run(stream, run)
            if not run.broken and not run.count:
                run.broken = not _is_empty(self.opened, start)
            if not run.broken:
                with self.opened() as stream:
                    if not run.told and _is_cut(stream, run.position):
                        yield Damaged(f"{self.label}#{run.position}", "le fichier d’archive est coupé : ce qui suit cet octet manque. Redemandez-le.")
                return
            # The search begins after the start of the last record that was read, and so finds first the one that is damaged when its
            # beginning is whole: that one has been told already.
            again = told and not run.count
            if not again and not run.told:
                yield Damaged(f"{self.label}#{run.position}", "enregistrement illisible après cet octet du fichier : la lecture reprend au suivant.")
            told = not again
            with self.opened() as stream:
                start = _next_start(stream, run.position + 1)
            if start is None:
                return
        yield Damaged(self.label, f"plus de {_BREAKS_MAX} endroits endommagés : le reste n’est pas lu. Redemandez ce fichier.")

    def _run(self, stream: BinaryIO, run: _Run) -> Iterator[Record | Damaged]:
        """Records from where `run` begins on, until the end or what cannot be read."""
        try:
            for record in ArchiveIterator(_From(stream), record_types=WarcRecordType.any_type, parse_http=False, max_header_len=_HEADERS_MAX):
                run.position = run.start + record.stream_pos
                run.count += 1
                run.told = False
                if record.record_type == WarcRecordType.unknown:
                    run.told = True
                    yield Damaged(f"{self.label}#{run.position}", "enregistrement d’un type inconnu : il n’est pas lu.")
                elif record.record_type & _WANTED:
                    for made in self._made(record):
                        run.told = isinstance(made, Damaged)
                        yield made
        except (OSError, zlib.error, EOFError, zipfile.BadZipFile, ValueError):
            run.broken = True

    def _made(self, record: WarcRecord) -> Iterator[Record | Damaged]:
        headers = record.headers
        url = (headers.get("WARC-Target-URI") or "").strip().strip("<>")  # wget writes <…> in WARC 1.0
        if url[:7].lower() != "http://" and url[:8].lower() != "https://":
            if url.partition(":")[0].lower() not in _OTHERS:
                place = f"{self.label}#{record.stream_pos}"
                yield Damaged(place, f"l’adresse de cet enregistrement est illisible ({url[:80]})." if url else "l’en-tête de cet enregistrement est endommagé ou coupé.")
            return
        url = _escaped(url)
        try:
            sound = _is_sound(record)
            if record.record_type == WarcRecordType.revisit:
                yield self._revisit(record, url)
            elif record.record_type == WarcRecordType.resource:
                yield self._resource(record, url)
            else:
                yield self._response(record, url)
        except BodyError as error:
            yield Damaged(url, f"{error}.")
            return
        except (OSError, ValueError):
            yield Damaged(url, f"enregistrement endommagé dans « {self.label} ».")
            return
        if not sound:
            yield Damaged(url, "l’empreinte que l’archive en donne n’est pas celle de ce contenu : il est gardé, à vérifier.")
        truncated = headers.get("WARC-Truncated")
        if truncated and truncated != "unspecified":
            yield Damaged(url, f"l’archive n’a que le début de cette réponse ({truncated[:40]}) : ce début est gardé, à vérifier.")

    def _response(self, record: WarcRecord, url: str) -> Record:
        record.parse_http(max_header_len=_HEADERS_MAX, quirks_mode=True)
        answer = record.http_headers
        if answer is None or not answer.status_code:
            raise BodyError("la réponse n’est pas du HTTP")
        kind, charset = media_type.of_header(answer.get("Content-Type") or record.headers.get("WARC-Identified-Payload-Type") or "")
        bound = PAGE_MAX if kind in _PAGES or not kind else FILE_MAX
        raw = _content(record, bound)
        body = decoded(raw, answer.get("Transfer-Encoding") or "", answer.get("Content-Encoding") or "", bound)
        status = answer.status_code
        self._remember(record, url)
        return Record(
            url, status, media_type.settled(kind, url, body), charset, body, _instant(record),
            _absolute(url, answer.get("Location")) if 300 <= status < 400 else "", _hints(answer.get("Last-Modified")))

    def _resource(self, record: WarcRecord, url: str) -> Record:
        """A file without HTTP: its type is the record's own."""
        kind, charset = media_type.of_header(record.headers.get("Content-Type") or "")
        body = _content(record, PAGE_MAX if kind in _PAGES or not kind else FILE_MAX)
        self._remember(record, url)
        return Record(url, 200, media_type.settled(kind, url, body), charset, body, _instant(record))

    def _revisit(self, record: WarcRecord, url: str) -> Record:
        """What had not changed: the status and headers that it kept (200 when it kept none), and the URL that has the body."""
        same = (record.headers.get("WARC-Refers-To-Target-URI") or "").strip().strip("<>")
        same = _escaped(same) if same else self.seen.get(record.headers.get("WARC-Payload-Digest") or "", "")
        status, kind, charset, location = 200, "", "", ""
        if record.content_length:
            record.parse_http(max_header_len=_HEADERS_MAX, quirks_mode=True)
            answer = record.http_headers
            if answer is not None and answer.status_code:
                status = answer.status_code
                kind, charset = media_type.of_header(answer.get("Content-Type") or "")
                location = _absolute(url, answer.get("Location")) if 300 <= status < 400 else ""
        # 304: the server said « not modified » to the archive; for people the page is there.
        return Record(url, 200 if status == 304 else status, kind or media_type.of_name(url), charset, b"", _instant(record), location, same=same)

    def _remember(self, record: WarcRecord, url: str) -> None:
        digest = record.headers.get("WARC-Payload-Digest")
        if digest and digest not in self.seen:
            self.seen[digest] = url
            if len(self.seen) > _DIGESTS_MAX:
                self.seen.popitem(last=False)


class _From(io.RawIOBase):
    """A stream whose position 0 is where the reading begins."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream, self.position = stream, 0

    def read(self, size: int = -1) -> bytes:
        data = self.stream.read(size)
        self.position += len(data)
        return data

    def tell(self) -> int:
        return self.position


def _content(record: WarcRecord, bound: int) -> bytes:
    """The payload; raises BodyError when it is larger than `bound` or the file ends before it does."""
    size = record.content_length
    if size > bound:
        raise BodyError(f"plus de {bound // (1024 * 1024)} Mo")
    body = record.reader.read(size) if size else b""
    if len(body) < size:
        raise BodyError(_CUT)
    return body


def _is_sound(record: WarcRecord) -> bool:
    """Whether the block is the one that the archive took the digest of, when it did; raises BodyError when the file ends before it does."""
    size = record.content_length
    if "WARC-Block-Digest" not in record.headers or size > FILE_MAX or record.verify_block_digest():
        return True
    if record.content_length < size:
        raise BodyError(_CUT)
    return False


def _instant(record: WarcRecord) -> str:
    match = _WHEN.match(record.headers.get("WARC-Date") or "")
    return f"{match[1]}Z" if match else ""


def _hints(modified: str | None) -> dict[str, str]:
    """The Last-Modified header under a name of its own: of a file on disk it is when the file was copied as often as when the page was written."""
    return {"last-modified": modified[:60]} if modified else {}


def _absolute(url: str, location: str | None) -> str:
    if not location:
        return ""
    try:
        return urljoin(url, _escaped(_utf8(location.strip())))
    except ValueError:
        return ""


def _utf8(text: str) -> str:
    """Headers are read as Latin-1; servers that write more than ASCII in a URL write UTF-8."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


def _escaped(url: str) -> str:
    """A URL in which spaces and letters that are not ASCII are escaped, as on the wire; most have none."""
    return _UNSAFE.sub(lambda match: quote(match[0]), url[:8192]) if _UNSAFE.search(url) or len(url) > 8192 else url


def _next_start(stream: BinaryIO, position: int) -> int | None:
    """Where the next record begins from `position` on: a gzip member that holds « WARC/ », or these letters at the beginning of a line; None when nowhere."""
    stream.seek(0)
    plain = stream.read(5) == b"WARC/"
    found = None if plain else _next_mark(stream, position, _GZIP)
    return _next_mark(stream, position, b"\nWARC/") if found is None else found


def _next_mark(stream: BinaryIO, position: int, mark: bytes) -> int | None:
    stream.seek(position)
    packed = mark == _GZIP
    block, base = stream.read(_BLOCK), position
    while block:
        at = block.find(mark)
        while at >= 0:
            if not packed:
                return base + at + 1
            head = block[at : at + 512]
            if len(head) == 512 or len(block) < _BLOCK:
                if _begins(head):
                    return base + at
            else:
                break  # too near the end of the block: seen again with the next
            at = block.find(mark, at + 1)
        more = stream.read(_BLOCK)
        if not more:
            return None
        kept = block[-511:]
        base += len(block) - len(kept)
        block = kept + more
    return None


def _is_empty(opened: Callable[[], BinaryIO], start: int) -> bool:
    """Whether nothing is left from `start` on: a file whose first bytes are damaged gives no record either."""
    with opened() as stream:
        stream.seek(start)
        return not stream.read(1)


def _is_cut(stream: BinaryIO, position: int) -> bool:
    """Whether a file ends within a record, which fastwarc takes for its end when that is in the headers. `position`: the last record's start."""
    if stream.read(3) != _GZIP:
        stream.seek(0)
        if stream.read(5) != b"WARC/":
            return False  # zstd, whose reader tells it
        size = stream.seek(0, io.SEEK_END)
        stream.seek(max(size - 4, 0))
        return not stream.read().endswith(b"\n\r\n")
    stream.seek(position)
    if stream.read(3) != _GZIP:
        position = 0  # a member for all records
    stream.seek(position)
    engine, data = zlib.decompressobj(31), stream.read(_BLOCK)
    while data:
        try:
            engine.decompress(data, _BLOCK)
        except zlib.error:
            return True
        if engine.eof:
            data = engine.unused_data or stream.read(_BLOCK)
            if data:
                engine = zlib.decompressobj(31)
        else:
            data = engine.unconsumed_tail or stream.read(_BLOCK)
    return not engine.eof


def _begins(head: bytes) -> bool:
    try:
        return zlib.decompressobj(31).decompress(head, 5) == b"WARC/"
    except zlib.error:
        return False
