"""Who goes next: requests, the resources that they need, and policies that decide.

A *request* is anything that waits for shared *resources*: a Dagster run, a call of a language model.
A *policy* looks at a *view* (who waits, what is free) and returns one *decision* a request, each with
its reason. Everything here is pure: no clock, no thread, no Dagster. Carrying decisions out is the
affair of an adapter (`llm.gateway`, `pipelines.admission`).
"""
