"""Random instances and workloads of the kinds that the literature uses, for benchmarks and tests.

Each kind is a file of its own, which names its source and says what is ours. Everything is drawn from a generator
that is given. What is recorded and not drawn is `scheduling.traces`.
"""
