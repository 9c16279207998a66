"""Step 4: one organisation answers in chat, one on the web; only the silent ones are reminded, with the reason."""

from __future__ import annotations

from network_app.demo.play.stage import Stage, address_of, text_of

# Half of the seven days to answer, and a little more.
HALF_AND_MORE = 4 * 24
IN_CHAT, ON_THE_WEB = "Demo Campaign Britain", "Demo Solidarity Group United States"


def play(stage: Stage) -> None:
    """Answer twice, let time pass, look who was reminded."""
    ref = stage.facts["ref"]
    member, room = stage.in_own_room("maggie")
    member.say(room, f"!call {ref} will")
    member.hears(room, f"{ref}: noted")
    stage.say("Britain answered in chat: will act")
    stage.does(
        "denise", f"/calls/{ref}", "Send our answer", answer="cannot", text="Our team is at its limit this month."
    )
    page = stage.browser("rithy").open(f"/appeals/{ref}")
    stage.check("at its limit" in page.words, "the case team reads both answers", page.words[-1500:])
    stage.say("another answered on the web: cannot, with its reason")
    stage.let_pass(HALF_AND_MORE)
    silent = [name for name in stage.facts["asked"] if name not in (IN_CHAT, ON_THE_WEB)]

    def reminded() -> list[str]:
        mails = [mail for mail in stage.mails() if ref in str(mail["Subject"]) and "Half of the time" in text_of(mail)]
        return sorted(str(mail["To"]) for mail in mails)

    wanted = sorted(address_of(name) for name in silent)
    stage.eventually(lambda: reminded() == wanted, f"one reminder each to {wanted}", seconds=90)
    stage.say(f"{len(silent)} silent ones reminded, and nobody else")
