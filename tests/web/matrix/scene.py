"""A network with one of everything, a case of one's own, one that is shared and one that is restricted, and who looks.

`own` is the case from Cambodia that the keeper coordinates. `other` and `restricted` are cases of another coalition's
region: the workers of the first allow the network in, those of the second do not, so that it must look like no case.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from members.models import Organisation, Person
from members.rules import Strength
from members.use_cases.coordinating import name_coordinator
from members.use_cases.freezing import freeze_person
from members.use_cases.signing_in import enter
from members.use_cases.tokens import issue_token
from network_app.core.crypto import Sealed
from network_app.core.db import Base
from network_app.core.permissions import Actor, Duty
from network_app.core.scopes import Scope
from tests.factories.letters import Writers, make_letter
from tests.factories.members import SYSTEM, actor_of, make_coalition, make_organisation, make_person
from tests.factories.urgent_appeals import Region, a_photo, make_verified
from tests.factories.votes import make_proposal
from tests.factories.whole import Whole
from urgent_appeals.models import Appeal
from urgent_appeals.use_cases.evidence import add_photo
from urgent_appeals.use_cases.receipts import open_receipt
from urgent_appeals.use_cases.remedy import add_demand
from urgent_appeals.use_cases.talking import ask_filer

WHICH = ("own", "other", "restricted")
# Who looks, in the order of the table. `filer` holds the receipt of the own case; the last two may do nothing at all.
ROLES = (
    "organiser",
    "administrator",
    "verifier",
    "delegate",
    "coalition",
    "keeper",
    "secretariat",
    "filer",
    "frozen",
    "stranger",
)
SIGNED_IN = ROLES[:7]
# Sealed fields are found by themselves; these are kept in clear and are not for everybody either.
PRIVATE = (
    ("organisation", "email"),
    ("chat_identity", "matrix_id"),
    ("call_opt_out", "reason"),
    ("vote_cast", "reason"),
)


@dataclass
class Scene:
    """The network, the cookies that the roles hold, and the three cases."""

    whole: Whole
    cases: dict[str, Appeal]
    tokens: dict[str, str] = field(default_factory=dict)
    programs: dict[str, str] = field(default_factory=dict)
    receipt_id: uuid.UUID | None = None
    people: dict[str, Actor] = field(default_factory=dict)


def make_scene(session: Session) -> Scene:
    """Fill the database."""
    whole = Whole(session)
    far = _far_region(session)
    cases = {"own": whole.case}
    for which, uses in (("other", ("share_with_network",)), ("restricted", ())):
        cases[which] = _far_case(session, far, which, uses)
    ask_filer(session, whole.world.coordinator, ref=whole.case.ref, text="Who was dismissed?")
    scene = Scene(whole, cases)
    _people(session, scene)
    far_writers = Writers(whole.writers.organisations, far.triager, far.confirmer, far.verifier)
    make_letter(session, far_writers, appeal_id=cases["restricted"].id)
    _receipt(session, scene)
    session.flush()
    plant(session, scene)
    return scene


def _far_region(session: Session) -> Region:
    coalition = make_coalition(session, name="South Asia")
    duties = (Duty.VERIFY, Duty.COORDINATE, Duty.ACT, Duty.VOTE)
    homes = [make_organisation(session, name=f"Far {n}", country="BD", coalition=coalition) for n in range(3)]
    first, second, third = (
        actor_of(session, make_person(session, home, duties=duties, handle=f"far{n}")) for n, home in enumerate(homes)
    )
    return Region(first, second, third, first)


def _far_case(session: Session, far: Region, which: str, uses: tuple[str, ...]) -> Appeal:
    told = {"country": "BD", "account": f"What happened, {which}", "workplace": f"Factory {which}"}
    appeal = make_verified(session, far, uses=("share_with_team", *uses), **told)
    add_photo(session, far.triager, ref=appeal.ref, data=a_photo(len(which)), caption=f"Caption {which}")
    add_demand(session, far.triager, ref=appeal.ref, kind="reinstatement", what=f"Posts {which}", wanted=3)
    ask_filer(session, far.triager, ref=appeal.ref, text=f"Question {which}")
    make_proposal(session, far.triager, title=f"A far draft, {which}")
    return appeal


def _people(session: Session, scene: Scene) -> None:
    world = scene.whole.world
    europe = make_coalition(session, name="Europe")
    homes: dict[str, tuple[Organisation, tuple[Duty, ...]]] = {
        "organiser": (world.workers, (Duty.FILE, Duty.ACT)),
        "administrator": (world.workers, (Duty.ADMINISTER,)),
        "verifier": (_home(session, world.verifier), (Duty.VERIFY,)),
        "delegate": (world.network["US"], (Duty.VOTE, Duty.ACT)),
        "coalition": (
            make_organisation(session, name="A house in Europe", country="DE", side="market", coalition=europe),
            (Duty.COORDINATE,),
        ),
        "keeper": (_home(session, world.coordinator), (Duty.COORDINATE, Duty.VERIFY, Duty.ACT)),
        "secretariat": (
            make_organisation(session, name="The secretariat", country="NL", secretariat=True),
            (Duty.COORDINATE, Duty.VERIFY, Duty.ACT, Duty.VOTE, Duty.ADMINISTER),
        ),
        "frozen": (_home(session, world.coordinator), tuple(Duty)),
    }
    for role, (home, duties) in homes.items():
        person = make_person(session, home, duties=duties, handle=f"role-{role}")
        if role == "coalition":
            name_coordinator(session, SYSTEM, coalition_id=europe.id, handle="role-coalition", organisation_id=home.id)
        scene.people[role] = actor_of(session, person)
        scene.tokens[role] = sign_in(session, scene.people[role])
        scene.programs[role] = _program(session, scene.people[role])
    colleague = actor_of(session, make_person(session, homes["frozen"][0], handle="who-freezes"))
    freeze_person(session, colleague, person_id=scene.people["frozen"].own_person())


def _home(session: Session, actor: Actor) -> Organisation:
    home = session.get(Organisation, actor.own_organisation())
    assert home is not None
    return home


def sign_in(session: Session, actor: Actor) -> str:
    """A browser of this person with every factor given; returns its token."""
    person = session.get(Person, actor.own_person())
    assert person is not None
    return enter(session, person, Strength.SECOND_FACTOR, "").token


def _program(session: Session, actor: Actor) -> str:
    """A program with every scope, under all mandates of this person."""
    return issue_token(session, actor, name="matrix", scopes=Scope, duties=actor.duties, days=30)[1]


def _receipt(session: Session, scene: Scene) -> None:
    """The paper of whoever filed the own case."""
    opened = open_receipt(session, typed=scene.whole.world.receipt, caller="")
    assert opened is not None
    scene.receipt_id = opened.id


def case_of(row: Any, cases: dict[uuid.UUID, str]) -> str:
    """Which of the three cases a row belongs to; `any` for what belongs to none of them."""
    key = row.id if isinstance(row, Appeal) else getattr(row, "appeal_id", None)
    return cases.get(key, "any") if key is not None else "any"


def plant(session: Session, scene: Scene) -> None:
    """Mark every sealed and every private field, so that a page that shows one can be told."""
    cases = {appeal.id: which for which, appeal in scene.cases.items()}
    for mapper in Base.registry.mappers:
        kind, table = mapper.class_, mapper.local_table
        assert isinstance(table, Table)
        sealed = [name for name, value in vars(kind).items() if isinstance(value, Sealed)]
        names = sealed + [column for name, column in PRIVATE if name == table.name]
        if names:
            for row in session.scalars(select(kind)):
                _plant_row(row, names, f"{table.name}", case_of(row, cases))
    session.flush()


def _plant_row(row: Any, names: list[str], table: str, which: str) -> None:
    for name in names:
        said = getattr(row, name)
        # What programs read (JSON) has no room for a mark.
        if said and not said.startswith(("{", "[")):
            setattr(row, name, f"{said} {canary(table, name, which)}")


def canary(table: str, name: str, which: str) -> str:
    """The mark of one field: letters, points and hyphens only, so that nothing on the way changes it."""
    return f"canary.{table}.{name}.{which}.".replace("_", "-")
