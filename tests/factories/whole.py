"""One of everything: a network in which every page has something to show and nearly every form is somewhere."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from members.models import Organisation
from members.use_cases.freezing import freeze_person
from network_app.core import clock
from network_app.core.permissions import Actor, Duty
from network_app.letters.models import Letter
from network_app.letters.use_cases.releasing import release_letter
from network_app.letters.use_cases.sending import mark_letter_sent, mark_letter_uncertain
from network_app.targets.use_cases.facility_lists import import_facilities
from tests.factories.campaigns import make_campaign, make_launched, make_step
from tests.factories.letters import Writers, make_letter, make_reply, make_target, sign_and_close
from tests.factories.members import PASSWORD, actor_of, make_actor, make_organisation, make_person
from tests.factories.response import World, approve_text, fan_out, give_consent, make_case, make_world
from tests.factories.urgent_appeals import a_photo, make_appeal, make_filed
from tests.factories.votes import make_proposal
from urgent_appeals.rules.consent import Use
from urgent_appeals.use_cases.evidence import add_photo
from urgent_appeals.use_cases.remedy import add_demand
from urgent_appeals.use_cases.talking import ask_filer
from urgent_appeals.use_cases.triage import acknowledge, confirm_triage, triage_appeal

LIST = "name,address,country\nViolet Apparel Company,Phnom Penh,Cambodia\nNew Dawn Sewing,Dhaka,Bangladesh\n"
# Whose eyes see which forms; everybody has every duty, and nobody is of the secretariat.
PEOPLE = ("triage", "workers", "asked")


class Whole:
    """The network, and the numbers that open its receipts."""

    def __init__(self, session: Session) -> None:
        self.world: World = make_world(session)
        # On the danger clock nothing waits for an undo, so the calls are out at once.
        self.case = make_case(session, self.world, danger=True)
        self.people = {name: self._person(session, name) for name in PEOPLE}
        self.receipt = self._filed(session)
        self._respond(session)
        self.writers = Writers((self.world.workers, self._home("asked"), self._home("triage")), *self._three(session))
        self._write(session)
        self._decide(session)
        self._keep_registers(session)

    def _home(self, name: str) -> Organisation:
        if name == "asked":
            return self.world.network["US"]
        if name == "workers":
            return self.world.workers
        organisation = self._triage_home
        assert organisation is not None
        return organisation

    def _person(self, session: Session, name: str) -> Actor:
        if name == "triage":
            self._triage_home = session.get(Organisation, self.world.coordinator.organisation_id)
        home = self._home(name)
        return actor_of(session, make_person(session, home, duties=Duty, handle=name, password=PASSWORD))

    def _three(self, session: Session) -> tuple[Actor, Actor, Actor]:
        author, first, second = (
            make_actor(session, self._home(name), *Duty) for name in ("workers", "asked", "triage")
        )
        return author, first, second

    def _filed(self, session: Session) -> str:
        filed = make_filed(session, account="Nobody has looked at this yet.")
        waiting = make_appeal(session)
        acknowledge(session, self.people["triage"], ref=waiting.ref)
        half = make_appeal(session)
        triage_appeal(session, self.world.verifier, ref=half.ref, genuine="yes", wanted="yes", useful="yes")
        checked = make_appeal(session)
        triage_appeal(session, self.world.verifier, ref=checked.ref, genuine="yes", wanted="yes", useful="yes")
        confirm_triage(session, self.people["triage"], ref=checked.ref)
        acknowledge(session, self.people["triage"], ref=filed.appeal.ref)
        ask_filer(session, self.people["triage"], ref=filed.appeal.ref, text="How many of you are owed pay?")
        assert filed.receipt
        return filed.receipt

    def _respond(self, session: Session) -> None:
        world = self.world
        for use in (Use.NAME_TO_TARGET, Use.PUBLISH):
            give_consent(session, world, use)
        approve_text(session, world)
        fan_out(session, world)
        add_photo(session, world.coordinator, ref=world.ref, data=a_photo())
        add_demand(
            session,
            world.coordinator,
            ref=world.ref,
            kind="money",
            what="Severance",
            amount=Decimal("1400000"),
            currency="USD",
        )
        add_demand(session, world.coordinator, ref=world.ref, kind="reinstatement", what="Their posts", wanted=4)

    def _write(self, session: Session) -> None:
        """Letters in every state."""
        writers = self.writers
        own = self.people["triage"]
        make_letter(session, writers)
        make_letter(session, Writers(writers.organisations, own, *(writers.first, writers.second)), sign_until=None)
        closed = make_letter(session, writers)
        sign_and_close(session, writers, closed)
        once = make_letter(session, writers)
        sign_and_close(session, writers, once)
        release_letter(session, writers.first, ref=once.ref)
        make_reply(session, mark_letter_sent(session, letter_id=self._frozen(session).id))
        mark_letter_uncertain(session, letter_id=self._frozen(session).id)
        self._frozen(session)
        no_address = make_letter(session, writers, target=make_target(session, email=None))
        sign_and_close(session, writers, no_address)
        release_letter(session, writers.first, ref=no_address.ref)
        release_letter(session, writers.second, ref=no_address.ref)

    def _frozen(self, session: Session) -> Letter:
        letter = make_letter(session, self.writers)
        sign_and_close(session, self.writers, letter)
        release_letter(session, self.writers.first, ref=letter.ref)
        return release_letter(session, self.writers.second, ref=letter.ref)

    def _decide(self, session: Session) -> None:
        own = self.people["triage"]
        make_campaign(session, own)
        running = make_launched(session, own, target_ids=[make_target(session).id, make_target(session).id])
        make_step(session, own, running)
        make_proposal(session, own, title="A draft that only we see")

    def _keep_registers(self, session: Session) -> None:
        own = self.people["triage"]
        import_facilities(session, own, name="list.csv", csv_text=LIST, source="test")
        colleague = make_person(session, self._home("triage"), handle="colleague")
        freeze_person(session, own, person_id=colleague.id)
        make_organisation(session, name="A union that sleeps", country="BD")
        session.flush()
        self.soon = clock.now(session) + timedelta(days=3)
