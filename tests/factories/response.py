"""A verified case with targets, consents and a network around it, for tests; built through use cases."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from members.models import Coalition, Organisation
from network_app.core.permissions import Actor, Duty
from network_app.targets.models import Target
from network_app.targets.rules import Evidence, TargetKind
from network_app.targets.use_cases.registering import add_facility, add_target
from network_app.targets.use_cases.sourcing import claim_sourcing, record_brand_statement
from tests.factories.members import SYSTEM, make_actor, make_coalition, make_organisation
from urgent_appeals.models import Appeal, FanOut
from urgent_appeals.queries.texts import newest_text
from urgent_appeals.rules.audiences import Audience
from urgent_appeals.rules.consent import Use
from urgent_appeals.rules.texts import fingerprint
from urgent_appeals.use_cases.audience_texts import approve_audience_text, write_audience_text
from urgent_appeals.use_cases.consent import record_consent
from urgent_appeals.use_cases.fan_out import fan_out_appeal
from urgent_appeals.use_cases.intake import Story, file_appeal
from urgent_appeals.use_cases.targeting import name_target
from urgent_appeals.use_cases.triage import confirm_triage, name_facility, triage_appeal
from urgent_appeals.use_cases.verification import verify_appeal

TEXT = {
    "title": "Severance unpaid at Violet Apparel",
    "place": "Phnom Penh",
    "workers": "about 1,300",
    "what_happened": "The factory closed in July 2020 with about one day's notice.",
    "wanted": "Notice pay and damages.",
    "care": "",
}


@dataclass
class World:
    """The people and organisations around one case. `network` are those whom fan-out could ask, by country."""

    workers: Organisation
    officer: Actor
    coordinator: Actor
    verifier: Actor
    colleague: Actor
    network: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, Actor] = field(default_factory=dict)
    targets: dict[str, Target] = field(default_factory=dict)
    asia: Coalition | None = None
    appeal: Appeal | None = None
    receipt: str = ""

    @property
    def case(self) -> Appeal:
        """The case that make_case made."""
        assert self.appeal is not None
        return self.appeal

    @property
    def ref(self) -> str:
        """Its reference."""
        return self.case.ref

    @property
    def filer(self) -> Actor:
        """Whoever holds the receipt."""
        return Actor.filer(self.case.id)


def make_world(session: Session, *, countries: Sequence[str] = ("US", "DE", "SG", "ID", "PE")) -> World:
    """Organisations in production and market countries, and the people who work on cases from Cambodia."""
    asia = make_coalition(session)
    workers = make_organisation(session, name="Union of Phnom Penh", country="KH", coalition=asia)
    triage = make_organisation(session, name="Centre for triage", country="TH", coalition=asia)
    second = make_organisation(session, name="Verifying centre", country="VN", coalition=asia)
    world = World(
        workers=workers,
        officer=make_actor(session, workers, Duty.FILE, Duty.COORDINATE, Duty.ACT),
        coordinator=make_actor(session, triage, Duty.VERIFY, Duty.COORDINATE),
        verifier=make_actor(session, second, Duty.VERIFY, Duty.COORDINATE),
        colleague=make_actor(session, triage, Duty.COORDINATE),
        asia=asia,
    )
    for country in countries:
        organisation = make_organisation(session, name=f"Organisation of {country}", country=country, side="market")
        world.network[country] = organisation
        world.people[country] = make_actor(session, organisation, Duty.ACT)
    return world


def make_case(session: Session, world: World, *, danger: bool = False, share: bool = True) -> Appeal:
    """An accepted case about Violet Apparel with three brands and an owner named; consent as `share` says."""
    story = Story(
        clock="danger" if danger else "harm",
        country="KH",
        account="Sokha Chan was told to leave; call 012 345 6789.",
        wanted="Our pay.",
        basis="union_mandate",
        workplace="Violet Apparel",
        workers_count=1284,
        contact="Sokha +855 12 345 678",
    )
    filed = file_appeal(session, world.officer, client_id=str(uuid.uuid4()), story=story, language="km")
    world.appeal, world.receipt = filed.appeal, filed.receipt or ""
    tests = {"genuine": "yes", "wanted": "yes", "useful": "yes"}
    triage_appeal(session, world.coordinator, ref=world.ref, workers_organisation_id=world.workers.id, **tests)
    confirm_triage(session, world.verifier, ref=world.ref)
    third = make_organisation(session, name="Third centre", country="MM", coalition=world.asia)
    verify_appeal(session, make_actor(session, third, Duty.VERIFY), ref=world.ref, source="The arbitration award.")
    if share:
        give_consent(session, world, Use.SHARE_WITH_NETWORK)
    _name_targets(session, world)
    return world.appeal


def give_consent(session: Session, world: World, use: Use, *, granted: bool = True) -> None:
    """A consent by the union, on its mandate."""
    record_consent(
        session,
        world.coordinator,
        ref=world.ref,
        use=use.value,
        basis="union_mandate",
        giver="The union's committee",
        how="by phone, read back",
        language="km",
        granted=granted,
    )


def _name_targets(session: Session, world: World) -> None:
    owner = _target(session, world, "Ramatex Group", "SG", kind=TargetKind.OWNER)
    facility = add_facility(session, SYSTEM, name="Violet Apparel", country="KH", source="test", owner_id=owner.id)
    name_facility(session, world.coordinator, ref=world.ref, facility=facility.id)
    for name, home in (("Nike Inc.", "US"), ("Matalan", "GB"), ("C&A", "DE")):
        brand = _target(session, world, name, home)
        link = claim_sourcing(
            session,
            SYSTEM,
            target_id=brand.id,
            facility_id=facility.id,
            evidence=Evidence.TESTIMONY,
            claim="Workers sewed its labels.",
            source="test",
        )
        if name == "Nike Inc.":
            record_brand_statement(
                session, SYSTEM, link_id=link.id, text="Not since 2006.", said_on=None, source="test"
            )
        name_target(session, world.coordinator, ref=world.ref, target_id=brand.id, link_id=link.id)
    name_target(session, world.coordinator, ref=world.ref, target_id=owner.id, reason="It owns the factory.")


def _target(session: Session, world: World, name: str, home: str, kind: TargetKind = TargetKind.BRAND) -> Target:
    target = add_target(session, SYSTEM, name=name, kind=kind, home_country=home, source="test")
    world.targets[name] = target
    return target


def approve_text(session: Session, world: World, *, audience: Audience = Audience.NETWORK, **changes: str) -> None:
    """Write a text as the coordinator and approve it as the verifier."""
    write_audience_text(session, world.coordinator, ref=world.ref, audience=audience, fields={**TEXT, **changes})
    text = newest_text(session, world.case.id, audience)
    assert text is not None
    approve_audience_text(
        session,
        world.verifier,
        ref=world.ref,
        audience=audience,
        version=text.version,
        sha256=fingerprint(text.language, text.fields),
    )


def fan_out(session: Session, world: World, *, round_nr: int = 1) -> FanOut:
    """Ask everybody with leverage for a letter."""
    return fan_out_appeal(session, world.coordinator, ref=world.ref, round_nr=round_nr, asked=["letter"])
