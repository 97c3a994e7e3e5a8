"""Fleuve: the content of many ministry sites, built into one government site."""

__version__ = "0.1.0"
