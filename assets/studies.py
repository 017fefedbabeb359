"""Studies as partitions: each has a history, plots and checks of its own under the asset `surrogate`.

The names live in Dagster's database, where people add them in the UI; here is only that one is always there.
"""

import dagster as dg

STUDIES = dg.DynamicPartitionsDefinition(name="studies")
"""One partition a study, called like its checkpoint."""

DEFAULT_STUDY = "heat2d"
"""What is trained at night, and what a fresh installation offers."""


def ensure_study(instance: dg.DagsterInstance, name: str = DEFAULT_STUDY) -> None:
    """Make the study known to Dagster; nothing happens if it is."""
    instance.add_dynamic_partitions(str(STUDIES.name), [name])
