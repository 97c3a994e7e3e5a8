"""The pipeline: one capability a file, each a MkDocs plugin. site.yml lists them in the order in which they run."""

from mkdocs import localization

# The theme has words of its own (themes/fleuve/langues/). Where Babel happens to be installed, MkDocs would look for others, find none, and warn.
localization.has_babel = False
