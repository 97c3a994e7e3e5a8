"""The page of the editors' guide on components: when to use each, what to avoid, what it takes, with an example."""

from __future__ import annotations

from fleuve.component import Component, families

_INTRODUCTION = """\
# Les composants

<!-- Cette page est produite à partir de themes/fleuve/composants/ : python -m fleuve.component > docs/guide/composants.md -->

Un composant est un bloc mis en forme : bouton, accordéon, onglets… Il s’ouvre par `:::` suivi de son nom et se ferme par `:::` seul sur sa ligne.

```markdown
::: nom Titre du bloc {cle="valeur"}
Le contenu, en Markdown.
:::
```

- `:::` commence toujours au début de la ligne, sans espace devant.
- Les attributs sont entre accolades, avec des guillemets droits.
- Un composant peut en contenir un autre. `:::` ferme le dernier ouvert.
- Tous les composants se lisent sans JavaScript, au clavier et avec un lecteur d’écran.
- Le site construit les montre, avec leurs états, à l’adresse `/systeme-de-design/`.

La page sans composant est presque toujours la plus facile à lire. Avant d’en utiliser un, demandez-vous si un intertitre ou une liste ne suffirait pas.
"""

_TITLES = {
    "obligatoire": "Le titre est obligatoire.",
    "facultatif": "Le titre est facultatif.",
    "interdit": "Ce composant ne prend pas de titre.",
}


def render(components: dict[str, Component]) -> str:
    """Return the page, in Markdown."""
    return "\n".join([_INTRODUCTION, *(_one(component) for component in families(components))])


def _one(component: Component) -> str:
    lines = [f"## {component.label} : `{component.name}`", "", component.description, "", "```markdown", component.example.rstrip(), "```", ""]
    place = f" Il ne va que dans « {component.parent} »." if component.parent else ""
    content = f" {component.content}" if component.content else ""
    either = f" Il faut l’un des attributs {' ou '.join(f'`{key}`' for key in component.one_of)}." if component.one_of else ""
    lines += [_TITLES[component.title] + place + content + either, ""]
    if component.attributes:
        lines += ["| Attribut | Obligatoire | Valeur |", "| --- | --- | --- |"]
        lines += [f"| `{key}` | {'**oui**' if presence == 'obligatoire' else ''} | {component.help[key]} |" for key, presence in component.attributes.items()]
        lines += [""]
    return "\n".join([*lines, *_list("À faire", component.do), *_list("À éviter", component.avoid)])


def _list(title: str, items: tuple[str, ...]) -> list[str]:
    return [f"**{title}**", "", *(f"- {item}" for item in items), ""] if items else []
