"""Presses: what turns a shard of documents into HTML files and page records."""
