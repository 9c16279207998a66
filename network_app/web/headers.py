"""What every answer says to the browser about safety."""

from __future__ import annotations

from flask import Flask, Response, request

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
# Pages without a session that anybody may keep a copy of.
CACHEABLE = ("static",)


def install(app: Flask, *, tls: bool) -> None:
    """Add the headers to every answer; a view may set a stricter CSP of its own."""

    @app.after_request
    def add(answer: Response) -> Response:
        headers = answer.headers
        headers.setdefault("Content-Security-Policy", CSP)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Referrer-Policy", "no-referrer")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if tls:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if request.endpoint in CACHEABLE and answer.status_code < 400:
            headers["Cache-Control"] = "public, max-age=86400"
        else:
            # Safety: on a shared or seized phone the Back button must show nothing.
            headers.setdefault("Cache-Control", "no-store")
        return answer
