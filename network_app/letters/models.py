"""The tables of letters: what was written, signed and released, what left, what came back, what was promised."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from members.models import Organisation, Person
from network_app.core.crypto import Sealed
from network_app.core.db import Base, EnumText, UtcDateTime, new_id
from network_app.letters.rules.commitments import CommitmentState
from network_app.letters.rules.replies import ContactKind, ReplyClass, ReplyKind
from network_app.letters.rules.states import LetterState, Step
from network_app.targets.models import Target


class Letter(Base):
    """One letter to one target, from its draft to its answer."""

    __tablename__ = "letter"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    target_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("target.id"), index=True)
    # The company that answers for the target; it gets the letter, once.
    recipient_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("target.id"), index=True)
    # Cases and campaigns stand above letters, so these two are bare ids.
    appeal_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    campaign_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    follows_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("letter.id"), index=True)
    step: Mapped[Step] = mapped_column(EnumText(Step))
    state: Mapped[LetterState] = mapped_column(EnumText(LetterState), index=True)
    danger: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(String(12))
    subject_ct: Mapped[bytes | None]
    body_ct: Mapped[bytes | None]
    given_ct: Mapped[bytes | None]
    subject = Sealed("subject_ct")
    body = Sealed("body_ct")
    given = Sealed("given_ct")
    version: Mapped[int] = mapped_column(default=1)
    may_tell_factory: Mapped[bool] = mapped_column(default=False)
    gates: Mapped[list[str]] = mapped_column(JSON)
    stand_aside: Mapped[list[str]] = mapped_column(JSON)
    days_to_answer: Mapped[int]
    undo_seconds: Mapped[int]
    reply_token: Mapped[str] = mapped_column(String(40), unique=True)
    author_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    author_organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    drafted_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    sign_until: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    dated_on: Mapped[dt.date | None]
    answer_by: Mapped[dt.date | None]
    # What the two people approved, and exactly what then left.
    approved_sha256: Mapped[str | None] = mapped_column(String(64))
    sent_to_ct: Mapped[bytes | None]
    sent_subject_ct: Mapped[bytes | None]
    sent_to = Sealed("sent_to_ct")
    sent_subject = Sealed("sent_subject_ct")
    frozen_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    paper_sha256: Mapped[str | None] = mapped_column(String(64))
    text_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    html_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    pdf_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    sent_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    # Empty when our own mailer sent it; else how a person sent it and what proves that.
    sent_by_hand: Mapped[str] = mapped_column(default="")
    deadline_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, index=True)
    mailbox_checked_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    mailbox_checked_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    outcome: Mapped[ReplyClass | None] = mapped_column(EnumText(ReplyClass))
    recalled_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    recall_reason: Mapped[str] = mapped_column(default="")

    target: Mapped[Target] = relationship(foreign_keys=[target_id])
    recipient: Mapped[Target] = relationship(foreign_keys=[recipient_id])
    follows: Mapped[Letter | None] = relationship(remote_side=[id])
    author: Mapped[Person | None] = relationship(foreign_keys=[author_id])
    author_organisation: Mapped[Organisation | None] = relationship(foreign_keys=[author_organisation_id])
    mailbox_checked_by: Mapped[Person | None] = relationship(foreign_keys=[mailbox_checked_by_id])
    signatures: Mapped[list[Signature]] = relationship(back_populates="letter", order_by="Signature.signed_at")
    releases: Mapped[list[Release]] = relationship(back_populates="letter", order_by="Release.released_at")
    replies: Mapped[list[Reply]] = relationship(back_populates="letter", order_by="Reply.received_at")
    contacts: Mapped[list[ContactRecord]] = relationship(back_populates="letter", order_by="ContactRecord.recorded_at")

    @property
    def leaves_at(self) -> dt.datetime | None:
        """When the time for an undo is over and the letter may leave; None before it is frozen."""
        return self.frozen_at + dt.timedelta(seconds=self.undo_seconds) if self.frozen_at else None

    @property
    def valid_signatures(self) -> list[Signature]:
        """Those that were given to the text as it stands now and not withdrawn."""
        return [each for each in self.signatures if each.version == self.version and each.withdrawn_at is None]

    @property
    def first_release(self) -> Release | None:
        """The release that waits for a second person's, if there is one."""
        return next((each for each in self.releases if each.voided_at is None), None)


