"""What proves, besides a password, that it is the person: codes of an app, codes on paper; and forgetting all of it."""

import secrets
import uuid
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from members.messages import tell_person
from members.models import AuthenticatorApp, PaperCode, Passkey, Person, SignIn
from members.queries import app_of, has_factor, paper_codes_left, passkeys_of, rights_of, token_hash
from members.rules import PAPER_CODES, Strength
from members.rules.codes import clean_code, looks_like_app_code, make_key, matching_step, still_near, was_used
from network_app.core import audit, clock
from network_app.core.crypto import keyed_hash
from network_app.core.db import lock, new_id
from network_app.core.errors import Conflict, Invalid, NotFound
from network_app.core.i18n import LazyText, lazy
from network_app.core.permissions import Actor
from network_app.core.refs import LETTERS

# Whoever finds an open browser must not be able to change how its owner gets in.
FRESH = timedelta(minutes=15)
WRONG = lazy("This code is not right. Look at the app again; a code from paper works too.")
USED = lazy("This code was used already. Wait until the app shows the next one, at most half a minute.")
PAPER_USED = lazy("This code from paper was used already, and each works once. Take the next one of the list.")
SIGN_IN_AGAIN = lazy("To change how you get in, sign in again first: your last sign-in is more than 15 minutes ago.")


def require_fresh(session: Session, actor: Actor, sign_in_id: uuid.UUID | None) -> SignIn:
    """Insist that the person signed in within the last 15 minutes; raises Conflict."""
    row = session.get(SignIn, sign_in_id) if sign_in_id else None
    if row is None or row.person_id != actor.own_person() or clock.now(session) - row.created_at > FRESH:
        raise Conflict(SIGN_IN_AGAIN)
    return row


def start_app(session: Session, actor: Actor, *, sign_in_id: uuid.UUID | None) -> str:
    """Make a key for an app; it counts from the first code that is typed back. An app in use goes on until then."""
    require_fresh(session, actor, sign_in_id)
    person = lock(session, Person, actor.own_person())
    waiting = AuthenticatorApp.confirmed_at.is_(None)
    session.execute(delete(AuthenticatorApp).where(AuthenticatorApp.person_id == person.id, waiting))
    row = AuthenticatorApp(id=new_id(), person_id=person.id, made_at=clock.now(session), used_steps=[])
    row.key = make_key()
    session.add(row)
    session.flush()
    return row.key or ""


def confirm_app(session: Session, actor: Actor, *, sign_in_id: uuid.UUID | None, code: str) -> str:
    """Take an app into use, in place of the one before; returns this browser's new token.

    Raises Invalid for a wrong code, Conflict if no key waits.
    """
    sign_in = require_fresh(session, actor, sign_in_id)
    person = lock(session, Person, actor.own_person())
    row = app_of(session, person.id, confirmed=False)
    if row is None:
        raise Conflict(lazy("Begin again: show a new key, and type the code that the app makes from it."))
    step = matching_step(row.key or "", code, clock.unmoved(session), ())
    if step is None:
        raise Invalid(lazy("This is not the code of this key. Is the newest entry open in the app?"), field="code")
    before = app_of(session, person.id)
    if before is not None:
        session.delete(before)
        session.flush()
    row.confirmed_at, row.used_steps = clock.now(session), [step]
    session.flush()
    return note_new_factor(session, actor, sign_in, "app")


def give_app(session: Session, person: Person, key: str = "") -> str:
    """Give somebody who was just added an app's key, for demos and tests; returns the key."""
    now = clock.now(session)
    row = AuthenticatorApp(id=new_id(), person_id=person.id, made_at=now, confirmed_at=now, used_steps=[])
    row.key = key or make_key()
    session.add(row)
    session.flush()
    return row.key or ""


def note_new_factor(session: Session, actor: Actor, sign_in: SignIn, kind: str) -> str:
    """Let this browser count as strong, end those that came in with a password alone, and tell the person.

    Returns the browser's new token.
    """
    token = secrets.token_urlsafe(32)
    sign_in.strength, sign_in.token_hash = Strength.SECOND_FACTOR, token_hash(token)
    session.flush()
    weak = (SignIn.person_id == sign_in.person_id, SignIn.strength != Strength.SECOND_FACTOR)
    ended = update(SignIn).where(*weak, SignIn.revoked_at.is_(None))
    session.execute(ended.values(revoked_at=clock.now(session)))
    link = audit.record(session, actor, "add_factor", f"person:{sign_in.person_id}", kind=kind)
    tell_person(session, sign_in.person_id, key=f"factor:{link.seq}", template="factor_added", values={}, chat=False)
    return token


def check_code(session: Session, person: Person, typed: str) -> LazyText | None:
    """Check and use up a code of the app or from paper. None if it is right, else what to tell the person.

    A refusal must be committed by the caller, and counted.
    """
    if looks_like_app_code(typed):
        return _check_app(session, person.id, typed)
    return use_paper_code(session, person.id, typed)


