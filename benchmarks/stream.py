"""How fast fields reach the trainer: the slab and TCP, beside memcpy and four other ways to move them.

Every way moves the same float32 fields from one or two producer processes into this process:

- slab: `Stream.put` (`put_many` at 4 KB) into a real `Intake`; the consumer draws every millisecond and copies
  nothing, so that the stream alone is measured. Half of the slab always stays full, so that writing wanders over it;
- tcp: the same calls with `inline=True`, as from another machine;
- memcpy: one thread of this process copies the field into a region as large as the slab, row after row;
- zmq: ZeroMQ PUSH/PULL over TCP, received with one copy into the same region;
- queue: `multiprocessing.Queue`;
- sst: ADIOS2's engine SST with DataTransport WAN, one writer and one reader a producer.

The ways take turns, round by round, each about 0.4 s; a figure is the median of the rounds behind the first, which only warms up.
"""

from __future__ import annotations

import contextlib
import json
import math
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import zmq

from sims.parallel import SERIAL
from sims.roster import Roster
from sims.stream.client import connect
from surrogate.buffers import build_policy
from surrogate.intake import Intake

SHAPES: Final = {"4kb": (32, 32), "64kb": (128, 128), "1mb": (512, 512), "4mb": (1024, 1024)}
REGION: Final = 256 * 2**20
"""Bytes of the slab and of the region that memcpy and ZeroMQ fill: several times the last-level cache."""
ROUNDS: Final = 5
SMALL: Final = 2**16
"""Fields below this many bytes are put together."""
TOGETHER: Final = 256
"""Steps of one `put_many`."""
SPEEDS: Final = {
    "memcpy": (8e9, 800e3), "slab": (8e9, 600e3), "tcp": (1.5e9, 60e3), "zmq": (2e9, 150e3), "queue": (0.8e9, 20e3),
    "sst": (0.8e9, 1.5e3),
}  # fmt: skip
"""About what each way reaches here, in bytes and samples a second: they only set how long a round is."""
ROUND_S: Final = 0.4
WAIT_S: Final = 60.0

Shape = tuple[int, int]
Way = tuple[Callable[[], object], Callable[[], None]]
"""Wait until the producers of a way are ready, then receive one round from them."""
Field = npt.NDArray[np.float32]
_processes: Final = multiprocessing.get_context("forkserver")  # imports once, and forks before any socket is open
_processes.set_forkserver_preload(["__main__", "adios2"])


def make_field(shape: Shape) -> Field:
    """What every producer sends again and again; nothing compresses it or looks at it."""
    return np.random.default_rng(0).random(shape, np.float32)


