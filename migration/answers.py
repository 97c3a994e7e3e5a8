"""Asks a server for old addresses, many on one connection, and says which are not answered as decided."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import quote

from fleuve.redirect import Redirect

BATCH_BYTES = 32 * 1024  # Less than the smallest socket buffers: neither side waits for the other.
BATCH = 200
ANSWER_MAX = 64 * 1024

_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")
_LOCATION = re.compile(rb"\r\nlocation: *([^\r]*)", re.IGNORECASE)


class NoAnswer(OSError):
    """The server does not answer; the message, in French, says to what."""


@dataclass(frozen=True, slots=True)
class Question:
    """An address to ask for, as it is sent, and what must be answered; `location` is "" for what is not a redirect."""

    host: str
    path: str
    status: int
    location: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """A question that was answered otherwise."""

    question: Question
    status: int
    location: str

    def __str__(self) -> str:
        asked = self.question
        return (f"http://{asked.host}{asked.path} : {self.status} {self.location}".rstrip()
                + f" au lieu de {asked.status} {asked.location}".rstrip())


def question(row: Redirect, target: str) -> Question:
    """The question that a row answers; `target` is its target, absolute."""
    path = quote(row.place.path or "/", safe="/:@!$&'()*+,;=~-._", errors="surrogateescape")
    query = "?" + quote(row.place.query, safe="%=&/:@!$'()*,;~-._?") if row.place.query else ""
    return Question(row.place.host, path + query, row.status, target)


def differences(server: tuple[str, int], questions: Iterable[Question], timeout: float = 30.0) -> Iterator[Difference]:
    """Ask for all the questions, in order; yield those not answered as they should. Raises NoAnswer."""
    questions = iter(questions)
    line = _Line(server, timeout)
    try:
        while batch := list(islice(questions, BATCH)):
            for asked, (status, location) in zip(batch, line.ask(batch)):
                if status != asked.status or location != asked.location:
                    yield Difference(asked, status, location)
    finally:
        line.close()


class _Line:
    """A connection kept open; opened again when the server has had enough."""

    def __init__(self, server: tuple[str, int], timeout: float) -> None:
        self.server, self.timeout, self.socket = server, timeout, None

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()
        self.socket = None

    def ask(self, batch: list[Question]) -> list[tuple[int, str]]:
        answers: list[tuple[int, str]] = []
        silent = 0
        while len(answers) < len(batch):
            some = self._some(batch[len(answers):])
            answers += some
            silent = 0 if some else silent + 1
            if silent > 2:
                raise NoAnswer(f"le serveur {self.server[0]}:{self.server[1]} ne répond pas à « {batch[len(answers)].path} ».")
        return answers

    def _some(self, batch: list[Question]) -> list[tuple[int, str]]:
        requests, size = [], 0
        for asked in batch:
            text = f"HEAD {asked.path} HTTP/1.1\r\nHost: {asked.host}\r\n\r\n".encode("utf-8", "surrogateescape")
            size += len(text)
            if requests and size > BATCH_BYTES:
                break
            requests.append(text)
        try:
            if self.socket is None:
                self.socket = socket.create_connection(self.server, self.timeout)
            self.socket.sendall(b"".join(requests))
            return self._heads(len(requests))
        except OSError as error:
            self.close()
            if isinstance(error, ConnectionError) and not isinstance(error, ConnectionRefusedError):
                return []
            raise NoAnswer(f"le serveur {self.server[0]}:{self.server[1]} ne répond pas ({error.strerror or error}).") from error

    def _heads(self, wanted: int) -> list[tuple[int, str]]:
        data, answers, closing = b"", [], False
        while len(answers) < wanted and not closing:
            received = self.socket.recv(256 * 1024)
            data += received
            *heads, data = data.split(b"\r\n\r\n")
            for head in heads:
                status, location = _STATUS.match(head), _LOCATION.search(head)
                answers.append((int(status[1]) if status else 0, location[1].decode("utf-8", "replace") if location else ""))
                closing = b"\r\nconnection: close" in head.lower()
            if not received or len(data) > ANSWER_MAX:
                closing = True
        if closing:
            self.close()
        return answers
