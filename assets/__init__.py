"""What is made: one asset a function, each gathers resources and config, calls one function, returns metadata.

No science, no SQL and no process handling is here; that is in `sims`, `surrogate`, `erp`, `nl2sql`.
How assets run (jobs, schedules, resources) is `pipelines`.
"""
