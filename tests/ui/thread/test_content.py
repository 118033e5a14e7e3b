"""Which text of a message is shown."""

from inbox_desktop.ui.thread.content import LONGEST_PLAIN, MOST_TAGS, content_of
from tests.ui.thread.rows import message


def test_quotes_are_folded_until_they_are_wanted() -> None:
    row = message(text="Yes\n> old", visible_text="Yes")
    folded = content_of(row, expanded=False, whole=False)
    assert (folded.text, folded.has_quotes) == ("Yes", True)
    assert content_of(row, expanded=True, whole=False).text == "Yes\n> old"


def test_html_without_quotes_has_nothing_to_unfold() -> None:
    row = message(html="<p>x</p>", visible_html="<p>x</p>", visible_text="x", text="x\n> y")
    assert not content_of(row, expanded=False, whole=False).has_quotes


def test_html_is_preferred_and_folded() -> None:
    row = message(html="<p>x</p><blockquote>y</blockquote>", visible_html="<p>x</p>")
    assert content_of(row, expanded=False, whole=False).html == "<p>x</p>"
    assert content_of(row, expanded=True, whole=False).html == row.html


def test_html_that_would_hold_the_window_up_is_text_first() -> None:
    row = message(html="<p>x</p>" * MOST_TAGS, text="x")
    light = content_of(row, expanded=False, whole=False)
    assert light.html is None
    assert light.cut_size > 0
    assert content_of(row, expanded=False, whole=True).html == row.html


def test_long_text_is_cut_until_the_whole_is_wanted() -> None:
    row = message(text="word " * 4000)
    cut = content_of(row, expanded=False, whole=False)
    assert len(cut.text.replace("\n", "")) == LONGEST_PLAIN
    assert cut.cut_size == 20_000
    whole = content_of(row, expanded=False, whole=True)
    assert whole.cut_size == 0
    assert whole.text.replace("\n", "") == row.text


def test_endless_lines_are_broken() -> None:
    shown = content_of(message(text="x" * 300_000), expanded=False, whole=True).text
    assert max(map(len, shown.split("\n"))) <= 5_000
