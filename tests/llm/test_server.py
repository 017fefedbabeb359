"""The model server with the real weights: shared, private, restarted after a kill, gone with its last user."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from contextlib import closing, suppress
from itertools import chain
from pathlib import Path

import httpx
import platformdirs
import psutil
import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from llm.errors import ModelError
from llm.model import open_model
from llm.server import LocalServer
from llm.weights import find_weights

pytestmark = pytest.mark.model

# A user of its own process: says which server it has, then holds it until its input ends.
USER = """
import sys
from pathlib import Path
from llm.server import LocalServer
server = LocalServer(Path(sys.argv[1]), Path(sys.argv[2]))
print(server.address().pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def weights():
    return find_weights(Path(platformdirs.user_cache_dir("millrace")))


@pytest.fixture
def server(tmp_path, weights):
    """A server of this test's own, whatever else runs on the machine."""
    opened = LocalServer(tmp_path, weights)
    yield opened
    opened.close()


def start_user(cache, weights):
    return subprocess.Popen(
        [sys.executable, "-c", USER, str(cache), str(weights)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def end(user):
    user.stdin.close()
    user.wait()
    user.stdout.close()


def kill_server(cache):
    (address,) = (cache / "server").glob("*/address.json")
    process = psutil.Process(json.loads(address.read_text())["pid"])
    process.kill()
    with suppress(psutil.NoSuchProcess):
        while process.status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)


def test_two_processes_share_one_server_that_survives_either(tmp_path, weights):
    first, second = start_user(tmp_path, weights), start_user(tmp_path, weights)
    pids = {int(first.stdout.readline()), int(second.stdout.readline())}
    assert len(pids) == 1
    process = psutil.Process(pids.pop())
    first.kill()  # a user that is killed has not given its use up by itself
    end(first)
    with closing(LocalServer(tmp_path, weights)) as third:
        assert third.address().pid == process.pid
        end(second)
        assert process.is_running()
    process.wait(10)


def test_a_server_that_was_killed_is_replaced(server):
    before = server.address()
    os.kill(before.pid, signal.SIGKILL)
    after = server.address()
    assert after.pid != before.pid
    assert after.key != before.key
    assert server.address() == after


def test_only_who_has_the_key_is_answered_and_only_on_loopback(server, tmp_path):
    address = server.address()
    assert address.url.startswith("http://127.0.0.1:")
    body = {"messages": [{"role": "user", "content": "hi"}], "max_tokens": 1}
    for headers in ({}, {"Authorization": "Bearer guess"}):
        answer = httpx.post(f"{address.url}/v1/chat/completions", json=body, headers=headers)
        assert answer.status_code == 401
    answer = httpx.post(
        f"{address.url}/v1/chat/completions",
        json=body,
        headers={"Authorization": f"Bearer {address.key}", "Origin": "http://example.com"},
        timeout=60,
    )
    assert answer.headers.get("Access-Control-Allow-Origin") != "http://example.com"
    assert answer.headers.get("Access-Control-Allow-Origin") != "*"
    listening = {
        connection.laddr.ip
        for connection in psutil.Process(address.pid).net_connections()
        if connection.status == "LISTEN"
    }
    assert listening == {"127.0.0.1"}
    files = {path.name: stat.S_IMODE(path.stat().st_mode) for path in next((tmp_path / "server").iterdir()).iterdir()}
    assert files["address.json"] == 0o600
    assert address.key not in " ".join(psutil.Process(address.pid).cmdline())


def test_an_address_of_somebody_else_is_not_believed(server, tmp_path):
    """After a crash the port may belong to another program, and the process id to another process."""
    folder = next((tmp_path / "server").iterdir())
    own = psutil.Process()
    (folder / "address.json").write_text(
        json.dumps({"url": "http://127.0.0.1:1", "key": "k", "pid": own.pid, "started": 0.0})
    )
    assert server.address().pid != own.pid
    assert own.is_running()


def test_weights_that_cannot_be_loaded_are_one_sentence(tmp_path):
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + bytes(1000))
    with (
        closing(LocalServer(tmp_path, broken)) as server,
        pytest.raises(ModelError, match=r"The model server does not start: .* Its log is"),
    ):
        server.address()


def test_a_call_survives_the_death_of_its_server(tmp_path, weights):
    with open_model("local", cache=tmp_path, gguf=weights) as model:
        kill_server(tmp_path)
        assert model.invoke("Say yes.", max_tokens=3).text


RULES = [SystemMessage("You answer with one word.\n" + "".join(f"Rule {number}: be brief.\n" for number in range(56)))]
SHOWN = [
    SystemMessage("You answer with one word."),
    *chain.from_iterable(
        (HumanMessage(f"Is {number} a number?", name="example_user"), AIMessage("Yes.", name="example_assistant"))
        for number in range(40)
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize("beginning", [RULES, SHOWN], ids=["rules", "examples"])
def test_the_beginning_of_a_prompt_is_read_once_and_kept(beginning, tmp_path, weights):
    talk = [*beginning, HumanMessage("Say yes.")]
    cached = []
    for _ in range(2):  # two servers, one after the other
        with open_model("local", cache=tmp_path, gguf=weights) as model:
            usage = model.invoke(talk, max_tokens=3).usage_metadata
            kill_server(tmp_path)
        cached.append(usage["input_token_details"]["cache_read"] / usage["input_tokens"])
    assert min(cached) > 0.9
    states = list(next((tmp_path / "server").iterdir()).joinpath("states").iterdir())
    assert len(states) == 1
