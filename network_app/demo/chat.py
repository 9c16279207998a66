"""Matrix accounts of the demo's bot and people, made and linked as people would: a code from the web, sent in chat."""

from __future__ import annotations

import json

from members.queries import actor_for, person_by_handle
from members.use_cases.chat_links import link_chat, make_link_code
from network_app.core.db import engine_for, session_factory, transaction
from network_app.core.process import begin
from network_app.demo.homeserver import Homeserver, HomeserverError
from network_app.demo.place import BOT, SERVER_NAME, Place, write_private


def ensure_accounts(place: Place, homeserver: Homeserver, logins: dict[str, str]) -> None:
    """Give the bot and every demo person an account, link each person, and write the logins down."""
    _register(homeserver, BOT, place.environment["MATRIX_PASSWORD"])
    for handle, password in logins.items():
        _register(homeserver, handle, password)
    settings = begin(place.environment)
    engine = engine_for(settings.database_url)
    with transaction(session_factory(engine)) as session:
        for handle in logins:
            person = person_by_handle(session, handle)
            if person is None:
                continue
            code = make_link_code(session, actor_for(session, person.id))
            link_chat(session, code=code, matrix_id=f"@{handle}:{SERVER_NAME}")
    engine.dispose()
    write_private(place.logins_file, json.dumps(logins, indent=1))


def _register(homeserver: Homeserver, name: str, password: str) -> None:
    try:
        homeserver.register(name, password)
    except HomeserverError as error:
        if error.code != "M_USER_IN_USE":
            raise
