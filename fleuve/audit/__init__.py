"""The static accessibility checker: what a page says by itself, without a browser, thousands of pages at a time (ADR 0008)."""
