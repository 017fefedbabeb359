"""The real model's server, suspended and killed under a question: an answer in time, and all is well afterwards."""

import signal
import time

import platformdirs
import psutil
import pytest

from llm.model import open_model
from llm.weights import find_weights
from nl2sql.engine import ask
from nl2sql.parts import Parts

pytestmark = [pytest.mark.model, pytest.mark.slow]

QUESTION = "Headcount of welders over {} in Moscow?"
DEADLINE_S = 20


@pytest.fixture(scope="module")
def weights():
    from pathlib import Path

    return find_weights(Path(platformdirs.user_cache_dir("millrace")))


@pytest.fixture
def opened(tmp_path, weights):
    """A model whose server is this test's own."""
    with open_model("local", cache=tmp_path, gguf=weights) as model:
        yield model, tmp_path


@pytest.fixture
def put(company, index, opened):
    def put(question, deadline_s=DEADLINE_S):
        begun = time.monotonic()
        answer = ask(
            question,
            owner=company.engine,
            reader=company.reader,
            model=opened[0],
            index=index,
            deadline_s=deadline_s,
            parts=Parts(composer=False),
        )
        return answer, time.monotonic() - begun

    return put


def server(folder):
    (process,) = [
        process
        for process in psutil.process_iter()
        if str(folder) in " ".join(_words(process)) and process.status() != psutil.STATUS_ZOMBIE
    ]
    return process


def _words(process):
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def test_a_server_that_is_suspended_or_killed(put, opened):
    _, folder = opened
    process = server(folder)
    process.send_signal(signal.SIGSTOP)
    try:
        answer, seconds = put(QUESTION.format(41))
        assert answer.failed
        assert f"did not finish within {DEADLINE_S} seconds" in answer.text
        assert seconds < DEADLINE_S + 5
        assert put("How many welders work in Moscow?")[0].text == "Number: 8."
    finally:
        process.kill()
    # another server is started; it has to read the whole prompt first, which no cache of this test holds
    assert not put(QUESTION.format(42), deadline_s=240)[0].failed
