"""Search of the site: the index of each language, what the secretariat says of it, and the readers of both."""
