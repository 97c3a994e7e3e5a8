"""The rules of the checker: every subclass of Rule in the modules of this package, by module name, then in the order of the file."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from fleuve.audit.rule import Rule


@cache
def all_rules() -> tuple[Rule, ...]:
    """One instance of every rule, always in the same order. Raises ValueError when two rules have one id."""
    rules = []
    for name in sorted(module.name for module in iter_modules(__path__)):
        module = import_module(f"{__name__}.{name}")
        rules += [each() for each in vars(module).values() if isinstance(each, type) and issubclass(each, Rule) and each.__module__ == module.__name__ and each.id]
    if len({rule.id for rule in rules}) != len(rules):
        raise ValueError("Two rules of fleuve/audit/rules have one id.")
    return tuple(rules)
