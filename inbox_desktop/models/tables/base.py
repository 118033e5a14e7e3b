"""What all tables share: the declarative base, column types, and the stamp of the journal."""

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import JSON, BigInteger, Dialect, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from inbox_desktop.models.clock import from_micros, to_micros


class UtcTime(TypeDecorator[datetime]):
    """A moment as whole microseconds since 1970 UTC: sorts as a number, has no time zone to lose."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Python to database; a time without zone is our bug and raises TypeError."""
        return None if value is None else to_micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Database to Python."""
        return None if value is None else from_micros(value)


class Base(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcTime, list[str]: JSON, dict[str, Any]: JSON}  # noqa: RUF012


Id = Annotated[str, mapped_column(String(36), primary_key=True)]


class Stamped:
    """A row of the shared inbox. `seq` is the journal entry that touched it last.

    `CHANGE` names the kind of thing that changes for the listeners of the change feed, `CHANGE_ID`
    the column that holds its id: a new message is a change of its ticket.
    """

    CHANGE = ""
    CHANGE_ID = "id"

    seq: Mapped[int] = mapped_column(BigInteger, default=0, index=True)
