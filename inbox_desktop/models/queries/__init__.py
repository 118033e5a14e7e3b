"""Reading the inbox: filters turned into SQL in one place, results as frozen dataclasses."""
