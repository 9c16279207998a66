"""Forgetting what would otherwise tell who tried to come in, and when."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from members.messages import tell_of_ending
from members.models import LinkCode, SignIn, UsedChallenge, WrongAttempt
from members.queries import mandates_ending_soon
from members.rules import ATTEMPTS_KEPT, CHALLENGE_LIFE, LINK_CODE_LIFE, SIGN_IN_LONGEST
from network_app.core import clock


def warn_of_mandates_that_end(session: Session) -> None:
    """Tell an organisation's people two weeks ahead which mandates end, once for each end."""
    for mandate, until in mandates_ending_soon(session):
        tell_of_ending(session, mandate, until)


def forget_the_old(session: Session) -> None:
    """Delete wrong tries after a day, and codes, sign-ins and challenges once they cannot be used."""
    now = clock.now(session)
    session.execute(delete(WrongAttempt).where(WrongAttempt.at < now - ATTEMPTS_KEPT))
    session.execute(delete(LinkCode).where(LinkCode.made_at < now - LINK_CODE_LIFE))
    session.execute(delete(SignIn).where(SignIn.created_at < now - SIGN_IN_LONGEST))
    session.execute(delete(UsedChallenge).where(UsedChallenge.at < now - 4 * CHALLENGE_LIFE))