def count_samples(way: str, shape: Shape) -> int:
    """Samples of a round and producer pair: divisible by two producers that put `TOGETHER` steps at once."""
    size, (bandwidth, rate) = 4 * math.prod(shape), SPEEDS[way]
    samples = int(ROUND_S * min(bandwidth / size, rate))
    step = 2 * TOGETHER if size < SMALL else 4
    return max(1, samples // step) * step


# ---- producers: each function is the program of one process -----------------------------------------------------


def produce_stream(address: str, shape: Shape, number: int, inline: bool, gate: Barrier) -> None:
    """Solve nothing, stream everything: one simulation a round."""
    field = make_field(shape)
    many = np.stack([field] * TOGETHER) if field.nbytes < SMALL else None
    with connect(address, shape, name=f"producer {number}", ranks=SERIAL, inline=inline) as stream:
        gate.wait(WAIT_S)
        for _ in stream.simulations():
            gate.wait(WAIT_S)
            if many is None:
                for step in range(stream.steps):
                    stream.put(step, field)
            else:
                for step in range(0, stream.steps, TOGETHER):
                    stream.put_many(step, many)


def produce_zmq(address: str, shape: Shape, samples: int, gate: Barrier) -> None:
    """Push frames; large ones without a copy on this side."""
    field = make_field(shape)
    with zmq.Context() as context, context.socket(zmq.PUSH) as socket:
        socket.connect(address)
        gate.wait(WAIT_S)
        for _ in range(ROUNDS):
            gate.wait(WAIT_S)
            for _ in range(samples):
                socket.send(field, copy=field.nbytes < SMALL)


def produce_queue(channel: Any, shape: Shape, samples: int, gate: Barrier) -> None:
    """Put arrays, which the queue pickles."""
    field = make_field(shape)
    gate.wait(WAIT_S)
    for _ in range(ROUNDS):
        gate.wait(WAIT_S)
        for _ in range(samples):
            channel.put(field)


def produce_sst(contact: str, shape: Shape, samples: int, gate: Barrier) -> None:
    """One step of ADIOS2 a sample."""
    import adios2

    adios, field = adios2.Adios(), make_field(shape)
    gate.wait(WAIT_S)
    io = sst_io(adios)
    variable = io.define_variable("field", field, list(shape), [0, 0], list(shape), is_constant_dims=True)
    writer = io.open(contact, adios2.bindings.Mode.Write)
    for _ in range(ROUNDS):
        gate.wait(WAIT_S)
        for _ in range(samples):
            writer.begin_step()
            writer.put(variable, field)
            writer.end_step()
    writer.close()


def sst_io(adios: Any) -> Any:
    """An IO of ADIOS2 for the engine SST over sockets, with a short queue so that writers wait for their reader."""
    io = adios.declare_io("stream")
    io.set_engine("SST")
    io.set_parameters({"DataTransport": "WAN", "QueueLimit": "4", "QueueFullPolicy": "Block"})
    return io


# ---- ways: each opens its producers and yields what receives one round -------------------------------------------


@contextlib.contextmanager
def processes(target: Callable[..., None], arguments: list[tuple[Any, ...]], gate: Barrier) -> Iterator[None]:
    """Run a producer for each of the arguments, and end them all."""
    started: list[BaseProcess] = [
        _processes.Process(target=target, args=(*each, gate), daemon=True) for each in arguments
    ]
    for process in started:
        process.start()
    try:
        gate.wait(WAIT_S)
        yield
    finally:
        for process in started:
            process.join(5.0)
            process.kill()


@contextlib.contextmanager
def stream(way: str, shape: Shape, producers: int) -> Iterator[Way]:
    """`put` into an `Intake`: through the slab, or in messages."""
    samples, capacity = count_samples(way, shape), REGION // (4 * math.prod(shape))
    gate = _processes.Barrier(producers + 1)
    roster = Roster(np.zeros((ROUNDS * producers, 1)), ["x"], samples // producers)
    policy = build_policy("fifo", watermark=capacity // 2, repeats=1.0, distance=1)
    target = 0

    with Intake(shape, capacity=capacity, roster=roster, policy=policy, rng=np.random.default_rng(0)) as intake:

        def receive() -> None:
            nonlocal target
            target += samples
            while intake.counters.produced < target:
                with intake.draw(capacity // 8, 0.0):
                    pass
                time.sleep(0.001)

        arguments = [(intake.address, shape, number, way == "tcp") for number in range(producers)]
        with processes(produce_stream, arguments, gate):
            yield gate.wait, receive


@contextlib.contextmanager
def memcpy(_way: str, shape: Shape, _producers: int) -> Iterator[Way]:
    """One thread, from one field into a region as large as the slab."""
    field, rows = make_field(shape), region(shape)
    samples = count_samples("memcpy", shape)

    def copy() -> None:
        for number in range(samples):
            rows[number % len(rows)] = field

    yield lambda: None, copy


@contextlib.contextmanager
def raw_zmq(_way: str, shape: Shape, producers: int) -> Iterator[Way]:
    """PUSH/PULL over TCP, each frame received into its place with one copy."""
    samples, rows, gate = count_samples("zmq", shape), region(shape), _processes.Barrier(producers + 1)
    with zmq.Context() as context, context.socket(zmq.PULL) as socket:
        address = f"tcp://127.0.0.1:{socket.bind_to_random_port('tcp://127.0.0.1')}"

        def receive() -> None:
            for number in range(samples):
                socket.recv_into(rows[number % len(rows)])

        with processes(produce_zmq, [(address, shape, samples // producers)] * producers, gate):
            yield gate.wait, receive


@contextlib.contextmanager
def process_queue(_way: str, shape: Shape, producers: int) -> Iterator[Way]:
    """A bounded multiprocessing.Queue; what arrives is an array of its own."""
    samples, gate = count_samples("queue", shape), _processes.Barrier(producers + 1)
    channel: Any = _processes.Queue(max(4, 16 * 2**20 // (4 * math.prod(shape))))

    def receive() -> None:
        for _ in range(samples):
            channel.get(timeout=WAIT_S)

    with processes(produce_queue, [(channel, shape, samples // producers)] * producers, gate):
        yield gate.wait, receive
    channel.close()


@contextlib.contextmanager
def sst(_way: str, shape: Shape, producers: int) -> Iterator[Way]:
    """An SST stream a producer, read in turn into a ready buffer."""
    import adios2

    samples, gate = count_samples("sst", shape), _processes.Barrier(producers + 1)
    into = np.empty(shape, np.float32)
    with tempfile.TemporaryDirectory(prefix="millrace-") as folder:
        contacts = [str(Path(folder) / f"producer-{number}") for number in range(producers)]
        with processes(produce_sst, [(contact, shape, samples // producers) for contact in contacts], gate):
            await_files([Path(contact + ".sst") for contact in contacts])
            adios = [adios2.Adios() for _ in contacts]
            ios = [sst_io(each) for each in adios]
            readers = [io.open(contact, adios2.bindings.Mode.Read) for io, contact in zip(ios, contacts, strict=True)]

            def receive() -> None:
                for _ in range(samples // producers):
                    for io, reader in zip(ios, readers, strict=True):
                        reader.begin_step()
                        reader.get(io.inquire_variable("field"), into)
                        reader.end_step()

            yield gate.wait, receive
            for reader in readers:
                reader.close()


def await_files(paths: list[Path]) -> None:
    """Until they are there: a reader of SST that waits for one itself would stop all other threads meanwhile."""
    deadline = time.monotonic() + WAIT_S
    while not all(path.exists() for path in paths):
        if time.monotonic() > deadline:
            raise RuntimeError(f"the writers have not made {', '.join(map(str, paths))} within {WAIT_S:g} s")
        time.sleep(0.01)


def region(shape: Shape) -> Field:
    """Rows for as many fields as the slab has slots, every page of them touched."""
    return np.zeros((REGION // (4 * math.prod(shape)), *shape), np.float32) + np.float32(0.0)


WAYS: Final[dict[str, Any]] = {
    "memcpy": memcpy, "slab": stream, "tcp": stream, "zmq": raw_zmq, "queue": process_queue, "sst": sst,
}  # fmt: skip


def measure(shape: Shape, producers: int) -> dict[str, float | None]:
    """Samples a second of every way; `None` for one that cannot be made to run, with its reason printed."""
    ways: dict[str, Way] = {}
    seconds: dict[str, list[float]] = {}
    with contextlib.ExitStack() as stack:
        for name, opened in WAYS.items():
            try:
                ways[name] = stack.enter_context(opened(name, shape, producers))
            except (ImportError, RuntimeError) as error:
                print(f"{name} cannot be made to run: {error}")
        for _ in range(ROUNDS):
            for name, (await_producers, receive) in ways.items():
                await_producers()
                start = time.perf_counter()
                receive()
                seconds.setdefault(name, []).append(time.perf_counter() - start)
    medians = {name: statistics.median(times[1:]) for name, times in seconds.items()}
    return {name: count_samples(name, shape) / medians[name] if name in medians else None for name in WAYS}


def main() -> None:
    """Measure all sizes with one and two producers, print them as a table, and the figures that have bars."""
    figures: dict[str, dict[str, float | None]] = {}
    print(f"{'':>16}" + "".join(f"{name:>26}" for name in WAYS))
    for label, shape in SHAPES.items():
        for producers in (1, 2):
            rates = measure(shape, producers)
            size = 4 * math.prod(shape)
            cells = ["-" if rate is None else f"{rate * size / 1e9:.2f} GB/s  {rate:,.0f}/s" for rate in rates.values()]
            print(f"{label + ' x ' + str(producers):>16}" + "".join(f"{cell:>26}" for cell in cells), flush=True)
            figures[f"{label}_{producers}"] = rates

    def best(label: str, way: str) -> float:
        """The better rate of one and two producers."""
        return max(figures[f"{label}_{producers}"][way] or math.nan for producers in (1, 2))

    print(
        json.dumps(
            {
                "slab_vs_memcpy_1mb": round(best("1mb", "slab") / best("1mb", "memcpy"), 3),
                "slab_vs_zmq_1mb": round(best("1mb", "slab") / best("1mb", "zmq"), 2),
                "slab_samples_per_s_4kb": round(best("4kb", "slab")),
                "samples_per_s": {
                    key: {way: rate and round(rate, 1) for way, rate in rates.items()} for key, rates in figures.items()
                },
                "gb_per_s": {
                    key: {
                        way: rate and round(rate * 4e-9 * math.prod(SHAPES[key.partition("_")[0]]), 3)
                        for way, rate in rates.items()
                    }
                    for key, rates in figures.items()
                },
            }
        )
    )


if __name__ == "__main__":
    main()
