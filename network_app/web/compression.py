"""Smaller answers for slow lines: the style sheet and the pages of people who file.

Safety: pages of signed-in people stay uncompressed, because the size of a compressed page that repeats what was asked
for can give its secrets away letter by letter (the BREACH attack).
"""

from __future__ import annotations

import gzip

from flask import Flask, Response, request

BLUEPRINTS = frozenset({"intake", "front"})
KINDS = ("text/html", "text/css", "text/javascript", "image/svg+xml")
WORTH_IT = 500


def install(app: Flask) -> None:
    """Compress what may be compressed, for browsers that understand it."""

    @app.after_request
    def compress(answer: Response) -> Response:
        open_to_all = request.endpoint == "static" or request.blueprint in BLUEPRINTS
        if not open_to_all or answer.mimetype not in KINDS or "Content-Encoding" in answer.headers:
            return answer
        answer.vary.add("Accept-Encoding")
        if answer.status_code != 200 or not request.accept_encodings.quality("gzip"):
            return answer
        answer.direct_passthrough = False
        data = answer.get_data()
        if len(data) > WORTH_IT:
            answer.set_data(gzip.compress(data, 9, mtime=0))
            answer.headers["Content-Encoding"] = "gzip"
            # The entity tag of the plain file would promise the same bytes.
            answer.headers.pop("ETag", None)
        return answer
