"""What browsers are told to refuse: one policy for the whole site, in the <meta> of each page and in the headers of the host.

The rules are those of Content Security Policy Level 3 (https://www.w3.org/TR/CSP3/). Scripts, styles, fonts and images come from
the site alone; nothing inline runs. Data blocks such as JSON-LD are not scripts and need no exception.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

DIRECTIVES: dict[str, str] = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "media-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
"""What every site has. `mailto:` is added to form-action, and hosts to connect-src and form-action, where site.yml needs them."""

EMBEDDED: dict[str, str] = {
    "default-src": "'none'",
    "style-src": "'self'",
    "font-src": "'self'",
    "form-action": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "*",
}
"""What a fragment that other sites show in a frame has, in place of the above: nothing to run, to send or to play."""

# Ignored in a <meta>, and an error for HTML validators (HTML Living Standard, 4.2.5.3 « Content security policy state »).
HEADER_ONLY = ("frame-ancestors",)

# https://owasp.org/www-project-secure-headers/, without those that only matter to sites with accounts.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}

# These would open the door that the policy shuts.
_UNSAFE = ("'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", "*", "http:", "https:", "data:", "blob:")
_CODE = ("default-src", "script-src", "style-src", "worker-src", "base-uri")
_SOURCE = re.compile(r"'sha(?:256|384|512)-[A-Za-z0-9+/=_-]+'|'[a-z-]+'|[a-z][a-z0-9+.-]*:|(?:https?://)?[A-Za-z0-9.*-]+(?::[0-9]+)?(?:/[^\s;,'\"]*)?|\*")


def directives(settings: dict) -> dict[str, list[str]]:
    """The sources of each directive.

    Takes the mapping `extra.fleuve` of site.yml: `avis` (where opinions on pages go), `recherche` (see search_server)
    and `politique` (sources to add: {directive: [source]}).
    """
    sources = {name: [source] for name, source in DIRECTIVES.items()}
    feedback = origin(settings.get("avis") or "")
    if feedback:
        sources["form-action"].append(feedback)
    server = origin(search_server(settings))
    if server and server not in sources["form-action"]:
        sources["form-action"].append(server)
    for address in (feedback, server):
        if address and address != "mailto:" and address not in sources["connect-src"]:
            sources["connect-src"].append(address)
    for name, more in (settings.get("politique") or {}).items():
        known = [source for source in sources.get(name, []) if source != "'none'"]
        sources[name] = known + [source for source in more if source not in known]
    return sources


def search_server(settings: dict) -> str:
    """Where the search's form goes without JavaScript, « » for the page of results. `recherche` is a mapping that holds it, or the address itself."""
    value = settings.get("recherche")
    value = value.get("serveur") if isinstance(value, dict) else value
    return value if isinstance(value, str) else ""


def origin(address: str) -> str:
    """The origin of an absolute address, « mailto: » for an e-mail address, nothing for an address of the site itself."""
    parts = urlsplit(address)
    if parts.scheme == "mailto":
        return "mailto:"
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") and parts.netloc else ""


def header(settings: dict) -> str:
    """The value of the Content-Security-Policy header."""
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives(settings).items())


def meta(settings: dict) -> str:
    """The value for <meta http-equiv="Content-Security-Policy">: what a page can say of itself."""
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives(settings).items() if name not in HEADER_ONLY)


def embedded(head: bool = False) -> str:
    """The policy of a fragment for other sites: the header, or what its <head> can say of it."""
    return "; ".join(f"{name} {source}" for name, source in EMBEDDED.items() if not (head and name in HEADER_ONLY))


def mistakes(settings: dict) -> list[str]:
    """What is wrong with `avis`, `recherche` and `politique` in site.yml, one French sentence each."""
    found = []
    feedback = settings.get("avis")
    if feedback and not _is_endpoint(str(feedback)):
        found.append(f"« extra.fleuve.avis » doit être une adresse https://…, une adresse mailto:… ou un chemin du site qui commence par « / », et non « {feedback} ».")
    search = settings.get("recherche")
    if not isinstance(search, (bool, str, dict, type(None))) or isinstance(search, dict) and not isinstance(search.get("serveur"), (str, type(None))):
        found.append("« extra.fleuve.recherche » doit être « false » (pas de recherche) ou contenir « serveur », une adresse https://….")
    server = search_server(settings)
    if server and (server.startswith("mailto:") or not _is_endpoint(server)):
        found.append(f"« extra.fleuve.recherche.serveur » doit être une adresse https://… ou un chemin du site qui commence par « / », et non « {server} ».")
    policy = settings.get("politique") or {}
    if not isinstance(policy, dict) or not all(isinstance(more, list) for more in policy.values()):
        return [*found, "« extra.fleuve.politique » doit contenir des listes de sources, une par directive (img-src: [\"https://images.exemple.quebec\"])."]
    for name, more in policy.items():
        if name not in DIRECTIVES and name not in ("frame-src", "manifest-src", "object-src"):
            found.append(f"« extra.fleuve.politique » : la directive « {name} » n’existe pas ou ne sert pas ici.")
        for source in more:
            if not _SOURCE.fullmatch(str(source)) or (name in _CODE and source in _UNSAFE):
                found.append(f"« extra.fleuve.politique.{name} » : la source « {source} » n’est pas permise ; nommez un hôte (https://…) ou une empreinte ('sha256-…').")
    return found


def _is_endpoint(address: str) -> bool:
    parts = urlsplit(address)
    if re.search(r"[\s'\";,<>\\]", address):
        return False
    if parts.scheme == "mailto":
        return bool(re.fullmatch(r"[^@?]+@[^@?]+\.[^@?]+", parts.path)) and not parts.query
    # Plain HTTP only on this machine, for trials.
    local = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")
    return bool(parts.netloc) if parts.scheme == "https" or local else address.startswith("/") and not address.startswith("//")
