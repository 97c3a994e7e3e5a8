"""The pipeline: one capability a file, each a MkDocs plugin. site.yml lists them in the order in which they run."""
