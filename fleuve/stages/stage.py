"""What every site stage is: three questions asked about records, none about pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

OutputFile = tuple[str, bytes]
"""A path relative to the output folder (``/`` between parts, none in front) and its content."""


class Stage:
    """One site-wide capability (sitemap, redirects, JSON API…), made from page records only.

    A stage answers five questions; each has a default that does nothing, so a stage
    overrides only what it needs:

    * ``files``: which files come from one page alone? They are written, cached and
      removed with the shard of that page.
    * ``extract``: what does the site-wide step need to know of one page?
    * ``gather``: what does it need to know of all pages of one shard? Done once, where the
      pages are made; without it, ``reduce`` gets the extracts one by one.
    * ``reduce``: given all the extracts, which files describe the whole site?
    * ``parts``: of which parts that depend on a few documents each are there files, and
      with ``make``, which? A part is to a stage what a shard is to a press: made again
      only when what it read of the index has changed, and spread over processes.

    They must be pure functions of their arguments: no clock, no environment, no
    state kept on the instance from one page to the next. The incremental build skips
    ``reduce`` when no extract, no recorded read and no engine file has changed, and can
    only be right if nothing else has an influence. The same stage instance is used in
    several processes.
    """

    name: str = ""
    """Unique name, also the key under which the stage's extracts are cached."""

    clock: bool = False
    """True when ``reduce`` depends on ``site.now``; it then runs again whenever the instant of the build is another."""

    def files(self, record: Any, settings: dict) -> Iterable[OutputFile]:
        """Return the output files made from this one page.

        Args:
            record: the page record (attribute access, see ``fleuve/record.py``).
            settings: the ``extra: fleuve:`` mapping of site.yml.

        Returns:
            Pairs of output path and content; empty by default.
        """
        return ()

    def extract(self, record: Any, settings: dict) -> Any | None:
        """Return the little that ``reduce`` needs to know of this page.

        Args:
            record: the page record.
            settings: the ``extra: fleuve:`` mapping of site.yml.

        Returns:
            A JSON-able value kept as small as possible (it is stored for each of
            100,000 pages), or None when the page does not matter to this stage.
        """
        return None

    def gather(self, extracts: list[Any]) -> Any | None:
        """Return what ``reduce`` needs to know of the pages of one shard: less than their extracts, or what takes less time to read.

        Args:
            extracts: those of the shard, ordered by document path; never empty.

        Returns:
            A JSON-able value, or bytes for who reads them by other ways than ``reduce``;
            None (default) for ``reduce`` to be given the extracts
            themselves. A stage answers always, or never.
        """
        return None

    def reduce(self, extracts: Iterable[Any], site: Any) -> Iterator[OutputFile] | Iterable[OutputFile]:
        """Return the site-wide output files.

        Args:
            extracts: the values that ``extract`` returned (None left out), ordered by
                document path; of a stage that gathers, those that ``gather`` returned,
                ordered by shard. Read once, as a stream.
            site: settings, addresses, ``index``, ``render`` and ``problem`` (see
                ``fleuve/site.py``). Mistakes in the content are told through
                ``site.problem``, never raised: one bad row must not hold back the site.

        Returns:
            Pairs of output path and content; empty by default.
        """
        return ()

    def parts(self, site: Any) -> Iterable[str]:
        """Return the names of the parts that the site has now.

        Args:
            site: as for ``reduce``; asked again when what is read of its ``index`` here
                has changed.

        Returns:
            Names, each once; none by default. Names that follow one another are made by
            the same process as far as can be.
        """
        return ()

    def lane(self, part: str) -> str:
        """Return what a part shares with others: a process that has made one goes on with those of the same lane.

        Args:
            part: one of the names that ``parts`` gave.

        Returns:
            A word, such as a language; « » (default) for a part that any process may make
            at any time.
        """
        return ""

    def make(self, part: str, site: Any) -> Iterator[OutputFile] | Iterable[OutputFile]:
        """Return the files of one part.

        Args:
            part: one of the names that ``parts`` gave.
            site: as for ``reduce``, without ``now``: a part depends on its name and on
                what it reads of ``site.index`` only. No two parts write the same file.

        Returns:
            Pairs of output path and content.
        """
        return ()
