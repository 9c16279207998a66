"""Names as lists and people write them, made comparable without losing what tells two companies apart."""

from __future__ import annotations

import re
import unicodedata

# Legal forms say nothing about who a company is. Words for what is made (garments, textiles) stay.
_LEGAL_FORMS = (
    "inc incorporated corp corporation co company companies ltd limited llc llp lp plc pvt pte pty private sdn bhd"
    " ag gmbh kg kgaa ev se sa sas sarl srl spa snc sl slu nv bv bvba oy oyj abp ab as asa aps"
    " doo ood eood ad sro ooo tbk pt cv de rl sac lda ltda unipessoal group holding holdings"
    " sti sirketi anonim limitada"
)
LEGAL_FORMS = frozenset(_LEGAL_FORMS.split())
DOTTED_INITIALS = re.compile(r"(?<=\b\w)\.\s?(?=\w\b)")
PLAIN_WORD = re.compile("[a-z0-9]+")
APOSTROPHES = re.compile("['’`´]")
LETTERS_WITHOUT_ACCENT = str.maketrans({"ı": "i", "ß": "ss", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe"})


def plain_words(text: str) -> list[str]:
    """Split a text into comparable words: no case, no Latin accents, no punctuation; `S.p.A.` is `spa`.

    Marks of other scripts stay: a Bengali or Khmer word without its vowel signs is another word.
    """
    if text.isascii():
        return PLAIN_WORD.findall(DOTTED_INITIALS.sub("", text.lower()))
    folded = unicodedata.normalize("NFKC", text).casefold()
    without_accents: list[str] = []
    for char in unicodedata.normalize("NFD", DOTTED_INITIALS.sub("", folded)):
        if not (unicodedata.combining(char) and without_accents and without_accents[-1].isascii()):
            without_accents.append(char)
    plain = unicodedata.normalize("NFC", "".join(without_accents)).translate(LETTERS_WITHOUT_ACCENT)
    return "".join(char if unicodedata.category(char)[0] in "LMN" else " " for char in plain).split()


def without_legal_form(words: list[str]) -> list[str]:
    """The words that tell who a company is; all of them if there would be none."""
    return [word for word in words if word not in LEGAL_FORMS] or words


def name_key(name: str) -> str:
    """The key under which a company is looked up: its words without the legal form."""
    return " ".join(without_legal_form(plain_words(APOSTROPHES.sub("", name.replace("&", " and ")))))


def slug_of(name: str) -> str:
    """A readable address for a name in Latin letters; empty for a name in another script."""
    words = [word for word in plain_words(APOSTROPHES.sub("", name)) if word.isascii()]
    return "-".join(words)[:60].strip("-")
