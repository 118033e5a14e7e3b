"""A condition on many ids that is one bound value: its SQL is the same for one id and for a thousand.

A list of parameters would be written into the SQL anew for every question, which takes as long as its answer.
"""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute


def among(column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """Whether the column holds one of the `ids`, bound by `listed`."""
    each = func.json_each(bindparam("ids", type_=String())).table_valued("value")
    return column.in_(select(each.c.value))


def listed(ids: Iterable[str]) -> dict[str, str]:
    """The ids as they are bound."""
    return {"ids": json.dumps(list(ids))}
