"""How often Python looks for garbage: seldom, once everything is loaded."""

import gc

_BETWEEN_LOOKS = (50_000, 10, 10)
"""So many things more than were given up; and so many looks at the young before one at the older ones.

With Python's 700 the writer of a first synchronisation spent a twelfth of its time on looks that found
nothing: a batch of mails is thousands of things that are all in use, and then given up without one cycle.
"""


def look_seldom() -> None:
    """Look for garbage seldom from now on, and never among what is there already, which stays to the end.

    Looking through all of that, again and again, would stop every thread for a tenth of a second each time.
    """
    gc.freeze()
    gc.set_threshold(*_BETWEEN_LOOKS)
    gc.enable()
