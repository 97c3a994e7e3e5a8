"""Metadata: what a template sees of its page — navigation, breadcrumb, twins, organisms, JSON-LD."""

from __future__ import annotations

from markupsafe import Markup
from mkdocs.plugins import BasePlugin

from fleuve import jsonld, news_check
from fleuve.page import Page


class Metadata(BasePlugin):
    """Adds the variables of docs/theme to MkDocs' own."""

    def on_page_context(self, context, page, config, nav):
        doc = getattr(page, "doc", None)
        if doc is None:
            return context
        session = doc.session
        news_check.of_page(doc)
        context.update(session.chrome(doc.lang))
        context["doc"] = doc
        context["header"] = session.header(doc, doc.twin)
        context["content"] = Markup(page.content)
        context["toc"] = page.toc
        context["breadcrumb"] = breadcrumb(doc)
        context["section_nav"] = section(doc)
        context["jsonld"] = jsonld.build(doc, doc, session)
        return context


def breadcrumb(doc: Page) -> Markup:
    """The way from the home page, the same for all pages of a folder."""
    key = (doc.lang, doc.container)
    return doc.session.fragment("fragments/fil.html", key, lambda: {**doc.session.common(doc.lang), "ancestors": doc.ancestors})


def section(doc: Page) -> Markup:
    """The menu of the folder, rendered once; the link of the page itself is marked as the current one."""
    if doc.is_home:
        return Markup("")
    key = (doc.lang, doc.container)

    def context() -> dict:
        ancestors = doc.ancestors
        return {**doc.session.common(doc.lang), "parent": ancestors[-1] if ancestors else None, "siblings": doc.siblings, "ancestors": ancestors}

    html = doc.session.fragment("fragments/section.html", key, context)
    link = f'href="{doc.url}"'
    return Markup(str(html).replace(link, f'{link} aria-current="page"', 1))
