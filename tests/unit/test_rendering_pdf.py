"""Letters on paper: the same words give the same bytes, and nothing in them is markup."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from network_app.core.markup import markdown_tree
from network_app.core.paper import Paper
from network_app.core.pdf import FONTS, letter_pdf

BENGALI = "ভায়োলেট অ্যাপারেলের শ্রমিকেরা তাঁদের পাওনা চান।"
KHMER = "កម្មករកាត់ដេរត្រូវបានបណ្តេញចេញពីការងារដោយខុសច្បាប់បន្ទាប់ពីពួកគេបានបង្កើតសហជីព"


def paper(body: str = "Dear Sir,\n\npay.", *, language: str = "en", subject: str = "Wages owed") -> Paper:
    return Paper(
        language=language,
        sender="Test Network",
        recipient="Example Brand",
        reference="Our reference: L-2HWD",
        dated="1 July 2020",
        subject=subject,
        body=markdown_tree(body),
        closing=("Please answer by 15 July 2020.",),
        signed_by="Signed by",
        signers=("Union One (Cambodia)", "Union Two (Germany)"),
        footer=("To check that it is ours, look it up.",),
    )


def test_the_same_words_give_the_same_bytes() -> None:
    assert letter_pdf(paper()) == letter_pdf(paper())
    assert letter_pdf(paper()) != letter_pdf(paper("Dear Sir,\n\npay!"))


@pytest.mark.parametrize(
    "body",
    [
        "# x\n\n## y\n\n- a\n    - b\n\n1. c\n\n> d\n\n| e | f |\n|--|--|\n| g | h |\n\n`i`\n\n    j\n\n---\n\nk  \nl",
        '#panic("x") $x$ @ref \\ #import "@preview/x:0.1.0"',
        '#read("/etc/hostname")',
        BENGALI * 20,
        KHMER * 20,
        "x" * 2000,
        "- \n- \n",
        "[a]() **b**",
    ],
)
def test_every_body_becomes_a_pdf(body: str) -> None:
    assert letter_pdf(paper(body)).startswith(b"%PDF-")


def test_a_letter_in_bengali_names_its_language() -> None:
    assert b"/Lang(bn)" in letter_pdf(paper(BENGALI, language="bn", subject=BENGALI))


def test_the_hash_covers_every_word_and_the_address() -> None:
    one = paper()
    assert one.sha256("a@x.test") == paper().sha256("a@x.test")
    assert len({one.sha256("a@x.test"), one.sha256("b@x.test"), paper(subject="Other").sha256("a@x.test")}) == 3


def test_the_text_says_all_that_the_paper_says() -> None:
    text = paper().as_text()
    for words in (
        "Test Network",
        "Example Brand",
        "L-2HWD",
        "1 July 2020",
        "Wages owed",
        "pay.",
        "- Union Two (Germany)",
    ):
        assert words in text


def test_the_fonts_are_the_ones_in_the_manifest() -> None:
    lines = [line.split() for line in (FONTS / "MANIFEST.txt").read_text().splitlines() if line.endswith(".ttf")]
    listed = {name: sha256 for sha256, name in lines}
    assert listed == {font.name: hashlib.sha256(font.read_bytes()).hexdigest() for font in Path(FONTS).glob("*.ttf")}
    assert (FONTS / "OFL.txt").exists()
