"""A letter as plain words in their places, before it is a mail, a page or a sheet of paper.

The three are made from this one thing, so they say the same; its hash is what two people approve.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from markupsafe import Markup

from network_app.core.markup import Node, to_html, to_text


@dataclass(frozen=True)
class Paper:
    """Everything that stands on a letter; only the body has parts, all else is plain words."""

    language: str
    sender: str
    recipient: str
    reference: str
    dated: str
    subject: str
    body: Node
    closing: tuple[str, ...]
    signed_by: str
    signers: tuple[str, ...]
    footer: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """All of it as plain values."""
        return asdict(self) | {"body": self.body.as_json()}

    def as_bytes(self) -> bytes:
        """All of it in the one way in which it is written down."""
        return json.dumps(self.as_json(), ensure_ascii=False, sort_keys=True).encode()

    @staticmethod
    def from_bytes(data: bytes) -> Paper:
        """The paper that `as_bytes` wrote."""
        plain = json.loads(data)
        listed = {name: tuple(plain[name]) for name in ("closing", "signers", "footer")}
        return Paper(**(plain | listed | {"body": Node.from_json(plain["body"])}))

    def sha256(self, address: str) -> str:
        """The hash of every word and of the address it goes to: if one changes, this changes."""
        return hashlib.sha256(address.encode() + b"\0" + self.as_bytes()).hexdigest()

    def body_html(self) -> Markup:
        """The body as safe HTML."""
        return Markup(to_html(self.body))  # noqa: S704  # to_html escapes every word and writes only known tags

    def as_text(self) -> str:
        """The whole letter as plain text."""
        signers = [self.signed_by, *(f"- {signer}" for signer in self.signers)] if self.signers else []
        blocks = (
            self.sender,
            self.recipient,
            f"{self.dated}\n{self.reference}",
            self.subject,
            to_text(self.body),
            *self.closing,
            "\n".join(signers),
            "--\n" + "\n".join(self.footer),
        )
        return "\n\n".join(block for block in blocks if block) + "\n"
