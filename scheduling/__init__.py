"""Who goes next, and where: requests, the resources that they need, and policies that decide.

A *request* is anything that waits for shared *resources* of a *server*: a Dagster run, a call of a language
model, a job of a workload. A *policy* looks at a *view* (who waits, what runs until when, which servers there
are) and returns one *decision* a request, each with its reason. A *simulator* runs the same policies over
recorded or generated workloads. Everything here is pure: no clock, no thread, no Dagster; randomness is
seeded. Carrying decisions out is the affair of an adapter (`llm.gateway`, `pipelines.admission`).
"""
