"""Tags of runs and steps, named once. A leaf: it imports nothing of ours."""

LOAD = "millrace/load"
"""How much of the machine a run takes; `dagster.yaml` limits how many `HEAVY` ones run at a time."""

HEAVY = "heavy"
"""Uses all cores for minutes: a study, a night."""

LIGHT = "light"
"""Seconds of one core: a question."""

PRIORITY = "dagster/priority"
"""Order in Dagster's queue, higher first; it does not interrupt what runs."""
