"""Rows by the hundred: plain values handed to the driver, many rows in one statement.

SQLAlchemy's work on each row would cost more than SQLite's. And the driver gives up the interpreter's lock
around each step of a statement: with one row a statement, a busy program spends its time on handing the lock
to and fro.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any, cast

from sqlalchemy import JSON, ColumnElement, Connection, Table, bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute

from inbox_desktop.models.clock import to_micros
from inbox_desktop.models.tables.base import Base, UtcTime

Convert = Callable[[Any], Any]
_encoded = json.JSONEncoder().encode  # quick with a text; with a list or dict it builds an encoder each time

_ROWS = 40
"""Rows in one statement. One number for all, so that the driver finds its prepared statements again."""


def insert_rows(connection: Connection, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, given as values by attribute name; all of them name the same attributes.

    An attribute that is not named becomes NULL: the defaults of the mapped class are not asked.
    """
    if not rows:
        return
    names = tuple(rows[0])
    table, columns, converters = _prepared(model, names)
    insert_values(connection, table, columns, _converted(rows, names, converters))


def update_rows(connection: Connection, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Change rows, given by their "id" and the new values by attribute name; all name the same ones."""
    if not rows:
        return
    names = (*(name for name in rows[0] if name != "id"), "id")
    table, columns, converters = _prepared(model, names)
    place = _place(connection)
    changes = ", ".join(f'"{column}" = {place}' for column in columns[:-1])
    statement = f'UPDATE "{table}" SET {changes} WHERE "id" = {place}'  # noqa: S608 - our own names
    connection.exec_driver_sql(statement, _converted(rows, names, converters))


def among(column: InstrumentedAttribute[Any], name: str) -> ColumnElement[bool]:
    """Whether the column's value is in the list that is given, by `listed`, as the parameter `name`.

    As one parameter it leaves the statement as it is, however long the list: nothing is compiled anew.
    """
    items = func.json_each(bindparam(name)).table_valued("value")
    return column.in_(select(items.c.value))


def listed(values: Iterable[str]) -> str:
    """A list for `among`, in one order, so that the same question always reads alike."""
    return json.dumps(sorted(values), ensure_ascii=False)


def insert_values(
    connection: Connection, table: str, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert rows whose values are as the driver takes them, in the order of `columns`."""
    for start in range(0, len(rows), _ROWS):
        some = rows[start : start + _ROWS]
        statement = _statement(table, columns, len(some), _place(connection))
        connection.exec_driver_sql(statement, tuple(chain.from_iterable(some)))


@cache
def _prepared(
    model: type[Base], names: tuple[str, ...]
) -> tuple[str, tuple[str, ...], tuple[Convert | None, ...]]:
    """The table's name, its columns' names, and how each value becomes the driver's."""
    columns = [model.__mapper__.column_attrs[name].columns[0] for name in names]
    table = cast("Table", model.__table__)
    return table.name, tuple(column.name for column in columns), tuple(_converter(c.type) for c in columns)


def _converted(
    rows: Sequence[Mapping[str, Any]], names: tuple[str, ...], converters: tuple[Convert | None, ...]
) -> list[tuple[Any, ...]]:
    """The rows as the driver takes them."""
    values = [
        [row[name] for row in rows] if convert is None else [convert(row[name]) for row in rows]
        for name, convert in zip(names, converters, strict=True)
    ]
    return list(zip(*values, strict=True))


def _place(connection: Connection) -> str:
    """The sign that stands for a parameter."""
    return "?" if connection.dialect.paramstyle == "qmark" else "%s"


@cache
def _statement(table: str, columns: tuple[str, ...], rows: int, place: str) -> str:
    quoted = ", ".join(f'"{column}"' for column in columns)
    row = f"({', '.join([place] * len(columns))})"
    return f'INSERT INTO "{table}" ({quoted}) VALUES {", ".join([row] * rows)}'  # noqa: S608 - our own names


def _converter(kind: object) -> Convert | None:
    if isinstance(kind, UtcTime):
        return _micros
    if isinstance(kind, JSON):
        return _json
    return None


def _micros(value: Any) -> int | None:
    return None if value is None else to_micros(value)


def _json(value: Any) -> str:
    if isinstance(value, list):  # of texts, as all our lists are; most lists of a message are empty
        return f"[{', '.join(map(_encoded, value))}]" if value else "[]"
    return _encoded(value)
