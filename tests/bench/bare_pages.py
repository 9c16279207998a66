"""What `bench-page` compares with: bare Flask and Jinja pages with the same rows from the same database, by one query.

Written as one would write them on a first day: rows by the ORM, a table, a link in each row. No sign-in, no rights, no
translation, no decryption, no macros.
"""

from __future__ import annotations

import json
import os
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from network_app.core.audit import ChainLink
from network_app.core.db import engine_for, session_factory
from urgent_appeals.models import Appeal

app = Flask(__name__)
factory = session_factory(engine_for(os.environ["DATABASE_URL"]))
QUEUE = app.jinja_env.from_string("""<!doctype html><html lang="en"><head><title>Appeals</title></head><body>
<h1>Appeals</h1><table>
<thead><tr><th>Case</th><th>Clock and stage</th><th>Where</th><th>Received</th></tr></thead><tbody>
{% for appeal in rows %}<tr><th><a href="{{ url_for('case', key=appeal.id) }}">{{ appeal.ref }}</a></th>
<td>{{ appeal.clock }} {{ appeal.stage }}</td><td>{{ appeal.country }}<br>{{ appeal.workers_count }} workers</td>
<td>{{ appeal.received_at.strftime('%d %B %Y, %H:%M') }}</td></tr>
{% endfor %}</tbody></table></body></html>""")
CASE = app.jinja_env.from_string("""<!doctype html><html lang="en"><head><title>Case</title></head><body>
<h1>Case</h1><table>
{% for at, body in rows %}<tr><th>{{ at.strftime('%d %B %Y, %H:%M') }}</th>
<td>{% for name, value in body.items() %}{{ name }} {{ value }} {% endfor %}</td></tr>
{% endfor %}</table></body></html>""")


@app.get("/")
def queue() -> str:
    """The rows of the appeal queue."""
    with factory() as session:
        return QUEUE.render(rows=session.scalars(select(Appeal).order_by(Appeal.received_at.desc()).limit(50)).all())


@app.get("/case/<uuid:key>")
def case(key: UUID) -> str:
    """The timeline of a case."""
    with factory() as session:
        links = select(ChainLink).where(ChainLink.chain == f"appeal:{key}").order_by(ChainLink.seq.desc())
        return CASE.render(rows=[(link.at, json.loads(link.body)) for link in session.scalars(links)])
