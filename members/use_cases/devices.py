"""What a person left open on devices, ended in one place: for a freeze, and for a new way in."""

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from members.models import ChatIdentity, LinkCode, Person, SignIn
from members.use_cases.tokens import revoke_tokens_of
from network_app.core import clock


def end_devices(session: Session, person: Person) -> None:
    """End every sign-in, chat link, link code and program's token of a person, at once."""
    ended = update(SignIn).where(SignIn.person_id == person.id, SignIn.revoked_at.is_(None))
    session.execute(ended.values(revoked_at=clock.now(session)))
    session.execute(delete(ChatIdentity).where(ChatIdentity.person_id == person.id))
    session.execute(delete(LinkCode).where(LinkCode.person_id == person.id))
    revoke_tokens_of(session, person_id=person.id)
