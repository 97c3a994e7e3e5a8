"""Components: `::: nom Titre {cle="valeur"}` … `:::`, each rendered by a template of themes/…/composants/.

A container is marked in the Markdown by paragraphs of private-use characters, so that the text inside it is rendered with the
rest of the page (its footnotes, references and links work), and the HTML between two marks goes to the template.
"""

from __future__ import annotations

import difflib
import re

from markupsafe import Markup
from mkdocs.plugins import BasePlugin

from fleuve import media_item
from fleuve.component import parse_opening
from fleuve.markdown import fenced
from fleuve.page import Page
from fleuve.problem import ERROR
from fleuve.slug import slugify
from fleuve.typography import apostrophes
from plugins.links import resolve

OPEN, CLOSE, END = "\ue000", "\ue001", "\ue002"
MARK = re.compile(f"<p>([{OPEN}{CLOSE}])([0-9]+){END}</p>\n?")
_CONTAINER = re.compile(r" {0,3}:::+(.*)")
_LEFT = re.compile(f"[{OPEN}{CLOSE}][0-9]+{END}")
_NOWHERE = re.compile(r'<a\b[^>]*? href=""[^>]*>')
MAX_DEPTH = 8
# Attributes whose value is an address, resolved like a link of the page.
ADDRESSES = ("lien", "fichier", "version_html", "sous_titres", "transcription", "affiche")


class Components(BasePlugin):
    """Marks containers in the Markdown; renders them after the sanitizer and the links, which see what authors wrote, and before the
    headings, which see what templates add."""

    def on_page_markdown(self, markdown: str, page, **kwargs) -> str | None:
        doc = getattr(page, "doc", None)
        if doc is None or ":::" not in markdown:
            return None
        return mark(markdown, doc)

    def on_page_content(self, html: str, page, **kwargs) -> str | None:
        doc = getattr(page, "doc", None)
        if doc is None or not doc.components:
            return None
        return assemble(html, doc)


def mark(markdown: str, doc: Page) -> str:
    """The text with its containers replaced by marks; the containers themselves go to doc.components."""
    lines: list[str] = []
    open_containers: list[tuple[int | None, str, str]] = []  # (number, None for one that is not rendered; name; line)
    for line, is_code in fenced(markdown):
        container = None if is_code else _CONTAINER.match(line)
        if not container:
            lines.append(line)
        elif opening := container[1].strip():
            lines += _mark(OPEN, _open(opening, line.strip(), open_containers, doc))
        elif open_containers:
            lines += _mark(CLOSE, open_containers.pop()[0])
        else:
            doc.report(ERROR, "composant-ferme-de-trop", "« ::: » ferme un composant, mais aucun n’est ouvert.", "Retirez cette ligne, ou ouvrez le composant avant elle.", find="\n:::\n")
    for number, name, line in reversed(open_containers):
        doc.report(ERROR, "composant-non-ferme", f"Le composant « {name} » n’est jamais fermé.", "Ajoutez une ligne « ::: » à sa fin.", find=line)
        lines += _mark(CLOSE, number)
    return "\n".join(lines)


def _mark(kind: str, number: int | None) -> list[str]:
    return [] if number is None else ["", f"{kind}{number}{END}", ""]


def _open(text: str, line: str, open_containers: list, doc: Page) -> int | None:
    name, title, attributes = parse_opening(text)
    known = doc.session.components
    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        hint = f"Vouliez-vous dire « {near[0]} » ?" if near else f"Composants : {', '.join(known)}."
        doc.report(ERROR, "composant-inconnu", f"Le composant « {name} » n’existe pas.", hint, find=line)
        name = "encadre" if "encadre" in known else next(iter(known), "")
        if not name:
            return None
        attributes = {}
    if len(open_containers) >= MAX_DEPTH:
        doc.report(ERROR, "composants-trop-imbriques", f"Plus de {MAX_DEPTH} composants les uns dans les autres.", "Simplifiez cette partie de la page.", find=line)
        open_containers.append((None, name, line))
        return None
    _check(known[name], title, attributes, open_containers, doc, line)
    number = len(doc.components)
    doc.components.append((known[name], title, attributes, line))
    open_containers.append((number, name, line))
    return number


