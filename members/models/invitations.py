"""The table of who was asked in, and by whom."""

import uuid
from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from members.models.organisations import Organisation
from members.models.people import Person
from network_app.core.crypto import Sealed
from network_app.core.db import Base, UtcDateTime, new_id


class Invitation(Base):
    """A link, usable once, by which somebody comes to act for an organisation; only the link's hash is kept."""

    __tablename__ = "invitation"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    # Who it is for, as the administrator knows them: a word that tells nobody else who is meant.
    note: Mapped[str] = mapped_column(String(60))
    email_ct: Mapped[bytes | None]
    email = Sealed("email_ct")
    duties: Mapped[list[str]] = mapped_column(JSON)
    alternate: Mapped[bool] = mapped_column(default=False)
    last_day: Mapped[date | None]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    recalled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    organisation: Mapped[Organisation] = relationship()
    made_by: Mapped[Person] = relationship(foreign_keys=[made_by_id])
    used_by: Mapped[Person | None] = relationship(foreign_keys=[used_by_id])
