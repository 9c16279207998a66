"""Letters on paper: a tagged PDF that comes out the same, byte for byte, from the same words.

That sameness is the proof: what was approved can be made again and compared with what was sent. So the fonts are our
own, no date or machine name goes into the file, and typst fetches nothing.
"""

from __future__ import annotations

import json
from pathlib import Path

from network_app.core.paper import Paper

HERE = Path(__file__).parent
LAYOUT = HERE / "letter.typ"
FONTS = HERE / "fonts"


def letter_pdf(paper: Paper) -> bytes:
    """The letter as a PDF that a screen reader can read (PDF/UA-1). The same `paper` gives the same bytes."""
    # Loaded only by who makes a letter: it takes 27 MB, which the bot and most web workers never need.
    import typst

    plain = paper.as_json() | {"language": paper.language.partition("-")[0]}
    return typst.compile(
        LAYOUT,
        format="pdf",
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"letter": json.dumps(plain, ensure_ascii=False)},
        pdf_standards="ua-1",
    )
