"""What `bench-page` compares with: a bare Flask and Jinja page with the same rows from the same database, by one query.

No sign-in, no rights, no translation, no decryption: the least that such a page can cost.
"""

from __future__ import annotations

import os

from flask import Flask, render_template_string
from sqlalchemy import text

from network_app.core.db import engine_for

app = Flask(__name__)
engine = engine_for(os.environ["DATABASE_URL"])
QUEUE = text(
    "SELECT ref, clock, stage, country, workers_count, received_at FROM appeal ORDER BY received_at DESC LIMIT 50"
)
CASE = text("SELECT seq, at, body FROM chain_link WHERE chain = :chain ORDER BY seq")
PAGE = """<!doctype html><html lang="en"><head><title>Bare</title></head><body><h1>Rows</h1><table>
{% for row in rows %}<tr>{% for value in row %}<td>{{ value }}</td>{% endfor %}</tr>
{% endfor %}</table></body></html>"""


@app.get("/")
def queue() -> str:
    """The rows of the appeal queue."""
    with engine.connect() as connection:
        return render_template_string(PAGE, rows=connection.execute(QUEUE).all())


@app.get("/case/<chain>")
def case(chain: str) -> str:
    """The rows of a case's timeline."""
    with engine.connect() as connection:
        return render_template_string(PAGE, rows=connection.execute(CASE, {"chain": chain}).all())
