"""Texts with variables, as {{ first_name|default('there') }}: written by people, filled in by a sandbox.

Jinja2 is loaded by the first call: the window's start must not wait for it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from inbox_desktop.models.errors import InboxError

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.nodes import Node
    from jinja2.sandbox import ImmutableSandboxedEnvironment

LONGEST_TEMPLATE: Final = 20_000
LONGEST_RESULT: Final = 50_000
"""Characters."""
FILTERS: Final = ("default", "upper", "lower", "title", "trim")
"""What may stand behind a variable and a bar."""

_DEEPEST: Final = 12
"""How many filters and points one expression may have on top of one another."""
_FORBIDDEN: Final = re.compile(r"\{%|\{#")
_OTHER_DEFAULT: Final = re.compile(r"\|\s*default\s*:")

Values = Mapping[str, Any]
"""What variables stand for: texts, or mappings of the same kind for what has a point in its name."""


class TemplateError(InboxError):
    """A text with variables cannot be used. The text says where it is wrong, and what to write instead."""


def check(template: str, names: Collection[str]) -> None:
    """Make sure that a text can be filled in.

    Args:
        template: the text.
        names: the variables that it may use, as "first_name" or "organization.prefix".

    Raises:
        TemplateError: it cannot be read, or uses something else.
    """
    for used in _variables(_parsed(template)):
        if used not in names:
            near = difflib.get_close_matches(used, list(names), n=1)
            hint = f"Did you mean {{{{ {near[0]} }}}}?" if near else f"There are: {', '.join(sorted(names))}."
            raise TemplateError(f"There is no variable “{used[:60]}”. {hint}")


def render(template: str, values: Values) -> str:
    """The text with its variables filled in, as plain text: nothing is escaped for HTML.

    A variable without a value is left out, or replaced by its default; a blank value counts as none.
    Whatever stands in a value is never read as a template.

    Raises:
        TemplateError: the text cannot be read, or the result would be longer than LONGEST_RESULT.
    """
    parts, length = [], 0
    for part in _compiled(template).generate(values):
        parts.append(part)
        length += len(part)
        if length > LONGEST_RESULT:
            raise TemplateError(f"The text would be longer than {LONGEST_RESULT:,} characters. Shorten it.")
    return "".join(parts)


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    """A sandbox in which a point reaches into mappings only, never into the objects of the program."""
    from jinja2 import ChainableUndefined, Undefined  # noqa: PLC0415 - see above
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415

    class Environment(ImmutableSandboxedEnvironment):
        def getattr(self, obj: Any, attribute: str) -> Any:
            if isinstance(obj, Mapping) and attribute in obj:
                return obj[attribute]
            return self.undefined(obj=obj, name=attribute)

    def default(value: Any, otherwise: Any = "", _if_blank: Any = True) -> Any:
        return otherwise if isinstance(value, Undefined) or not str(value).strip() else value

    environment = Environment(
        autoescape=False,
        keep_trailing_newline=True,
        undefined=ChainableUndefined,
    )
    environment.filters = {name: environment.filters[name] for name in FILTERS} | {"default": default}
    environment.tests.clear()
    environment.globals.clear()
    return environment


@lru_cache(maxsize=64)
def _compiled(template: str) -> Template:
    _parsed(template)
    return _environment().from_string(template)


def _parsed(template: str) -> Node:
    """The template's tree, of nothing but texts, variables and filters."""
    from jinja2 import TemplateSyntaxError  # noqa: PLC0415 - see above

    if len(template) > LONGEST_TEMPLATE:
        raise TemplateError(f"The text is longer than {LONGEST_TEMPLATE:,} characters. Shorten it.")
    if found := _FORBIDDEN.search(template):
        raise TemplateError(
            f"“{found.group()}” in line {_line(template, found.start())} can't be used: only variables such "
            "as {{ first_name }} are filled in."
        )
    if found := _OTHER_DEFAULT.search(template):
        raise TemplateError(
            f"In line {_line(template, found.start())} write the substitute in parentheses: "
            "{{ first_name|default('there') }}."
        )
    try:
        tree = _environment().parse(template)
    except TemplateSyntaxError as error:
        raise _unreadable(error.lineno) from error
    except (RecursionError, ValueError, SyntaxError) as error:  # thousands of parentheses or digits
        raise _unreadable(1) from error
    _require_simple(tree, 0)
    return tree


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _unreadable(line: int) -> TemplateError:
    return TemplateError(
        f"What stands between {{{{ and }}}} in line {line} can't be read. Write a variable such as "
        "{{ first_name }}, or with a substitute {{ first_name|default('there') }}."
    )


def _require_simple(node: Node, depth: int) -> None:
    """Refuse whatever is no text, variable, constant or filter of ours, and what is nested deeply."""
    from jinja2 import nodes  # noqa: PLC0415 - see above

    if depth > _DEEPEST:
        raise _unreadable(node.lineno)
    if isinstance(node, nodes.Filter):
        if node.name not in FILTERS:
            raise TemplateError(
                f"There is no “{node.name[:60]}” to apply to a variable. There are: {', '.join(FILTERS)}."
            )
        most = 2 if node.name == "default" else 0
        if len(node.args) > most or node.kwargs or node.dyn_args or node.dyn_kwargs:
            raise _unreadable(node.lineno)
    elif isinstance(node, nodes.Getattr):
        if not _dotted(node):
            raise _unreadable(node.lineno)
    elif not isinstance(node, nodes.Template | nodes.Output | nodes.TemplateData | nodes.Name | nodes.Const):
        raise _unreadable(node.lineno)
    for child in node.iter_child_nodes():
        _require_simple(child, depth + 1)


def _variables(node: Node) -> Iterator[str]:
    """The names of all variables in a tree, points included."""
    from jinja2 import nodes  # noqa: PLC0415 - see above

    if isinstance(node, nodes.Name | nodes.Getattr) and (name := _dotted(node)):
        yield name
        return
    for child in node.iter_child_nodes():
        yield from _variables(child)


def _dotted(node: Node) -> str:
    """The name that this is as a whole, "" if it begins with something else than a name."""
    from jinja2 import nodes  # noqa: PLC0415 - see above

    parts: list[str] = []
    while isinstance(node, nodes.Getattr):
        parts.append(node.attr)
        node = node.node
    return ".".join([node.name, *reversed(parts)]) if isinstance(node, nodes.Name) else ""