class Signature(Base):
    """An organisation under a letter; it signed one version of the text."""

    __tablename__ = "letter_signature"
    __table_args__ = (UniqueConstraint("letter_id", "organisation_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    letter_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("letter.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int]
    signed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    letter: Mapped[Letter] = relationship(back_populates="signatures")
    organisation: Mapped[Organisation] = relationship()


class Release(Base):
    """One person's word that the rendered letter with this hash may leave."""

    __tablename__ = "letter_release"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    letter_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("letter.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    released_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    voided_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    letter: Mapped[Letter] = relationship(back_populates="releases")
    person: Mapped[Person] = relationship()
    organisation: Mapped[Organisation] = relationship()


class Reply(Base):
    """One mail that came to a letter's own address."""

    __tablename__ = "letter_reply"
    __table_args__ = (UniqueConstraint("letter_id", "message_key"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    letter_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("letter.id"), index=True)
    message_key: Mapped[str] = mapped_column(String(64))
    kind: Mapped[ReplyKind] = mapped_column(EnumText(ReplyKind))
    received_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    from_ct: Mapped[bytes | None]
    subject_ct: Mapped[bytes | None]
    text_ct: Mapped[bytes | None]
    from_address = Sealed("from_ct")
    subject = Sealed("subject_ct")
    text = Sealed("text_ct")
    klass: Mapped[ReplyClass | None] = mapped_column(EnumText(ReplyClass))
    note: Mapped[str] = mapped_column(default="")
    classed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    classed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))

    letter: Mapped[Letter] = relationship(back_populates="replies")
    classed_by: Mapped[Person | None] = relationship()


class ContactRecord(Base):
    """A call, a meeting or anything else by which one spoke with a target, entered by hand."""

    __tablename__ = "target_contact"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    target_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("target.id"), index=True)
    letter_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("letter.id"), index=True)
    kind: Mapped[ContactKind] = mapped_column(EnumText(ContactKind))
    happened_on: Mapped[dt.date]
    with_whom_ct: Mapped[bytes | None]
    summary_ct: Mapped[bytes | None]
    with_whom = Sealed("with_whom_ct")
    summary = Sealed("summary_ct")
    klass: Mapped[ReplyClass | None] = mapped_column(EnumText(ReplyClass))
    recorded_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))

    letter: Mapped[Letter | None] = relationship(back_populates="contacts")
    target: Mapped[Target] = relationship()
    recorded_by: Mapped[Person] = relationship()
    organisation: Mapped[Organisation] = relationship()


class Commitment(Base):
    """A promise of a target that has a measure, means, an owner and a date."""

    __tablename__ = "commitment"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    target_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("target.id"), index=True)
    letter_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("letter.id"), index=True)
    promise: Mapped[str]
    measure: Mapped[str]
    means: Mapped[str]
    owner: Mapped[str]
    due_on: Mapped[dt.date]
    source: Mapped[str]
    # Only this organisation says that the promise was kept (DOMAIN 0).
    judge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    recorded_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)

    target: Mapped[Target] = relationship()
    judge: Mapped[Organisation] = relationship()
    words: Mapped[list[CommitmentWord]] = relationship(
        back_populates="commitment", order_by="CommitmentWord.heard_on, CommitmentWord.recorded_at"
    )


class CommitmentWord(Base):
    """What was said about a promise on a day; the rows together give its state on any past date."""

    __tablename__ = "commitment_word"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    commitment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("commitment.id"), index=True)
    said: Mapped[CommitmentState] = mapped_column(EnumText(CommitmentState))
    heard_on: Mapped[dt.date]
    note: Mapped[str] = mapped_column(default="")
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    recorded_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)

    commitment: Mapped[Commitment] = relationship(back_populates="words")
