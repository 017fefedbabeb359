"""Statements without a model, for questions of usual kinds on any database.

A *draft* collects what items say: the *subject* that is asked for, *dates*, *conditions*, *matching* values, *flags*, *patterns* and
the *ranking*. Each builds on the one before, *leftovers* last; `sketch` makes the statement, or none if anything is not understood.
"""
