"""axe-core with every tag (A, AA, AAA, WCAG 2.2, best practices, experimental) on pages of a built site, on a desktop and on a phone.

    .venv/bin/python bench/axe.py .reel/public --pages 300

The pages are the sample of `build.py check --pa11y sample --sample N`, which looks at the same ones with pa11y-ci. Prints, for each rule,
how many pages fail and the first of them; exit code 1 when one does.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import sync_playwright  # noqa: E402

from fleuve.audit import built_page, tool  # noqa: E402
from fleuve.audit.loopback import served  # noqa: E402

LOOKS = ({"width": 1280, "height": 900}, {"width": 360, "height": 740})
# Rules that axe leaves off by default, the AAA ones among them, are turned on one by one.
RUN = """async () => {
  const rules = Object.fromEntries(axe.getRules().map(rule => [rule.ruleId, {enabled: true}]));
  const found = await axe.run(document, {rules, resultTypes: ['violations']});
  return found.violations.map(one => [one.id, one.nodes.length, String(one.nodes[0].target), one.nodes[0].html.slice(0, 160)]);
}"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="a built site")
    parser.add_argument("--pages", type=int, default=300, metavar="N", help="pages taken at random beside one of each kind (300)")
    options = parser.parse_args()
    pages = built_page.select(built_page.read(options.folder), "sample", number=options.pages)
    axe = tool.package("axe-core/axe.min.js").read_text("utf-8")
    failed: dict[str, list[str]] = defaultdict(list)
    started = time.perf_counter()
    with served(options.folder) as home, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=tool.chromium(), args=list(tool.BROWSER_ARGUMENTS))
        tab = browser.new_context(reduced_motion="reduce").new_page()
        for page in pages:
            tab.goto(home + page.address[1:])
            tab.evaluate("document.querySelectorAll('details').forEach(one => { if (!one.name) one.open = true })")
            tab.evaluate(axe)
            for look in LOOKS:
                tab.set_viewport_size(look)
                for rule, nodes, target, html in tab.evaluate(RUN):
                    failed[rule].append(f"{page.address} at {look['width']} px: {nodes} × {target} {html}")
        browser.close()
    for rule, places in sorted(failed.items(), key=lambda item: -len(item[1])):
        print(f"{rule}: {len(places)}\n    " + "\n    ".join(places[:3]))
    print(f"axe-core {tool.package_version('axe-core')}, {tool.browser_version()}: {len(pages)} pages × {len(LOOKS)} looks, {len(failed)} rules fail, "
          f"{sum(map(len, failed.values()))} times, in {time.perf_counter() - started:.0f} s")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
