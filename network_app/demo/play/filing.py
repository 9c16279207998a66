"""Step 1: a union officer files without an account and without JavaScript, and comes back with the receipt."""

from __future__ import annotations

import io
import re

from PIL import Image

from network_app.demo.play.stage import Stage
from network_app.demo.play.visitor import PageSeen, Visitor

# Nobody of this name exists. It must never leave the case team, and every later step looks for it.
WORKERS_NAME = "Chan Sreyneang Demoperson"
ACCOUNT = (
    "The factory Violet Apparel in Phnom Penh closed on 1 July 2020 with about one day's notice. 1,284 workers lost "
    "their jobs and were not paid notice pay and damages. The Arbitration Council (award 056/20) did not rule on part "
    f"of it. Our spokesperson is {WORKERS_NAME}."
)
WANTED = "Notice pay and damages for all 1,284 workers: about 1.4 million US dollars."


def play(stage: Stage) -> None:
    """File, keep the receipt, come back, add a photo."""
    phone = stage.stranger()
    page = phone.open("/file")
    stage.expect(page, 200, "the first page opens for a stranger")
    stage.check("<script" not in page.html, "no script on the page")
    page = phone.press(page, "Go on", clock="harm", country="KH")
    page = phone.press(page, "Go on", account=ACCOUNT)
    page = phone.press(page, "Go on", wanted=WANTED, workers_count="1,284")
    page = phone.press(page, "Go on", workplace="Violet Apparel", place="Phnom Penh", brands="Nike, Matalan, C&A")
    page = phone.press(page, "Go on")
    page = phone.press(page, "Go on", basis="union_mandate", share_with_network="y")
    page = phone.press(page, "Send")
    stage.expect(page, 200, "the appeal arrives")
    number = _receipt(page)
    stage.check(number not in page.url, "the number stands in no address")
    stage.facts["receipt"] = number
    stage.say(f"filed; receipt of {len(number)} digits shown once")
    page = phone.press(page, "I wrote it down", number=number)
    stage.check("Your appeal" in page.words, "typing it again proves that it was kept", page.words[:200])
    _come_back(stage, number)


def _receipt(page: PageSeen) -> str:
    shown = re.search(r'class="receipt"[^>]*>([^<]+)<', page.html)
    if shown is None:
        raise LookupError(f"no receipt on the page: {page.words[:300]}")
    return re.sub(r"\D", "", shown[1])


def own_page(stage: Stage) -> tuple[Visitor, PageSeen]:
    """Another day, another browser: the appeal seen with its receipt."""
    phone = stage.stranger()
    page = phone.press(phone.open("/r"), "Open", number=stage.facts["receipt"])
    stage.expect(page, 200, "the receipt opens the appeal")
    return phone, page


def _come_back(stage: Stage, number: str) -> None:
    wrong = stage.stranger()
    refused = wrong.press(wrong.open("/r"), "Open", number=number[:-1] + str((int(number[-1]) + 1) % 10))
    stage.check(refused.status == 422, "a wrong number opens nothing", str(refused.status))
    phone, page = own_page(stage)
    after = phone.press(page, "Send", files={"photo": ("payslip.jpg", _photo())}, text="A payslip of June 2020.")
    stage.expect(after, 200, "a photo and more words are added")
    stage.check("1 photo" in after.words, "the photo is counted", after.words[:500])
    stage.say("came back in another browser, added words and a photo")


def _photo() -> bytes:
    picture = Image.new("RGB", (640, 480), (200, 190, 170))
    exif = Image.Exif()
    exif[0x010F] = "Phone that must not be named"
    data = io.BytesIO()
    picture.save(data, "JPEG", exif=exif)
    return data.getvalue()
