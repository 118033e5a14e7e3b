"""What a person types as an expression that FTS5 takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_desktop.models import sqlite
from inbox_desktop.models.fulltext import first_place_of, match_expression, places_of, spaced


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


@pytest.mark.parametrize(
    ("words", "content", "marked"),
    [
        (["order"], "Order 5, reorder, ORDERS", ["Order", "ORDER"]),
        (["blue", "ref"], "A refund for the blue one", ["ref", "blue"]),
        (["退货"], "我要退货", ["退货"]),
        (["ok"], "退货ok", ["ok"]),
        (["19882"], "HB-19882 and HB_19882", ["19882", "19882"]),
        (["needle"], "hay", []),
        (["i"], "\u0130i", []),  # its small form has two characters
        ([], "hay", []),
    ],
)
def test_where_words_stand(words: list[str], content: str, marked: list[str]) -> None:
    places = places_of(words, content)
    assert [content[start:end] for start, end in places] == marked
    assert first_place_of(words, content) == (places[0][0] if places else None)


@given(
    st.text(alphabet="abAB-_. ,1", max_size=24),
    st.text(alphabet="abAB1", min_size=1, max_size=3),
)
def test_a_word_stands_where_the_index_finds_it(content: str, word: str) -> None:
    assert bool(places_of([word], content)) == _found_in_index(content, word)


def _found_in_index(content: str, word: str) -> bool:
    connection = sqlite.driver.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5(a, tokenize='unicode61 remove_diacritics 2')")
    connection.execute("INSERT INTO t VALUES (?)", (spaced(content),))
    found = connection.execute("SELECT 1 FROM t WHERE t MATCH ?", (match_expression(word),)).fetchall()
    connection.close()
    return bool(found)


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
