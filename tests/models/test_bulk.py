"""Rows by the hundred: inserted, changed, looked up at once, they are as single statements have them."""

from typing import Any

import pytest
from sqlalchemy import select

from inbox_desktop.models.bulk import among, insert_rows, listed, update_rows
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import Customer
from tests.models.samples import START

_NAMED = select(Customer.name).where(among(Customer.name, "names")).order_by(Customer.name)


def customers(names: list[str]) -> list[dict[str, Any]]:
    return [{"id": new_id(), "name": name, "blocked": False, "created_at": START, "seq": 1} for name in names]


@pytest.mark.parametrize("count", [1, 39, 40, 41, 95])
def test_every_row_is_inserted_whatever_their_number(store: Store, count: int) -> None:
    rows = customers([f"Ana {n}" for n in range(count)])
    with store.write() as session:
        insert_rows(session.connection(), Customer, rows)
    with store.read() as connection:
        query = select(Customer.id, Customer.name, Customer.blocked, Customer.created_at, Customer.seq)
        found = connection.execute(query.order_by(Customer.id)).all()
    assert [tuple(row) for row in found] == [tuple(row.values()) for row in rows]


def test_a_change_leaves_other_rows_and_other_columns_alone(store: Store) -> None:
    ana, ben, cleo = rows = customers(["Ana", "Ben", "Cleo"])
    with store.write() as session:
        insert_rows(session.connection(), Customer, rows)
        changes = [{"id": ana["id"], "name": "Ana S", "seq": 2}, {"id": cleo["id"], "name": "C", "seq": 3}]
        update_rows(session.connection(), Customer, changes)
    with store.read() as connection:
        query = select(Customer.name, Customer.seq, Customer.created_at).order_by(Customer.id)
        found = [tuple(row) for row in connection.execute(query)]
    assert found == [("Ana S", 2, START), (ben["name"], 1, START), ("C", 3, START)]


def test_nothing_to_insert_or_to_change_is_no_error(store: Store) -> None:
    with store.write() as session:
        insert_rows(session.connection(), Customer, [])
        update_rows(session.connection(), Customer, [])


def test_a_list_is_looked_up_as_it_is_written(store: Store) -> None:
    names = ["Ana", 'quo"te', "back\\slash", "日本語", "new\nline", "%", "", *map(str, range(2000))]
    with store.write() as session:
        insert_rows(session.connection(), Customer, customers([*names, "Somebody else"]))
        found = session.connection().scalars(_NAMED, {"names": listed(names)}).all()
        none = session.connection().scalars(_NAMED, {"names": listed([])}).all()
    assert found == sorted(names)
    assert none == []
