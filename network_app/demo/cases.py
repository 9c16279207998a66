"""The documented cases, walked through the real use cases to the stage at which each is shown.

The organisations that act here are invented; what happened, the figures and their sources are public record. No
company is given a position that its source does not report.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from members.queries import actor_for, organisation_by_slug, person_by_handle
from network_app.core.i18n import country_name, use_language
from network_app.core.permissions import Actor
from network_app.targets.queries import find_facilities, find_target, links_of_facility
from urgent_appeals.models import Appeal
from urgent_appeals.queries.remedy import demands_of
from urgent_appeals.rules.consent import Basis, Use
from urgent_appeals.rules.demands import DemandKind, PaymentRoute
from urgent_appeals.rules.stages import Outcome
from urgent_appeals.use_cases.closing import close_appeal
from urgent_appeals.use_cases.consent import record_consent
from urgent_appeals.use_cases.intake import Story, file_appeal
from urgent_appeals.use_cases.remedy import add_demand, confirm_receipt_by_workers, record_payment
from urgent_appeals.use_cases.targeting import name_target
from urgent_appeals.use_cases.triage import acknowledge, confirm_triage, name_facility, take_coordination, triage_appeal
from urgent_appeals.use_cases.verification import verify_appeal


@dataclass(frozen=True)
class Crew:
    """Who handles the cases of one region in the demo: four people of four organisations."""

    filer: str
    workers_organisation: str
    triager: str
    second: str
    verifier: str


CREWS: dict[str, Crew] = {
    "KH": Crew("sokha", "demo-union-phnom-penh", "rithy", "wulan", "niran"),
    "TH": Crew("malee", "demo-union-bangkok", "rithy", "wulan", "ligaya"),
    "PH": Crew("jomar", "demo-womens-group-manila", "rithy", "wulan", "niran"),
    "PK": Crew("bilal", "demo-federation-karachi", "rahima", "nimali", "noor"),
    "BD": Crew("rahima", "demo-worker-centre-dhaka", "saima", "nimali", "shirin"),
}
# How far each documented case has come in the demo. What is not named stays as it was received.
TRIAGE, VERIFYING, ACCEPTED, ACTIVE, CLOSED = 1, 2, 3, 4, 5
PROGRESS: dict[str, int] = {
    "wai-full-2021": TRIAGE,
    "abanti-colour-tex-2021": VERIFYING,
    "thats-it-sportswear-2010": ACCEPTED,
    "spectrum-2005": ACCEPTED,
    "c-and-a-philippines-1989": ACCEPTED,
    "ali-enterprises-2012": ACTIVE,
    "tazreen-2012": ACTIVE,
    "rana-plaza-2013": ACTIVE,
    "labour-leader-charges-2017": ACTIVE,
    "brilliant-alliance-2021": CLOSED,
    "worker-centre-arrests-2010": CLOSED,
    "the-childrens-place-2015": CLOSED,
}
# What the sources say of the end: all was paid, or only part of what was asked.
OUTCOMES: dict[str, Outcome] = {
    "brilliant-alliance-2021": Outcome.FULL,
    "worker-centre-arrests-2010": Outcome.PARTIAL,
    "the-childrens-place-2015": Outcome.PARTIAL,
}
KINDS: dict[str, DemandKind] = {
    "severance_and_damages": DemandKind.MONEY,
    "severance_and_wages": DemandKind.MONEY,
    "compensation": DemandKind.MONEY,
    "reinstatement": DemandKind.REINSTATEMENT,
    "drop_charges": DemandKind.CHARGES_DROPPED,
    "restore_registration": DemandKind.REGISTRATION_RESTORED,
    "withdraw_lawsuit": DemandKind.LAWSUIT_WITHDRAWN,
    "binding_agreement": DemandKind.AGREEMENT_SIGNED,
}


def load_case(session: Session, case: dict[str, Any]) -> Appeal:
    """File one documented case and take it as far as PROGRESS says."""
    crew = CREWS[case["country"]]
    acting = {role: _actor(session, handle) for role, handle in vars(crew).items() if role != "workers_organisation"}
    filed = file_appeal(
        session, acting["filer"], client_id=f"documented-case-{case['id']}", story=_story(case), language="en"
    )
    walk = _Walk(session, case, filed.appeal, crew, acting)
    for step in walk.steps()[: PROGRESS.get(case["id"], 0)]:
        step()
    return filed.appeal


def _actor(session: Session, handle: str) -> Actor:
    person = person_by_handle(session, handle)
    if person is None:
        raise LookupError(handle)
    return actor_for(session, person.id)


def _story(case: dict[str, Any]) -> Story:
    sources = "; ".join(case["sources"])
    steps = " ".join(f"{step['body']}, {step['date']}: {step['result']}." for step in case["local_steps"])
    outcome = case["outcome"]["text"] if case["outcome"] else ""
    account = "\n\n".join(part for part in (case["narrative"], steps, outcome, f"Sources: {sources}") if part)
    return Story(
        clock=case["clock"],
        country=case["country"],
        account=f"Documented case, opened {case['opened']}.\n\n{account}",
        wanted=_wanted(case),
        basis=Basis.UNION_MANDATE.value,
        workplace=case["facility"] or "",
        place=case.get("place", ""),
        brands=", ".join(brand["name"] for brand in case["brands"]),
        workers_count=case["workers_affected"],
        share_with_network=True,
    )


def _wanted(case: dict[str, Any]) -> str:
    asked = [f"{demand['kind'].replace('_', ' ')} for {demand['owed_to']}" for demand in case["demands"]]
    return "; ".join(asked) or "That the law is applied and what is owed is paid."


@dataclass
class _Walk:
    """One case on its way, a step for each stage that it passes."""

    session: Session
    case: dict[str, Any]
    appeal: Appeal
    crew: Crew
    acting: dict[str, Actor]

    def steps(self) -> tuple[Callable[[], None], ...]:
        return (self.take_up, self.triage, self.verify, self.pursue, self.close)

    def take_up(self) -> None:
        acknowledge(self.session, self.acting["triager"], ref=self.appeal.ref)

    def triage(self) -> None:
        with use_language("en"):
            country = country_name(self.case["country"])
        triage_appeal(
            self.session,
            self.acting["triager"],
            ref=self.appeal.ref,
            genuine="The facts are documented in the sources that the account names.",
            wanted="The workers' own organisation filed it and speaks for them.",
            useful="Buyers, the state or an owner abroad can be reached.",
            title=f"{self.case['facility'] or 'A case'} ({country}, {self.case['opened'][:4]})",
            workers_organisation_id=organisation_by_slug(self.session, self.crew.workers_organisation).id,
        )
        confirm_triage(self.session, self.acting["second"], ref=self.appeal.ref)

    def verify(self) -> None:
        source = "Compared with the published sources that the account names."
        verify_appeal(self.session, self.acting["verifier"], ref=self.appeal.ref, source=source)
        for use in (Use.SHARE_WITH_NETWORK, Use.NAME_TO_TARGET):
            record_consent(
                self.session,
                self.acting["triager"],
                ref=self.appeal.ref,
                use=use.value,
                basis=Basis.UNION_MANDATE.value,
                giver="the workers' organisation",
                how="in writing",
                language="en",
            )

    def pursue(self) -> None:
        actor, ref = self.acting["triager"], self.appeal.ref
        take_coordination(self.session, actor, ref=ref)
        self._name_targets(actor, ref)
        outcome = self.case["outcome"] or {}
        for asked in self.case["demands"]:
            demand = self._demand(actor, ref, asked)
            if demand.kind is DemandKind.MONEY and outcome.get("amount"):
                record_payment(
                    self.session,
                    actor,
                    ref=ref,
                    demand_id=demand.id,
                    route=PaymentRoute.PROMISED,
                    amount=Decimal(outcome["amount"]),
                    currency=outcome["currency"],
                    paid_on=_day(outcome["date"]),
                    payer=", ".join(brand["name"] for brand in self.case["brands"]),
                    note=outcome["text"],
                )

    def _name_targets(self, actor: Actor, ref: str) -> None:
        found = (
            find_facilities(self.session, self.case["facility"], self.case["country"]) if self.case["facility"] else []
        )
        links = {}
        if found:
            name_facility(self.session, actor, ref=ref, facility=found[0].id)
            links = {link.target_id: link.id for link in links_of_facility(self.session, found[0].id)}
        for brand in self.case["brands"]:
            target = find_target(self.session, brand["name"])
            if target is not None:
                link = links.get(target.id)
                name_target(self.session, actor, ref=ref, target_id=target.id, link_id=link, reason=brand["claim"])

    def _demand(self, actor: Actor, ref: str, asked: dict[str, Any]) -> Any:
        kind = KINDS[asked["kind"]]
        counted = kind in (DemandKind.REINSTATEMENT, DemandKind.CHARGES_DROPPED)
        return add_demand(
            self.session,
            actor,
            ref=ref,
            kind=kind,
            what=f"{asked['kind'].replace('_', ' ')} for {asked['owed_to']}",
            amount=Decimal(asked["amount"]) if asked["amount"] else None,
            currency=asked["currency"] or ("USD" if kind is DemandKind.MONEY else None),
            wanted=self.case["workers_affected"] if counted else None,
        )

    def close(self) -> None:
        actor, ref, outcome = self.acting["filer"], self.appeal.ref, self.case["outcome"]
        for row in demands_of(self.session, self.appeal.id):
            demand = row.demand
            if demand.kind is DemandKind.MONEY and outcome["amount"]:
                confirm_receipt_by_workers(
                    self.session,
                    actor,
                    ref=ref,
                    demand_id=demand.id,
                    amount=Decimal(outcome["amount"]),
                    currency=outcome["currency"],
                    received_on=_day(outcome["date"]),
                    workers_counted=self.case["workers_affected"],
                )
        close_appeal(self.session, actor, ref=ref, outcome=OUTCOMES[self.case["id"]])


def _day(written: str) -> date:
    """The first day that a date known to the year or the month can mean."""
    parts = [int(part) for part in written.split("-")]
    year, month, day = (*parts, 1, 1)[:3]
    return date(year, month, day)
