"""What stands for the references in an address: for each route an own, another's and a restricted thing."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from members import models
from members.models import Mandate, Organisation, Person
from network_app.campaigns.models import Campaign
from network_app.core.db import Base
from network_app.letters.models import Letter
from network_app.targets.models import Facility, FacilityImport, ImportRow, SourcingLink, Target
from network_app.votes.models import Proposal
from tests.web.matrix.scene import WHICH, Scene
from urgent_appeals.models import AppealMessage, AppealTarget, CallOptOut, Consent, Demand, Evidence

Place = dict[str, Any]
# Things of a case, by the name that they have in an address.
OF_A_CASE: dict[str, Any] = {
    "evidence_id": Evidence,
    "consent_id": Consent,
    "demand_id": Demand,
    "question_id": AppealMessage,
}
# Registers that all members share: one thing stands for all of them.
SHARED: dict[str, Any] = {
    "link_id": SourcingLink,
    "claim_id": SourcingLink,
    "row_id": ImportRow,
    "import_id": FacilityImport,
    "list_id": FacilityImport,
    "target_id": Target,
    "opt_out_id": CallOptOut,
}
NAMED: dict[tuple[str, str], Any] = {("targets", "ref"): Facility, ("targets", "slug"): Target}
FIXED: Place = {
    "filename": "style.css",
    "sha256": "0" * 64,
    "kind": "txt",
    "circle": "network",
    "format": "json",
    "act": "verify",
    "token": "0" * 43,
}
# Things of a person or an organisation, by their name in an address.
OF_A_MEMBER = {
    "row_id": "SignIn",
    "absence_id": "Absence",
    "turn_id": "DutyTurn",
    "invitation_id": "Invitation",
    "passkey_id": "Passkey",
    "token_id": "ApiToken",
    "identity_id": "ChatIdentity",
}
NOTHING = uuid.UUID(int=1)
CASES = ("appeals", "remedy", "response", "texts", "word", "intake", "rings")
MEMBERS = ("members", "duty", "coalitions", "charter", "organisations", "people")


def subject_of(endpoint: str) -> str:
    """The domain that a route belongs to: `appeals.case` and `api.appeals_show` belong to appeals."""
    section, _, name = endpoint.partition(".")
    return name.partition("_")[0] if section == "api" else section


class Places:
    """Looks the things of one scene up once."""

    def __init__(self, session: Session, scene: Scene) -> None:
        self.session, self.scene = session, scene
        self._cache: dict[Any, Any] = {}

    def of(self, rule: Rule) -> dict[str, Place]:
        """The addresses to try for a route: `own`, `other`, `restricted`, and `crossed`: own case, others' things."""
        names = sorted(rule.arguments)
        if not names:
            return {"own": {}}
        subject = subject_of(rule.endpoint)
        found = {which: {name: self._value(subject, name, which) for name in names} for which in WHICH}
        inside = [name for name in names if name in OF_A_CASE or name == "target_id"]
        if "ref" in names and inside and subject in CASES:
            found["crossed"] = found["own"] | {name: found["restricted"][name] for name in inside}
        return {which: place for which, place in found.items() if which == "own" or place != found["own"]}

    def _value(self, subject: str, name: str, which: str) -> Any:
        key = (subject, name, which)
        if key not in self._cache:
            self._cache[key] = self._look_up(subject, name, which)
        return self._cache[key]

    def _look_up(self, subject: str, name: str, which: str) -> Any:
        if name in FIXED:
            return FIXED[name]
        if subject in CASES and (name in ("ref", "target_id") or name in OF_A_CASE):
            return self._of_a_case(name, which)
        if subject in MEMBERS:
            return self._of_members(name, which)
        if subject in ("letters", "votes", "campaigns") and name in ("ref", "reply_id", "target_id"):
            return getattr(self, f"_of_{subject}")(name, which)
        if (subject, name) in NAMED:
            kind = NAMED[(subject, name)]
            return getattr(self._first(kind), name)
        if name in SHARED:
            row = self._first(SHARED[name])
            return row.id if row is not None else NOTHING
        raise LookupError(f"say in tests/web/matrix/places.py what <{name}> of {subject} is")

    def _of_a_case(self, name: str, which: str) -> Any:
        case = self.scene.cases[which]
        if name == "ref":
            return case.ref
        if name == "target_id":
            row = self._first(AppealTarget, AppealTarget.appeal_id == case.id)
            return row.target_id if row is not None else NOTHING
        row = self._first(OF_A_CASE[name], OF_A_CASE[name].appeal_id == case.id)
        assert row is not None, f"the scene has no {name} in the {which} case"
        return row.id

    def _of_campaigns(self, name: str, _which: str) -> Any:
        running = next(row for row in self._all(Campaign) if row.state.value == "launched")
        return running.ref if name == "ref" else running.targets[0].target_id

    def _of_votes(self, _name: str, which: str) -> str:
        rows = self._all(Proposal)
        if which == "own":
            return str(next(row for row in rows if row.state.value == "open").ref)
        return str(next(row for row in rows if row.title == f"A far draft, {which}").ref)

    def _of_letters(self, name: str, which: str) -> Any:
        """Own: open for signing, or with an answer if that is what is asked for. Restricted: about that case."""
        letters = self._all(Letter)
        if which == "restricted":
            letter = next(row for row in letters if row.appeal_id == self.scene.cases["restricted"].id)
        elif which == "other":
            letter = next(row for row in letters if row.replies)
        else:
            letter = next(row for row in letters if row.appeal_id is None and row.state.value == "signing")
        if name == "ref":
            return letter.ref
        return letter.replies[0].id if letter.replies else NOTHING

    def _of_members(self, name: str, which: str) -> Any:
        """Own: the house of the organiser. Other: the house in Europe. Restricted: a house of the far region."""
        handle = {"own": "role-organiser", "other": "role-coalition", "restricted": "far0"}[which]
        person = self._first(Person, Person.handle == handle)
        mandate = self._first(Mandate, Mandate.person_id == person.id)
        if name == "slug":
            home = self.session.get(Organisation, mandate.organisation_id)
            assert home is not None
            return home.slug
        if name == "person_id":
            return person.id
        if name == "mandate_id":
            return mandate.id
        kind = getattr(models, OF_A_MEMBER.get(name, ""), None)
        if kind is not None:
            column = "person_id" if "person_id" in kind.__table__.c else "organisation_id"
            row = self._first(kind, kind.__table__.c[column] == getattr(mandate, column))
            return row.id if row is not None else NOTHING
        if name in ("coalition", "coalition_slug"):
            return self._first(models.Coalition).slug
        return NOTHING

    def _first(self, kind: type[Base], *where: Any) -> Any:
        return self.session.scalars(select(kind).where(*where).limit(1)).first()

    def _all(self, kind: type[Base]) -> list[Any]:
        return list(self.session.scalars(select(kind)))
