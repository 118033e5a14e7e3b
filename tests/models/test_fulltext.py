"""What a person types as an expression that FTS5 takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_desktop.models import sqlite
from inbox_desktop.models.fulltext import match_expression, spaced


@pytest.mark.parametrize(
    ("query", "expression"),
    [
        ("parcel", '"parcel"*'),
        ("late parcel", '"late" "parcel"*'),
        ('"late parcel"', '"late parcel"'),
        ('"late parcel" inv', '"late parcel" "inv"*'),
        ("a OR b", '"a" "OR" "b"*'),
        ("ana@example.com", '"ana example com"*'),
        ("退货 ok", '"退 货" "ok"*'),
        ('"', None),
        ("* - ()", None),
        ("", None),
    ],
)
def test_words_phrases_and_nothing_else(query: str, expression: str | None) -> None:
    assert match_expression(query) == expression


def test_only_scripts_without_spaces_are_taken_apart() -> None:
    assert spaced("Zürich 한국어 пример") == "Zürich 한국어 пример"
    assert spaced("サイズOK").split() == ["サ", "イ", "ズ", "OK"]


@given(st.text(max_size=60))
def test_fts5_understands_every_expression(query: str) -> None:
    expression = match_expression(query)
    if expression is None:
        return
    connection = sqlite.driver.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE t USING fts5(a, content='', tokenize='unicode61 remove_diacritics 2')"
    )
    connection.execute("SELECT rowid FROM t WHERE t MATCH ?", (expression,)).fetchall()
    connection.close()
