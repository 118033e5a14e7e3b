"""Long regular expressions written as lists of alternatives."""


def any_of(lines: str) -> str:
    """A pattern that matches any of the alternatives, given on lines of their own or separated by bars."""
    return "(?:" + "|".join(line.strip() for line in lines.split("\n") if line.strip()) + ")"
