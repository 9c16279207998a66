"""What every answer says to the browser about safety."""

from __future__ import annotations

from flask import Flask, Response, request

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
# Pages without a session that anybody may keep a copy of.
CACHEABLE = ("static",)


def on_every_answer(*, tls: bool) -> dict[str, str]:
    """The headers of every answer, of the application or of the server before it."""
    return {
        "Content-Security-Policy": CSP,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        # Safety: on a shared or seized phone the Back button must show nothing.
        "Cache-Control": "no-store",
        **({"Strict-Transport-Security": "max-age=31536000; includeSubDomains"} if tls else {}),
    }


def install(app: Flask, *, tls: bool) -> None:
    """Add the headers to every answer; a view may set a stricter CSP of its own."""
    always = on_every_answer(tls=tls)

    @app.after_request
    def add(answer: Response) -> Response:
        if request.endpoint in CACHEABLE and answer.status_code < 400:
            answer.headers["Cache-Control"] = "public, max-age=86400"
        for name, value in always.items():
            answer.headers.setdefault(name, value)
        return answer
