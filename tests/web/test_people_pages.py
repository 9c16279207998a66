"""People and mandates in the browser: asked in, handed over, frozen, and a mandate that ends while its holder acts."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from members.models import Mandate
from members.queries import (
    actor_for,
    current_mandate,
    organisation_by_slug,
    people_with_duty,
    person_by_handle,
    sign_ins_of,
)
from members.use_cases.mandates import end_mandate
from network_app.core import outbox
from network_app.core.outbox import Outgoing
from network_app.core.permissions import Actor, Duty
from network_app.votes.models import Cast
from network_app.votes.use_cases import open_vote
from tests.conftest import MovableClock
from tests.factories.members import PASSWORD, give_duties, make_organisation, make_person
from tests.factories.votes import make_proposal
from tests.web.programs import Program, make_token_for
from tests.web.test_members_pages import OURS, World, world

__all__ = ["world"]
LINK = re.compile(r"http://127.0.0.1:8000(/invited/[A-Za-z0-9_-]+)")
NEW = {"handle": "newcomer", "email": "new@people.test", "password": "kettle river seven lamps"}


def invite(world: World, **typed: str) -> str:
    """The path of an invitation that dara makes by hand."""
    answer = world.browser("dara").send(f"{OURS}/invitations", note="hall 2", **({"duties": "file"} | typed))
    found = LINK.search(answer.text)
    assert answer.status_code == 200 and found is not None and "<svg" in answer.text
    return found[1]


def held(session: Session, handle: str, duty: Duty) -> Mandate:
    """A mandate for the Mekong Union."""
    person = person_by_handle(session, handle)
    assert person is not None
    found = current_mandate(session, person.id, organisation_by_slug(session, "mekong-union").id, duty)
    assert found is not None
    return found


def test_a_new_person_comes_in_by_the_link_that_was_handed_over(world: World) -> None:
    path = invite(world)
    stranger = world.browser()
    for _ in range(2):
        shown = stranger.get(path)
        assert shown.status_code == 200 and "Mekong Union invites you" in shown.text
    answer = stranger.client.post(path, base_url=world.address, data={**token_of(shown.text), **NEW})
    assert answer.status_code == 200 and "Welcome, newcomer" in answer.text
    assert stranger.send("/login", email=NEW["email"], password=NEW["password"]).status_code == 303
    assert "file appeals" in stranger.get("/me").text
    assert world.browser().get(path).status_code == 410


def token_of(text: str) -> dict[str, str]:
    """The CSRF token of a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text)
    assert found is not None
    return {"csrf_token": found[1]}


def test_a_mailed_invitation_shows_no_link_to_whoever_made_it(world: World) -> None:
    answer = world.browser("dara").send(f"{OURS}/invitations", note="hall 2", duties="file", email="new@people.test")
    assert answer.status_code == 200 and not LINK.search(answer.text)
    with world.factory() as session:
        mail = session.query(Outgoing).filter_by(template="invitation").one()
        assert LINK.search(str(outbox.opened_values(mail)["link"]))


def test_an_invitation_that_lets_nobody_in_says_what_to_do_next(world: World, clock: MovableClock) -> None:
    path = invite(world)
    clock.move(timedelta(hours=73))
    late = world.browser().get(path)
    assert late.status_code == 410 and "Ask for a new one" in late.text and "Mekong" not in late.text
    foreign = world.browser().get("/invited/nonsense")
    assert foreign.status_code == 404 and "Copy all of it" in foreign.text


def test_an_address_that_has_an_account_makes_no_second_one_and_says_what_to_do(world: World) -> None:
    path, stranger = invite(world), world.browser()
    typed = NEW | {"email": "SOK@people.test"}
    answer = stranger.client.post(path, base_url=world.address, data={**token_of(stranger.get(path).text), **typed})
    assert answer.status_code == 422 and "sign in, then open the link again" in answer.text
    assert 'value="newcomer"' in answer.text
    assert stranger.get(path).status_code == 200


def test_somebody_with_an_account_accepts_with_it_and_then_acts_for_the_new_one(world: World) -> None:
    path, lena = invite(world), world.browser("lena")
    assert "Accept as lena" in lena.get(path).text
    assert lena.send(f"{path}/accept").status_code == 303
    now = lena.get("/me").text
    assert re.search(r"selected>Mekong Union<", now) and "file appeals" in now
    with world.factory() as session:
        person = person_by_handle(session, "lena")
        assert person is not None and len(sign_ins_of(session, person.id)) == 1


@pytest.mark.parametrize("handle", ["sok", "lena"])
def test_nobody_else_asks_in_for_an_organisation(world: World, handle: str) -> None:
    browser = world.browser(handle)
    assert browser.get(f"{OURS}/invitations").status_code == 404
    assert browser.send(f"{OURS}/invitations", note="me", duties="administer").status_code == 404


def test_a_hand_over_in_one_step_and_the_one_who_was_second_is_told(world: World) -> None:
    with world.factory.begin() as session:
        union = organisation_by_slug(session, "mekong-union")
        make_person(session, union, duties=[Duty.FILE], handle="chea", password=PASSWORD)
        mandate = held(session, "sok", Duty.VOTE)
    page = f"{OURS}/mandates/{mandate.id}"
    dara, sok = world.browser("dara"), world.browser("sok")
    shown = dara.get(page)
    version = re.search(r'name="version" value="(\d+)"', shown.text)
    assert version is not None and "Hand over now" not in sok.get(page).text
    assert dara.send(f"{page}/hand-over", handle="chea", version=version[1]).status_code == 303
    late = dara.send(f"{page}/last-day", last_day="2099-01-01", version=version[1])
    assert late.status_code == 422
    assert "cast our vote" in world.browser("chea").get("/me").text
    assert sok.get("/me").status_code == 303
    people = dara.get(f"{OURS}/people").text
    assert "What has ended" in people and re.search(r"Ended by.>dara", people)


