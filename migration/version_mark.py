"""What an address says of the version of its page: « rapport-2018 », « guide-v2 », « ancien-programme », « imprimer ».

Two addresses that differ by such marks only name two versions of one page; two that differ by the year, two editions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

# Words by which web masters set a page aside, and those by which they name the last of several.
_OLD = "ancien|ancienne|old|archive|archives|archivee|vieux|vieille|backup|bak|sauvegarde|copie|copy|brouillon|draft"
# Those that also come first: « ancien-programme », « copie-de-guide ». « nouveau-programme » is more often a name.
_OLD_FIRST = "ancien|ancienne|old|copie(?:-de)?|copy(?:-of)?"
_NEW = "nouveau|nouvelle|new|final|finale|actuel|actuelle|current|courant"
_PRINT = "imprimer|impression|imprimable|print|printable|printer|printer-friendly|version-imprimable|pdf-print|imprime"
# Hosts on which nobody should read: copies made to try things. The last label is the domain, never a mark.
_TRIAL_HOST = re.compile(r"(?:^|\.)(?:[a-z0-9-]*-)?(?:dev|test|tests|preprod|staging|qa|acceptation|old|ancien|backup)(?:-[a-z0-9-]*)?\.(?=[^/]*\.)")

_EDGE = r"(?:(?<=[-_./=~+ ])|^)"
_END = r"(?=[-_./&~+ ]|$)"
_LAST = r"(?=[./?&]|$)"
_YEAR = re.compile(r"(?<!\d)(19[89]\d|20[0-4]\d)(?:[-_–](?:(?:19|20)\d\d|\d\d)(?!\d))?(?!\d)")
_VERSION = re.compile(rf"[-_./ ](?:v|ver|vers|version|rev|revision)[-_. ]?(\d{{1,4}})(?:[._](\d{{1,3}})(?=\D|$))?{_END}")
_MARK = re.compile(rf"{_EDGE}(?:(?P<old>{_OLD})|(?P<new>{_NEW})|(?P<print>{_PRINT})){_LAST}|(?:(?<=/)|^)(?P<first>{_OLD_FIRST})(?=[-_])")
_PRINT_QUERY = re.compile(
    r"[?&](?:(?:print|imprimer|impression|printable)(?:=(?:1|true|oui|yes|o|y|print)?)?|(?:format|view|mode|media|output|tmpl|vue)=(?:print|printable|imprimer|impression|component))(?=&|$)")
_SEPARATORS = re.compile(r"[-_. ~+]+(?=[/?&=]|$)|(?<=[/?&=])[-_. ~+]+|(?<=[-_. ~+])[-_. ~+]+")
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://")
_SUFFIX = re.compile(r"\.(?:x?html?|php[345]?|aspx?|jsp|cfm|do)(?=[?&]|$)")


@dataclass(frozen=True, slots=True)
class VersionMark:
    """What is read in an address. `stem` is the address without its marks: two versions of one page have the same.

    `year` is 0 where none is written, `version` 1 where none is; `state` is -1 (set aside), 0 or 1 (said to be the last);
    `printed` tells a copy to print, `trial` a host made to try things.
    """

    stem: str
    year: int = 0
    version: int = 1
    state: int = 0
    printed: bool = False
    trial: bool = False

    @property
    def label(self) -> str:
        """The marks, in French, as a reader of the report tells the versions apart."""
        words = [str(self.year)] if self.year else []
        words += [f"version {self.version // 1000}" + (f".{self.version % 1000}" if self.version % 1000 else "")] if self.version >= 1000 else []
        words += ["mise de côté"] if self.state < 0 else ["dite la dernière"] if self.state > 0 else []
        return ", ".join(words) or "sans marque"

    @property
    def age(self) -> tuple[int, int, int]:
        """Sorts the versions of one page from the oldest to the newest: one without a year is kept up to date."""
        return self.state, self.year or 9999, self.version


def read(url: str) -> VersionMark:
    """Return the marks of an address, with or without its scheme. Never raises."""
    address = _SCHEME.sub("", unquote(url, errors="replace").lower().replace("é", "e").replace("è", "e"))
    host, slash, path = address.partition("/")
    path = _SUFFIX.sub("", path.partition("#")[0])
    printed = bool(_PRINT_QUERY.search(path))
    path = _PRINT_QUERY.sub("", path)
    if "?" not in path:  # the first parameter has gone
        path = path.replace("&", "?", 1)
    years = _YEAR.findall(path)
    versions = _VERSION.findall(path)
    marks = {name for match in _MARK.finditer(path) for name in [match.lastgroup]}
    bare = _MARK.sub("", _VERSION.sub("-", _YEAR.sub("", path)))
    # Twice: a mark that goes may leave two separators where there was one at each side.
    stem = _SEPARATORS.sub("", _SEPARATORS.sub("", "/" + bare)).replace("//", "/").rstrip("/?&")
    version = int(versions[-1][0]) * 1000 + int(versions[-1][1] or 0) if versions else 1
    state = -1 if marks & {"old", "first"} else 1 if "new" in marks else 0
    return VersionMark(host + stem, int(years[-1]) if years else 0, version, state, printed or "print" in marks, bool(_TRIAL_HOST.search(host)))
