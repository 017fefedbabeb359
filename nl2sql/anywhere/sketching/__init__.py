"""Statements without a model, for questions of usual kinds on any database.

A *draft* collects what items say: which *figures* are meant, the *subject*, what is *shown*, *dates*, *conditions* with numbers and
*averages*, *matching* values, *flags*, *patterns*, the *ranking*, and the *leftovers* that speak against it. Each builds on the one
before; `counts` and `sketch` make the statement, or none if anything is not understood.
"""
