"""Errors of the packages below, turned into failures that Dagster shows as a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

ROOMS = frozenset({"sims", "surrogate", "erp", "nl2sql", "llm", "scheduling", "pipelines"})


def is_explained(error: BaseException) -> bool:
    """Whether the error is one of ours: those carry a sentence for the user, any other is a defect."""
    return type(error).__module__.partition(".")[0] in ROOMS


@contextmanager
def explained() -> Iterator[None]:
    """Raise our errors as `dagster.Failure` with their sentence; retrying would not help."""
    import dagster as dg  # a command that explains an error need not wait for it

    try:
        yield
    except Exception as error:
        if is_explained(error):
            raise dg.Failure(str(error), allow_retries=False) from error
        raise
