"""Forms: a static site has none. Each is described for whoever decides what becomes of it, and its fields are taken out of the text."""

from __future__ import annotations

from turbohtml import Element

from migration.inline import Found, clean
from migration.target import Targets

_HIDDEN = ("hidden", "submit", "button", "image", "reset")
_WRAPPER_WORDS = 150
"""A form with more words than this outside its fields is the page itself: ASP.NET puts all of it in one."""
_FIELDS_TOLD = 8


def take_out(body: Element, found: Found, targets: Targets) -> None:
    """Describe the forms of a page in `found`, and leave of them only what is not a field."""
    for form in body.select("form"):
        fields = [one for one in form.select("input, select, textarea") if (one.attr("type") or "").lower() not in _HIDDEN]
        if not fields:
            for button in form.select("button"):
                button.decompose()
            continue
        wrapper = sum(len(text.split()) for text in form.strings) > _WRAPPER_WORDS
        text = _description(form, fields, found, targets, "" if wrapper else _title(form))
        found.forms.append(text)
        found.losses[f"Un formulaire n’a pas été gardé\u00a0: {text}"] += 1
        for one in form.select("label, legend, button"):
            if one.find("a", href=True) is None and not (wrapper and one.tag == "button" and one.attr("aria-controls")):
                one.decompose()
        for one in fields:
            one.decompose()


def _description(form: Element, fields: list[Element], found: Found, targets: Targets, title: str) -> str:
    labels = {label.attr("for"): clean(label.text).strip(" :*\u00a0") for label in form.select("label[for]")}
    said = ("aria-label", "placeholder", "title", "name")
    names = [labels.get(one.attr("id") or "") or next((value.strip() for name in said if (value := one.attr(name))), "") for one in fields]
    names = list(dict.fromkeys(clean(name)[:60] for name in names if name))
    action = targets.absolute(form.attr("action") or "") or targets.page
    method = "POST" if (form.attr("method") or "").lower() == "post" else "GET"
    told = ", ".join(names[:_FIELDS_TOLD]) + ("…" if len(names) > _FIELDS_TOLD else "")
    head = f"«\u00a0{title}\u00a0», " if title else ""
    count = f"{len(fields)}\u00a0champ{'s' if len(fields) > 1 else ''}"
    return f"{head}{count}{f' ({told})' if told else ''}, {method}{f' vers {action[:200]}' if action else ''}"


def _title(form: Element) -> str:
    named = form.attr("aria-label") or form.attr("title") or ""
    legend = form.find("legend") or form.find(["h1", "h2", "h3", "h4"])
    return clean(named or (legend.text if legend is not None else "")).strip()[:100]
