"""A source file (Markdown, YAML, template) in which what a citizen reads can be found again: its words, each with its line."""

from __future__ import annotations

import html as html_module
import re
import unicodedata
from bisect import bisect_right
from functools import cached_property

_WORD = re.compile(r"[^\W_]+")
_SIGNS = re.compile(r"[^\w\n]+")
# What is written and not read: the target of a link, attributes in braces, tags (an address between « < > » is read), the name of a
# component. What is left differs from the words of the page by signs only, which are no words.
_UNREAD = re.compile(r"\]\([^)\n]*\)|\{[^}\n]*\}|</?(?!https?:|mailto:)[A-Za-z!][^>\n]*>|^[^\S\n]*:{3,}[^\S\n]*[\w-]*", re.MULTILINE)
_PHRASE = 12  # words that are enough to find a text again


def words(text: str) -> list[str]:
    """The words of a text, without case, signs and typography: the same for what is typed and for what is shown."""
    if "&" in text:
        text = html_module.unescape(text)
    return _WORD.findall(unicodedata.normalize("NFC", text).casefold())


def phrase(text: str) -> list[str]:
    """The first words of a text."""
    return words(text[:4000])[:_PHRASE]


class SourceText:
    """The words of a source file. first: the line of the file at which `text` begins."""

    def __init__(self, text: str, first: int = 1) -> None:
        self.lines = text.split("\n")
        self._first = first

    def raw(self, line: int) -> str:
        """A line as it is written."""
        return self.lines[line - self._first]

    def holding(self, *written: str) -> list[int]:
        """Lines that hold one of these texts as it is written."""
        wanted = [text for text in written if text]
        return [number for number, line in enumerate(self.lines, self._first) if any(text in line for text in wanted)]

    def find(self, phrase: list[str]) -> list[int]:
        """Lines at which these words follow one another, in order of the text; a line comes as often as they do."""
        return [self._line(start) for start in self._places(phrase)]

    def after(self, phrase: list[str]) -> list[int]:
        """Lines of the last of these words, where they follow one another."""
        length = len(" ".join(phrase))
        return [self._line(start + length) for start in self._places(phrase)]

    def around(self, before: list[str], phrase: list[str], after: list[str]) -> list[tuple[int, int]]:
        """Where these words follow one another: the lines of the last word before the phrase, and of its first one (of the first after it when
        it has none; the next line with something on it when nothing is known of what follows)."""
        length = len(" ".join(before))
        found = []
        for start in self._places([*before, *phrase, *after]):
            first = self._line(start + length) if before else self._line(start)
            last = self._line(start + length + bool(before)) if phrase or after else self.below(first)
            found.append((first, last))
        return found

    def is_alone(self, line: int, phrase: list[str]) -> bool:
        """Whether a line holds this text and no other, but for the key of a front matter; or as much of it as line and phrase can hold."""
        raw = self.raw(line)
        return any(_same(words(_UNREAD.sub(" ", text)), phrase) for text in (raw, raw.partition(": ")[2]))

    def titles(self, phrase: list[str]) -> list[int]:
        """Lines of a front matter whose value is how the text begins: a list shows the title of a page, then more of it."""
        found = []
        for number, line in enumerate(self.lines[:20], self._first):
            value = words(line.partition(": ")[2])
            if value and value == phrase[: len(value)]:
                found.append(number)
        return found

    @cached_property
    def body(self) -> int:
        """The line after the front matter."""
        end = self.lines.index("---", 1) + 1 if self.lines[0] == "---" and "---" in self.lines[1:] else 0
        return self._first + end

    def below(self, line: int) -> int:
        """The next line that is not blank; the line itself when there is none."""
        for number in range(line + 1, self._first + len(self.lines)):
            if self.raw(number).strip():
                return number
        return line

    def _places(self, phrase: list[str]) -> list[int]:
        if not phrase:
            return []
        joined, _, _ = self._words
        wanted, found, at = f" {' '.join(phrase)} ", [], -1
        while (at := joined.find(wanted, at + 1)) >= 0:
            found.append(at)
        return found

    def _line(self, place: int) -> int:
        _, starts, numbers = self._words
        return numbers[bisect_right(starts, place) - 1]

    @cached_property
    def _words(self) -> tuple[str, list[int], list[int]]:
        """All words, each between two spaces; where the words of each line begin, and the numbers of these lines."""
        pieces, starts, numbers, length = [], [], [], 0
        # All lines at once, and the signs taken out rather than the words looked for: half the time.
        text = html_module.unescape(_UNREAD.sub(" ", "\n".join(self.lines))).replace("_", " ")
        for number, line in enumerate(_SIGNS.sub(" ", unicodedata.normalize("NFC", text).casefold()).split("\n"), self._first):
            found = line.strip()
            if found:
                starts.append(length)
                numbers.append(number)
                pieces.append(found)
                length += len(found) + 1
        return f" {' '.join(pieces)} ", starts, numbers


def _same(line: list[str], phrase: list[str]) -> bool:
    shared = min(len(line), len(phrase))
    whole = len(line) == len(phrase) or len(phrase) == _PHRASE or len(line) > _PHRASE // 2
    return whole and line[:shared] == phrase[:shared] and (len(line) <= len(phrase) or len(phrase) == _PHRASE)
