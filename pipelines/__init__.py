"""How things run: the Dagster code location, its resources, jobs and schedules, and the command line.

What is made is `assets`; what is computed is in the packages below them.
"""
