"""Help that is faster than we are: state emergency numbers and bodies that answer human rights emergencies.

Numbers as published by the countries' police or emergency services, checked November 2026. Only those that are well
known stand here: a wrong number costs more than a missing one.
"""

from __future__ import annotations

from dataclasses import dataclass

from network_app.core.i18n import LazyText, lazy

EMERGENCY_NUMBERS: dict[str, tuple[str, ...]] = {
    "BD": ("999",),
    "IN": ("112",),
    "ID": ("110",),
    "KH": ("117",),
    "LK": ("119",),
    "PK": ("15",),
    "TH": ("191",),
    "TR": ("112",),
    "VN": ("113",),
}


@dataclass(frozen=True)
class Body:
    """An organisation outside the network that can help, and what with."""

    name: str
    helps_with: LazyText


REFERRALS = (
    Body("Front Line Defenders", lazy("emergency line for people who defend rights and are in danger")),
    Body("ILO", lazy("complaints about freedom of association, through a union")),
    Body("ITUC", lazy("unions under attack")),
)

# Where clothes and shoes are made, and where most members are: the choice in the form. A list of every country would
# not fit into the first page. "ZZ" is another country.
COUNTRIES = (
    "AL", "AR", "AT", "AU", "BA", "BD", "BE", "BG", "BR", "CA", "CH", "CN", "CO", "CZ", "DE", "DK", "DO", "EG", "ES",
    "ET", "FI", "FR", "GB", "GE", "GH", "GR", "GT", "HK", "HN", "HR", "HT", "HU", "ID", "IE", "IN", "IT", "JO", "JP",
    "KE", "KH", "KR", "LA", "LK", "LS", "MA", "MD", "MG", "MK", "MM", "MU", "MX", "MY", "NI", "NL", "NO", "NP", "PE",
    "PH", "PK", "PL", "PT", "RO", "RS", "SE", "SG", "SV", "SZ", "TH", "TN", "TR", "TW", "UA", "US", "UZ", "VN", "ZA",
)  # fmt: skip
ELSEWHERE = "ZZ"
