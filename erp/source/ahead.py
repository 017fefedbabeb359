"""The next batch is read while this one is written."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")


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
