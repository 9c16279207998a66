"""Six digits from an app on a phone (TOTP, RFC 6238): which moment a code belongs to, and that it was not used."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import pyotp

STEP_SECONDS = 30
# Five minutes to each side for a clock that is wrong, and one step for the time it takes to type.
STEPS_AROUND = 11
DIGITS = {
    ord(digit): str(value)
    for script in ("০১২৩৪৫৬৭৮৯", "០១២៣៤៥៦៧៨៩", "၀၁၂၃၄၅၆၇၈၉", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९")
    for value, digit in enumerate(script)
}


def make_key() -> str:
    """A new key, as it is typed into an app: 32 letters and digits (160 bits)."""
    return pyotp.random_base32()


def step_of(moment: datetime) -> int:
    """The number of the half minute that a moment lies in."""
    return int(moment.timestamp()) // STEP_SECONDS


def code_at(key: str, step: int) -> str:
    """The code that an app shows in this half minute."""
    return pyotp.TOTP(key, interval=STEP_SECONDS).generate_otp(step)


def clean_code(typed: str) -> str:
    """The code as it is compared: without spaces and dashes, in the digits 0-9 whatever script it was typed in."""
    return "".join(typed.translate(DIGITS).replace("-", " ").split()).upper()


def looks_like_app_code(typed: str) -> bool:
    """Whether six digits were typed, rather than a code from paper."""
    cleaned = clean_code(typed)
    return len(cleaned) == 6 and cleaned.isascii() and cleaned.isdigit()


def matching_step(key: str, typed: str, now: datetime, used: Collection[int]) -> int | None:
    """The half minute that a typed code belongs to, if it is near enough and was not used; nearest first."""
    code, here = clean_code(typed), step_of(now)
    for step in sorted(range(here - STEPS_AROUND, here + STEPS_AROUND + 1), key=lambda step: abs(step - here)):
        if step not in used and pyotp.utils.strings_equal(code_at(key, step), code):
            return step
    return None


def was_used(key: str, typed: str, used: Collection[int]) -> bool:
    """Whether this is a right code that was used already, so that the person can be told to wait for the next."""
    code = clean_code(typed)
    return any(pyotp.utils.strings_equal(code_at(key, step), code) for step in used)


def still_near(used: Collection[int], now: datetime) -> list[int]:
    """The used half minutes that could still be typed again; the others need not be remembered."""
    here = step_of(now)
    return sorted(step for step in used if step >= here - 2 * STEPS_AROUND)


def key_uri(key: str, *, name: str, network: str) -> str:
    """What the QR code says to the app."""
    return pyotp.TOTP(key).provisioning_uri(name=name, issuer_name=network)
