"""How old an asset may get before Dagster says so. A policy reports; it does not start anything."""

from datetime import timedelta

import dagster as dg

NIGHTLY = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=48), warn_window=timedelta(hours=26))
"""One night that failed is a warning, two are a failure."""

WEEKLY = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=8), warn_window=timedelta(hours=50))
"""A surrogate does not age by itself; one that is a week old says that nights fail."""