def _check(component, title: str, attributes: dict, open_containers: list, doc: Page, line: str) -> None:
    name = component.name
    if component.title == "obligatoire" and not title:
        doc.report(ERROR, "composant-sans-titre", f"Le composant « {name} » demande un titre.", f"Écrivez-le sur la même ligne : « ::: {name} Mon titre ».", find=line)
    parent = component.parent
    if parent and (not open_containers or open_containers[-1][1] not in str(parent).replace(",", " ").split()):
        doc.report(ERROR, "composant-mal-place", f"Le composant « {name} » ne va que dans « {parent} ».", f"Ouvrez d’abord « ::: {parent} ».", find=line)
    for key in [k for k in attributes if k not in component.attributes]:
        near = difflib.get_close_matches(key, component.attributes, 1)
        hint = f"Vouliez-vous dire « {near[0]} » ?" if near else f"Attributs possibles : {', '.join(component.attributes) or 'aucun'}."
        doc.report(ERROR, "attribut-inconnu", f"« {key} » n’est pas un attribut de « {name} ».", hint, find=line)
        del attributes[key]
    for key, rule in component.attributes.items():
        if rule == "obligatoire" and not attributes.get(key):
            doc.report(ERROR, "attribut-manquant", f"Le composant « {name} » demande l’attribut « {key} ».", f'Ajoutez {{{key}="…"}} à la fin de la ligne.', find=line)
    if component.one_of and not any(attributes.get(key) for key in component.one_of):
        doc.report(ERROR, "attribut-manquant", f"Le composant « {name} » demande un des attributs « {' », « '.join(component.one_of)} ».", "Ajoutez celui qui convient à la fin de la ligne.", find=line)
    if media_item.is_file_name(attributes.get("texte_de_remplacement", ""), attributes.get("fichier", "")):
        doc.report(ERROR, *media_item.named_by_file(attributes["texte_de_remplacement"]), find=line)
    if name == "video-externe" and attributes.get("lien"):
        hosts = doc.session.settings.fleuve.get("videos_externes") or ()
        if not media_item.is_allowed(attributes["lien"], hosts):
            doc.report(*media_item.refused_host(attributes["lien"], hosts), find=line)
            del attributes["lien"]


def assemble(html: str, doc: Page) -> str:
    """HTML in which each container's marks have given place to its rendered template, the innermost first."""
    pieces = MARK.split(html)
    stack: list[tuple[int, list[str]]] = [(-1, [pieces[0]])]
    for kind, number, text in zip(pieces[1::3], pieces[2::3], pieces[3::3]):
        if kind == OPEN:
            stack.append((int(number), []))
        elif len(stack) > 1:
            index, inner = stack.pop()
            stack[-1][1].append(_render(index, "".join(inner), doc))
        stack[-1][1].append(text)
    while len(stack) > 1:
        index, inner = stack.pop()
        stack[-1][1].append(_render(index, "".join(inner), doc))
    return _LEFT.sub("", "".join(stack[0][1]))  # marks inside raw HTML are no paragraphs


def _render(number: int, content: str, doc: Page) -> str:
    component, title, attributes, line = doc.components[number]
    title = apostrophes(title)
    values = dict(attributes)
    if component.content and not content.strip():
        doc.report(ERROR, "composant-vide", f"Le composant « {component.name} » n’a pas de texte.", component.content, find=line)
    context = {**doc.session.common(doc.lang), "titre": title, "attributs": values, "contenu": Markup(content.strip("\n")), "id": f"{slugify(title) or component.name}-{number + 1}", "doc": doc}
    for key in ADDRESSES:
        if values.get(key):
            link = resolve(values[key], doc, find=line)
            context[f"{key}_media"] = doc.index.media(link.media) if link.media else None
            values[key] = link.href or ""
            if key == "fichier":
                context["fichier_info"] = doc.session.file_info(link.media) if link.media else None
            if link.kind:
                doc.links.setdefault(link.href or link.written, link)
    html = doc.session.env.get_template(component.template).render(context).strip() + "\n"
    if ' href=""' in html or ' src=""' in html:  # an address that leads nowhere would lead to the page itself
        html = _NOWHERE.sub("<a>", html).replace(' src=""', "")
    return html