def _check_app(session: Session, person_id: uuid.UUID, typed: str) -> LazyText | None:
    # The row is locked and read again, so that one code typed in two browsers at once opens one of them.
    row = app_of(session, person_id, locked=True)
    if row is None:
        return WRONG
    now = clock.unmoved(session)
    step = matching_step(row.key or "", typed, now, row.used_steps)
    if step is None:
        return USED if was_used(row.key or "", typed, row.used_steps) else WRONG
    row.used_steps = still_near([*row.used_steps, step], now)
    session.flush()
    return None


def make_paper_codes(session: Session, actor: Actor, *, sign_in_id: uuid.UUID | None) -> list[str]:
    """Make a new list of codes to print, shown this once; the list before stops working."""
    require_fresh(session, actor, sign_in_id)
    person = lock(session, Person, actor.own_person())
    if not has_factor(session, person.id):
        raise Conflict(lazy("Set up an app or a passkey first; the codes on paper are for when it is lost."))
    session.execute(delete(PaperCode).where(PaperCode.person_id == person.id))
    codes = [readable_code() for _ in range(PAPER_CODES)]
    now = clock.now(session)
    for code in codes:
        session.add(PaperCode(id=new_id(), person_id=person.id, code_hash=paper_hash(person.id, code), made_at=now))
    session.flush()
    link = audit.record(session, actor, "make_paper_codes", f"person:{person.id}")
    tell_person(session, person.id, key=f"paper:{link.seq}", template="paper_codes_made", values={}, chat=False)
    return codes


def use_paper_code(session: Session, person_id: uuid.UUID, typed: str) -> LazyText | None:
    """Use up one code from paper; returns what to tell the person if it does not work."""
    theirs = select(PaperCode).where(PaperCode.code_hash == paper_hash(person_id, typed))
    row = session.scalar(theirs.with_for_update().execution_options(populate_existing=True))
    if row is None:
        return WRONG
    if row.used_at is not None:
        return PAPER_USED
    row.used_at = clock.now(session)
    session.flush()
    left = paper_codes_left(session, person_id)
    tell_person(
        session, person_id, key=f"paper-used:{row.id}", template="paper_code_used", values={"left": left}, chat=False
    )
    return None


def remove_passkey(session: Session, actor: Actor, *, sign_in_id: uuid.UUID | None, passkey_id: uuid.UUID) -> None:
    """Take a passkey out of use; raises Conflict if it is the last factor of somebody who needs one, NotFound."""
    require_fresh(session, actor, sign_in_id)
    person = lock(session, Person, actor.own_person())
    row = next((row for row in passkeys_of(session, person.id) if row.id == passkey_id), None)
    if row is None:
        raise NotFound()
    _not_the_last(session, person.id)
    session.delete(row)
    session.flush()
    audit.record(session, actor, "remove_factor", f"person:{person.id}", kind="passkey")


def remove_app(session: Session, actor: Actor, *, sign_in_id: uuid.UUID | None) -> None:
    """Take the app out of use; raises Conflict if it is the last factor of somebody who needs one."""
    require_fresh(session, actor, sign_in_id)
    person = lock(session, Person, actor.own_person())
    row = app_of(session, person.id)
    if row is None:
        raise NotFound()
    _not_the_last(session, person.id)
    session.delete(row)
    session.flush()
    audit.record(session, actor, "remove_factor", f"person:{person.id}", kind="app")


def _not_the_last(session: Session, person_id: uuid.UUID) -> None:
    factors = len(passkeys_of(session, person_id)) + (app_of(session, person_id) is not None)
    if factors < 2 and rights_of(session, person_id).needs_second_factor:
        raise Conflict(lazy("Set up another one first: what you may do here needs more than a password."))


def forget_factors(session: Session, person: Person, *, paper: bool = False) -> None:
    """Let a person's app, passkeys and password open nothing any more; with `paper` the codes on paper neither.

    For a phone in the wrong hands (freeze) and after recovery: old pins die at once (DOMAIN 1).
    """
    session.execute(delete(AuthenticatorApp).where(AuthenticatorApp.person_id == person.id))
    session.execute(delete(Passkey).where(Passkey.person_id == person.id))
    if paper:
        session.execute(delete(PaperCode).where(PaperCode.person_id == person.id))
    person.password_hash = None
    ended = update(SignIn).where(SignIn.person_id == person.id, SignIn.revoked_at.is_(None))
    session.execute(ended.values(revoked_at=clock.now(session)))
    session.flush()


def paper_hash(person_id: uuid.UUID, code: str) -> str:
    """What is stored for a code on paper; the same code in another's hands is another one."""
    return keyed_hash("paper-code", f"{person_id}:{clean_code(code)[:40]}")


def readable_code() -> str:
    """Make a code of twelve letters and digits that is copied by hand or said on the telephone (60 bits)."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))
