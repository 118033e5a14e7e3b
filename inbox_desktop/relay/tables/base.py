"""What the relay's tables share: the declarative base, column types, and the stamp of the feed."""

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import JSON, BigInteger, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from inbox_desktop.models.tables.base import UtcTime


class Base(DeclarativeBase):
    """The base of every table of the relay."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcTime, dict[str, Any]: JSON}  # noqa: RUF012 - read by SQLAlchemy


Id = Annotated[str, mapped_column(String(36), primary_key=True)]
ChatId = Annotated[str, mapped_column(String(22))]
Hash = Annotated[str, mapped_column(String(64))]
"""SHA-256 in hexadecimal."""


class Fed:
    """A row that the desktops' feed tells. `seq` is the change that touched it last."""

    seq: Mapped[int] = mapped_column(BigInteger, index=True)
