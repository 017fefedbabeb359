"""What runs ask for, remembered from round to round: a queue of ten thousand is looked at in every one of them.

How the tags of one run are read is in `needs`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pipelines.admission.needs import Claim, NeedsError, read_claim
from pipelines.admission.runs import Run
from scheduling.request import RequestError
from scheduling.resources import ResourceError, Resources


@dataclass
class Claims:
    """The claims of the runs of the last round."""

    _known: dict[str, tuple[float | None, Claim]] = field(default_factory=dict)
    """By id of the run, with the seconds that its work took before."""
    _frame: tuple[Resources, Resources] | None = None
    """What the machine had and what the defaults were when they were read."""

    def read(
        self, runs: Iterable[Run], total: Resources, defaults: Resources, usual: Mapping[str, float]
    ) -> tuple[dict[str, Claim], list[tuple[Run, Exception]]]:
        """The claims by id of the run, and the runs whose tags cannot be read."""
        known = self._known if self._frame == (total, defaults) else {}
        found: dict[str, tuple[float | None, Claim]] = {}
        refused: list[tuple[Run, Exception]] = []
        for run in runs:
            seconds = usual.get(run.work)
            before = known.get(run.id)
            if before is not None and before[0] == seconds and (before[1].run is run or before[1].run == run):
                found[run.id] = before
                continue
            try:
                found[run.id] = seconds, read_claim(run, total, defaults=defaults, usual=seconds)
            except (NeedsError, RequestError, ResourceError) as error:
                refused.append((run, error))
        self._known, self._frame = found, (total, defaults)
        return {name: claim for name, (_, claim) in found.items()}, refused
