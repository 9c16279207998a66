"""Step 6: private letters, co-signed, released by two people, sent as real mail, answered, and one of them reminded."""

from __future__ import annotations

import re
import smtplib
from email.message import EmailMessage

from network_app.demo.play.filing import WORKERS_NAME
from network_app.demo.play.stage import Stage

# In the demo the addresses of the brands end in our own mail sink.
BRANDS = {"Nike Inc.": "nike-inc", "Matalan": "matalan", "C&A": "c-a"}
# What the company has said in public, and nothing else: no company is given a position that it did not take.
PUBLIC_POSITION = (
    "[Demo mail, not written by the company. It repeats what the company has said in public.] "
    "We ended our business relationship with this factory in July 2019."
)
THREE_WEEKS = 24 * 24


def play(stage: Stage) -> None:
    """From a draft to a reminder."""
    letters = {name: _draft(stage, name) for name in BRANDS}
    for ref in letters.values():
        _sign(stage, ref)
    stage.let_pass(3 * 24 + 1)
    for ref in letters.values():
        _release(stage, ref)
    stage.let_pass(0.25)
    mails = {name: _arrives(stage, name) for name in BRANDS}
    stage.say("three letters co-signed, released by two people of two organisations, sent as text, HTML and PDF")
    _reply(stage, mails["C&A"], letters["C&A"])
    _silence(stage, letters["Matalan"])


def _draft(stage: Stage, name: str) -> str:
    slug = BRANDS[name]
    contact = {"email": f"press@{slug}.brand.example", "language": "en", "source": "invented for the demo"}
    stage.does("rithy", f"/brands/{slug}", "Keep this address", **contact)
    campaign = f"/campaigns/{stage.facts['campaign']}"
    page = stage.browser("anna").open(campaign)
    cards = re.split(r'<section class="card">', page.html)
    card = next(card for card in cards if f"/brands/{slug}" in card)
    link = re.search(r'href="([^"]+/letter)"', card)
    stage.check(link is not None, f"the gates for the first letter to {name} are open", page.words[:1200])
    after = stage.does("anna", str(link and link[1]), "Open for signing", days_to_answer="10", sign_days="3")
    found = re.search(r"/letters/(L-[2-9A-Z]+)", after.url)
    stage.check(found is not None, f"a letter to {name} is open for signing", after.url)
    return str(found and found[1])


def _sign(stage: Stage, ref: str) -> None:
    for handle in ("anna", "maggie", "sanne"):
        page = stage.does(handle, f"/letters/{ref}", "Sign for my organisation")
    stage.check("Demo Campaign Britain" in page.words, "the signatures stand under the letter", page.words[:800])


def _release(stage: Stage, ref: str) -> None:
    stage.does("maggie", f"/letters/{ref}", "Release it as the first person")
    again = stage.browser("maggie").open(f"/letters/{ref}")
    offered = any("second person" in form.button for form in again.forms)
    stage.check(not offered, "one person cannot release a letter alone")
    stage.does("sanne", f"/letters/{ref}", "Release it as the second person")


def _arrives(stage: Stage, name: str) -> EmailMessage:
    mail = stage.mail_to(f"press@{BRANDS[name]}.brand.example", name.split()[0], seconds=120)
    kinds = {part.get_content_type() for part in mail.walk()}
    stage.check({"text/plain", "text/html", "application/pdf"} <= kinds, "text, HTML and PDF", str(kinds))
    stage.check(WORKERS_NAME not in mail.as_string(), "no worker's name in the letter")
    pdf = next(part.get_payload(decode=True) for part in mail.walk() if part.get_content_type() == "application/pdf")
    stage.check(bytes(pdf).startswith(b"%PDF"), "a real PDF")
    return mail


def _reply(stage: Stage, letter: EmailMessage, ref: str) -> None:
    reply = EmailMessage()
    reply["From"], reply["To"] = str(letter["To"]), str(letter["Reply-To"])
    reply["Subject"] = f"Re: {letter['Subject']}"
    reply["Message-ID"], reply["In-Reply-To"] = f"<demo-{ref}@brand.example>", str(letter["Message-ID"])
    reply.set_content(PUBLIC_POSITION)
    with smtplib.SMTP("127.0.0.1", stage.place.mail_port, timeout=30) as server:
        server.send_message(reply)
    path = f"/letters/{ref}"
    stage.eventually(lambda: "July 2019" in stage.browser("anna").open(path).words, "the reply on the letter's page")
    stage.does("anna", path, "Class this answer", klass="denies_link", note="Repeats the public statement of 2020.")
    stage.check("answered" in stage.browser("anna").open(path).words, "the letter is answered")
    stage.say("one reply came by mail to the letter's own address, and was classed")


def _silence(stage: Stage, ref: str) -> None:
    campaign = f"/campaigns/{stage.facts['campaign']}"
    stage.let_pass(THREE_WEEKS)
    path = f"/letters/{ref}"

    def passed() -> bool:
        return any("there is no answer" in form.button for form in stage.browser("anna").open(path).forms)

    stage.eventually(passed, "the deadline to pass")
    before = stage.browser("anna").open(campaign)
    stage.check("Write: reminder" not in before.words, "without a look into the mailbox no reminder", before.words)
    stage.does("anna", path, "I looked: there is no answer")
    after = stage.browser("anna").open(campaign)
    stage.check("Write: reminder" in after.words, "the reminder step opens", after.words[:2000])
    stage.say("the deadline passed, a person looked into the mailbox, and the reminder step is open")
