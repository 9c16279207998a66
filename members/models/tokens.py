"""The tables of the programs that act under a person's mandates, and of what they were answered."""

import uuid
from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from members.models.organisations import Organisation
from network_app.core.crypto import Sealed
from network_app.core.db import Base, UtcDateTime, new_id


class ApiToken(Base):
    """A program's way in, bound to a person, an organisation and mandates; only a hash of the token is kept.

    `mandate_ids` are the mandates it was made under: one that ends takes its duty away, a new one adds nothing.
    """

    __tablename__ = "api_token"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    mandate_ids: Mapped[list[str]] = mapped_column(JSON)
    scopes: Mapped[list[str]] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    organisation: Mapped[Organisation] = relationship()


class ApiAnswer(Base):
    """What a program was answered under an Idempotency-Key, so that the same request again changes nothing twice.

    It is stored in the transaction of the act itself: there is never one without the other.
    """

    __tablename__ = "api_answer"
    __table_args__ = (UniqueConstraint("token_id", "key"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    token_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("api_token.id"))
    key: Mapped[str] = mapped_column(String(100))
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int] = mapped_column(default=0)
    location: Mapped[str] = mapped_column(String(300), default="")
    body_ct: Mapped[bytes | None]
    body = Sealed("body_ct")
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
