"""What the theme's templates do sixty times a page, in fewer steps than Jinja2's own code: escaping, reading a key of a front matter, calling our functions.

Of the values that a page shows, nearly all are short words without a character to escape, or pieces of HTML that are made already: MarkupSafe
makes two objects for each.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator
from markupsafe import Markup, escape

_to_escape = re.compile("[&<>\"']").search


def escaped(value: Any) -> str:
    """The value as HTML text; what is HTML already is returned as it is."""
    kind = type(value)
    return value if kind is Markup or kind is str and not _to_escape(value) else escape(value)


_DICT = frozenset(dir(dict))


def reader(env: Any) -> Callable[[Any, str], Any]:
    """Jinja2's `x.name`, without the exception that it raises and catches for each key of a front matter."""
    missing = env.getattr

    def read(value: Any, name: str) -> Any:
        if type(value) is dict and name in value and name not in _DICT:
            return value[name]
        try:
            return getattr(value, name)
        except AttributeError:
            return missing(value, name)

    return read


def loader(env: Any) -> Callable[..., Any]:
    """`get_template` of an environment whose templates never change: Jinja2 asks a cache under a lock, forty times a page."""
    load, known = env.get_template, {}

    def get_template(name: Any, parent: str | None = None, globals: Any = None) -> Any:
        if globals is not None or type(name) is not str:
            return load(name, parent, globals)
        template = known.get(name)
        if template is None:
            template = known[name] = load(name, parent)
        return template

    return get_template


def _is_plain(call: nodes.Call) -> bool:
    """Whether a call has arguments by position only."""
    return not (call.kwargs or call.dyn_args or call.dyn_kwargs)


class Generator(CodeGenerator):
    """Jinja's compiler, whose templates call `environment.escaped` for what they show. Should Jinja name its method otherwise one day,
    templates would call MarkupSafe again, and give the same text.

    What `environment.constants` has — a value, or a function called with constants only — is worked out when the template is compiled:
    each page calls for the address of the style sheet, of the font, of the script.
    """

    def _output_child_to_const(self, node, frame, finalize) -> str:
        called = isinstance(node, nodes.Call)
        name = node.node if called else node
        if not isinstance(name, nodes.Name) or name.name not in self.environment.constants:
            return super()._output_child_to_const(node, frame, finalize)
        value = self.environment.constants[name.name]
        if called:
            if not _is_plain(node):
                raise nodes.Impossible
            value = value(*(argument.as_const(frame.eval_ctx) for argument in node.args))
        return str(escape(value))

    def _output_child_pre(self, node, frame, finalize) -> None:
        if not frame.eval_ctx.autoescape or frame.eval_ctx.volatile:
            super()._output_child_pre(node, frame, finalize)
            return
        self.write("environment.escaped(")
        if finalize.src is not None:
            self.write(finalize.src)

    def visit_Call(self, node, frame, forward_caller=False) -> None:
        """`x.get(key)`, and our own functions, as Python has them: Jinja2 first asks whether they want the context, which costs more than they do."""
        method, plain = node.node, _is_plain(node) and not forward_caller
        if plain and isinstance(method, nodes.Name) and callable(self.environment.constants.get(method.name)):
            self.write(f"environment.constants[{method.name!r}](")
        elif plain and isinstance(method, nodes.Getattr) and method.attr == "get":
            self.visit(method.node, frame)
            self.write(".get(")
        else:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        for argument in node.args:
            self.visit(argument, frame)
            self.write(", ")
        self.write(")")