def test_a_form_opened_for_one_organisation_never_acts_for_another(world: World) -> None:
    with world.factory.begin() as session:
        other, person = make_organisation(session, name="Zari Union"), person_by_handle(session, "sok")
        assert person is not None
        give_duties(session, other, person, [Duty.ADMINISTER])
        vote = held(session, "sok", Duty.VOTE)
    sok = world.browser("sok")
    assert sok.send("/me/act-for", organisation=str(vote.organisation_id)).status_code == 303
    with world.factory.begin() as session:
        end_mandate(session, Actor.system(), mandate_id=vote.id)
    refused = sok.send("/members/zari-union/invitations", note="x", duties="file")
    assert refused.status_code == 409 and "Your mandate for Mekong Union has ended" in html.unescape(refused.text)
    assert "What you see now is for Zari Union" in sok.get("/votes").text
    assert sok.send("/me/act-for", organisation=str(other.id)).status_code == 303
    assert sok.send("/members/zari-union/invitations", note="x", duties="file").status_code == 200


@pytest.mark.parametrize("keeps", [(), (Duty.FILE,)])
def test_a_mandate_taken_away_while_its_holder_votes_casts_nothing_in_browser_and_api(
    world: World, clock: MovableClock, keeps: tuple[Duty, ...]
) -> None:
    with world.factory.begin() as session:
        person, union = person_by_handle(session, "sok"), organisation_by_slug(session, "mekong-union")
        assert person is not None
        give_duties(session, union, person, keeps)
        proposer = actor_for(session, person.id, union.id)
        proposal = make_proposal(session, proposer)
        closes = proposal.created_at + timedelta(days=7)
        ref = open_vote(session, proposer, ref=proposal.ref, closes_at=closes).ref
        program = Program(world.app, world.address, make_token_for(session, proposer)[1])
    sok = world.browser("sok")
    ballot = sok.get(f"/votes/{ref}")
    fields = dict(re.findall(r'name="(csrf_token|source)"[^>]*value="([^"]+)"', ballot.text))
    assert "I agree" in ballot.text or "agree" in ballot.text
    with world.factory.begin() as session:
        end_mandate(session, Actor.system(), mandate_id=held(session, "sok", Duty.VOTE).id)

    typed = {**fields, "position": "agree", "reason": ""}
    answer = sok.client.post(f"/votes/{ref}/cast", base_url=world.address, data=typed)
    assert answer.status_code in (409, 422) and "has ended" in answer.text

    told = program.post(f"/votes/{ref}/cast", {"position": "agree"}, Idempotency_Key="one")
    assert told.status_code in (401, 403, 404, 409), told.text
    assert told.mimetype == "application/problem+json" and len(told.get_json()["detail"]) > 20
    with world.factory() as session:
        assert session.query(Cast).count() == 0


def test_two_from_elsewhere_freeze_from_the_page_and_a_colleague_with_one_button(world: World) -> None:
    with world.factory.begin() as session:
        make_person(session, make_organisation(session), duties=[Duty.FILE], handle="ana", password=PASSWORD)
    lena, ana, sok = (world.browser(handle) for handle in ("lena", "ana", "sok"))
    assert "Freeze dara now" in sok.get("/me/freeze").text and "Freeze sok now" not in sok.get("/me/freeze").text
    first = lena.send("/me/freeze/word", handle="sok")
    assert first.status_code == 200 and "sok is not frozen yet" in first.text
    assert sok.get("/me").status_code == 200
    assert lena.send("/me/freeze/word", handle="sok").status_code == 422
    assert "sok is frozen" in ana.send("/me/freeze/word", handle="sok").text
    assert sok.get("/me").status_code == 303
    wrong = lena.send("/me/freeze/word", handle="nobody")
    assert wrong.status_code == 422 and 'id="handle-wrong"' in wrong.text
    with world.factory() as session:
        assert people_with_duty(session, organisation_by_slug(session, "mekong-union").id, Duty.VOTE) == []


def test_the_page_of_our_people_says_who_gave_a_word_and_what_is_still_missing(world: World) -> None:
    dara = world.browser("dara")
    with world.factory() as session:
        person = person_by_handle(session, "sok")
        assert person is not None
    assert "sok is frozen" in dara.send("/me/freeze", person=str(person.id)).text
    assert "It takes two people" in dara.get(f"{OURS}/people").text
    assert dara.send(f"{OURS}/people/{person.id}/thaw").status_code == 303
    page = dara.get(f"{OURS}/people").text
    assert "One word is given, by dara" in page and "/thaw" not in page


def test_a_person_freezes_themselves_and_is_out(world: World) -> None:
    sok = world.browser("sok")
    with world.factory() as session:
        person = person_by_handle(session, "sok")
        assert person is not None
    assert "sok is frozen" in sok.send("/me/freeze", person=str(person.id)).text
    assert sok.get("/me").status_code == 303
