"""Remembering: short texts once, long ones each time."""

from inbox_desktop.sync.email.remembering import remembered


def test_short_texts_are_worked_out_once_and_long_ones_each_time() -> None:
    asked: list[str] = []

    @remembered(most=2, chars=3)
    def upper(text: str) -> str:
        asked.append(text)
        return text.upper()

    assert [upper(text) for text in ("a", "abc", "a", "abcd", "abc", "abcd")] == [
        *("A", "ABC", "A", "ABCD", "ABC", "ABCD")
    ]
    assert asked == ["a", "abc", "abcd", "abcd"]


def test_what_was_asked_for_long_ago_is_forgotten() -> None:
    asked: list[str] = []

    @remembered(most=2, chars=3)
    def length(text: str) -> int:
        asked.append(text)
        return len(text)

    for text in ("a", "b", "c", "a"):
        length(text)
    assert asked == ["a", "b", "c", "a"]
