"""The tables of what proves that it is the person: an app's key, passkeys, codes on paper, the words of colleagues."""

import uuid
from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from network_app.core.crypto import Sealed
from network_app.core.db import Base, UtcDateTime, new_id


class AuthenticatorApp(Base):
    """The key that an app on a person's phone makes codes from; it counts once a first code was typed back."""

    __tablename__ = "authenticator_app"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    # Safety: whoever reads this key can make every code, so a copied database must not hold it in clear.
    key_ct: Mapped[bytes | None]
    key = Sealed("key_ct")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_steps: Mapped[list[int]] = mapped_column(JSON, default=list)


class Passkey(Base):
    """The public half of a key pair that lives in a person's phone, computer or security key."""

    __tablename__ = "passkey"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    credential_hash: Mapped[str] = mapped_column(String(64), unique=True)
    credential_id: Mapped[bytes]
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(80), default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class UsedChallenge(Base):
    """A passkey challenge that was answered, so that the same answer opens nothing a second time."""

    __tablename__ = "used_challenge"

    challenge_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class PaperCode(Base):
    """One code of a printed list; only its keyed hash is kept."""

    __tablename__ = "paper_code"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Recovery(Base):
    """A new way in for somebody who lost theirs: asked for by colleagues, open after a wait, stoppable until then."""

    __tablename__ = "recovery"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    stop_hash: Mapped[str] = mapped_column(String(64), unique=True)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class VoucherWord(Base):
    """One colleague's word that it is really the person who lost the way in, and the hash of the code given for it."""

    __tablename__ = "voucher_word"
    __table_args__ = (UniqueConstraint("recovery_id", "given_by_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    recovery_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("recovery.id"), index=True)
    given_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
