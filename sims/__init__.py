"""Solvers that produce: equations in parallel, parameter designs, MPI programs, and streaming to a trainer.

*Solver*: an equation with its parameters. *Parameter set*: one value for each. *Simulation*: a solver run
with one parameter set. *Ensemble*: the workers that run all of a study's. Nothing here needs torch.
"""
