"""Reading JSON values whose type must be the right one: what Python would convert may mean something else."""


def yes_or_no(value: object) -> bool:
    """A JSON true or false.

    Raises:
        TypeError: it is something else; bool("no") would be true.
    """
    if not isinstance(value, bool):
        raise TypeError("true or false is wanted")
    return value
