"""Small operations on text that both rules and actions need."""

LONGEST_SNIPPET = 200


def snippet_of(text: str) -> str:
    """The beginning of a text as one line, for lists."""
    return " ".join(text[: LONGEST_SNIPPET * 3].split())[:LONGEST_SNIPPET]
