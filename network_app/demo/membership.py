"""What the demo's members keep about themselves: ways to reach them, and a body that asks to join. All made up."""

from __future__ import annotations

from sqlalchemy.orm import Session

from members.queries import actor_for, organisation_by_slug, person_by_handle
from members.use_cases.applying import Wish, enter_application, vouch
from members.use_cases.profiles import add_contact_point
from network_app.core.errors import NotFound
from network_app.core.permissions import Actor

CONTACTS = (
    ("sokha", "phone", "+855 00 000 001", "danger", "km", "Say that you call about the sewing class. Not after 20:00."),
    ("sokha", "mail", "office@demo-union-phnom-penh.demo.example", "other", "en", ""),
    ("anna", "signal", "+49 000 000002", "danger", "de", "Never name a worker in the first message."),
)
ASKS_TO_JOIN = Wish(
    name="Demo Home Workers Circle Siem Reap",
    kind="womens_group",
    country="KH",
    side="production",
    languages=["km", "en"],
    about="Made up for the demo. We are 120 women who embroider at home for three traders, and nobody counts us.",
)


def load_membership(session: Session) -> None:
    """Fill in contact points, and let a body ask to join that one of two sponsors vouches for."""
    for handle, kind, value, purpose, language, heed in CONTACTS:
        actor = _acting(session, handle)
        add_contact_point(session, actor, kind=kind, value=value, purpose=purpose, language=language, safe_note=heed)
    sokha = _acting(session, "sokha")
    application, _ = enter_application(
        session,
        sokha,
        coalition_id=min(sokha.coordinates),
        email="siem-reap@applicants.demo.example",
        wish=ASKS_TO_JOIN,
        sponsors=[organisation_by_slug(session, "demo-worker-centre-kandal").id],
        language="km",
    )
    if application.organisation is not None:
        application.organisation.fictional = True
    vouch(session, sokha, ref=application.ref)


def _acting(session: Session, handle: str) -> Actor:
    person = person_by_handle(session, handle)
    if person is None:
        raise NotFound()
    return actor_for(session, person.id)
