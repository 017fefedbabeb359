"""Tags of jobs, named once. A leaf: it imports nothing of ours.

What a run needs is reserved while it runs (`pipelines.admission`). Shares refer to the machine, so that one heavy run
and a question fit beside each other on any, and two heavy ones do not.
"""

HEAVY = {"needs/cpu": "75%", "needs/memory_mb": "2000"}
"""Uses most cores for minutes: a study, a night."""

TRAINING = {**HEAVY, "needs/gpu": "100%"}
"""The same with all GPUs, as many as there are."""

LIGHT = {"needs/cpu": "25%", "needs/memory_mb": "1500"}
"""Seconds of a core, and the language model: a question."""
