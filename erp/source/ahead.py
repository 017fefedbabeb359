"""Reading and writing at the same time: the next batch while this one is written, one table beside another."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_BESIDE: Final = 2
"""Pieces of work at a time: while one waits for the source, another writes; more would want more memory."""


def read_ahead(items: Iterator[Item]) -> Generator[Item, None, None]:
    """The items of an iterator, one of them taken in advance by a thread of its own."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, items, None)
        try:
            while (item := coming.result()) is not None:
                coming = pool.submit(next, items, None)
                yield item
        finally:
            coming.cancel()
            if isinstance(items, Generator):
                pool.submit(items.close)


def in_order(work: Callable[[Item], Result], items: Iterable[Item]) -> Generator[Result, None, None]:
    """What work on each item comes to, in the order of the items, though two of them are worked on at a time.

    After an error nothing more is begun; what is under way comes to its end before the error is raised.
    """
    with ThreadPoolExecutor(_BESIDE) as pool:
        try:
            yield from pool.map(work, items)
        finally:
            pool.shutdown(cancel_futures=True)
