"""The demo's homeserver: real, restartable, and never left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from network_app.demo.homeserver import Homeserver, HomeserverError
from tests.waiting import eventually


def test_users_and_rooms_are_found_again_after_a_restart(tmp_path: Path) -> None:
    with Homeserver(tmp_path) as first:
        mina = first.register("mina", "secret")
        room = first.request("POST", "/_matrix/client/v3/createRoom", body={}, token=mina.access_token)["room_id"]
    with Homeserver(tmp_path) as second:
        rooms = second.request("GET", "/_matrix/client/v3/joined_rooms", token=mina.access_token)
        assert rooms["joined_rooms"] == [room]
        assert second.log_in("mina", "secret").user_id == "@mina:network.test"


def test_a_user_is_made_once(synapse: Homeserver) -> None:
    synapse.register("once", "secret")
    with pytest.raises(HomeserverError) as refused:
        synapse.register("once", "secret")
    assert refused.value.code == "M_USER_IN_USE"


def test_what_it_writes_is_private(tmp_path: Path) -> None:
    Homeserver(tmp_path).command()
    readable = [path.name for path in tmp_path.iterdir() if path.stat().st_mode & 0o077]
    assert readable == []


def test_a_port_in_use_is_told_at_once(synapse: Homeserver, tmp_path: Path) -> None:
    with pytest.raises(HomeserverError, match="did not start"):
        Homeserver(tmp_path / "homeserver", port=synapse.port).start()


PARENT = """
import sys, time
from pathlib import Path
from network_app.demo.homeserver import Homeserver
server = Homeserver(Path(sys.argv[1])).start()
print(server.process.pid, flush=True)
time.sleep(600)
"""


def test_it_dies_with_a_killed_parent(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    eventually(lambda: not child.is_running(), "the homeserver outlived its killed parent")
