"""A delegate votes on the web and keeps a receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect
from sqlalchemy.orm import Session, sessionmaker

from network_app.core.db import transaction
from network_app.core.permissions import Duty
from network_app.votes.queries import last_casts, proposal_by_ref
from network_app.votes.rules import Position
from tests.e2e.conftest import Site, sign_in
from tests.factories.members import PASSWORD, make_person
from tests.factories.votes import make_network, make_vote

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext


def test_a_delegate_votes_from_a_small_phone_without_scripts(
    phone: BrowserContext, site: Site, factory: sessionmaker[Session]
) -> None:
    with transaction(factory) as session:
        network = make_network(session)
        home = network.organisations["m2"]
        make_person(session, home, duties=[Duty.VOTE], handle="delegate", password=PASSWORD)
        ref = make_vote(session, network).ref
    page = phone.new_page()
    sign_in(page, "delegate")
    page.get_by_role("main").get_by_role("link", name="Cast your organisation's vote").click()
    page.wait_for_url(f"**/votes/{ref}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.locator("button[name=position][value=agree]").click()
    expect(page.locator("button[name=position][value=agree]")).to_have_attribute("aria-pressed", "true")
    with factory() as session:
        [cast] = last_casts(session, proposal_by_ref(session, ref)).values()
        assert (cast.position, cast.via) == (Position.AGREE, "web")
        expect(page.get_by_role("main")).to_contain_text(cast.head)
