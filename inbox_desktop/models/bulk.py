"""Inserting rows by the hundred: plain values handed to the driver, many rows in one statement.

SQLAlchemy's work on each row would cost more than SQLite's. And the driver gives up the interpreter's lock
around each step of a statement: with one row a statement, a busy program spends its time on handing the lock
to and fro.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any, cast

from sqlalchemy import JSON, Connection, Table

from inbox_desktop.models.clock import to_micros
from inbox_desktop.models.tables.base import Base, UtcTime

Convert = Callable[[Any], Any]

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
    values = [
        [row[name] for row in rows] if convert is None else [convert(row[name]) for row in rows]
        for name, convert in zip(names, converters, strict=True)
    ]
    insert_values(connection, table, columns, list(zip(*values, strict=True)))


def insert_values(
    connection: Connection, table: str, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert rows whose values are as the driver takes them, in the order of `columns`."""
    for start in range(0, len(rows), _ROWS):
        some = rows[start : start + _ROWS]
        statement = _statement(table, columns, len(some), connection.dialect.paramstyle)
        connection.exec_driver_sql(statement, tuple(chain.from_iterable(some)))


@cache
def _prepared(
    model: type[Base], names: tuple[str, ...]
) -> tuple[str, tuple[str, ...], tuple[Convert | None, ...]]:
    """The table's name, its columns' names, and how each value becomes the driver's."""
    columns = [model.__mapper__.column_attrs[name].columns[0] for name in names]
    table = cast("Table", model.__table__)
    return table.name, tuple(column.name for column in columns), tuple(_converter(c.type) for c in columns)


@cache
def _statement(table: str, columns: tuple[str, ...], rows: int, paramstyle: str) -> str:
    quoted = ", ".join(f'"{column}"' for column in columns)
    place = "?" if paramstyle == "qmark" else "%s"
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
    return "[]" if value == [] else json.dumps(value)  # most lists of a message are empty
