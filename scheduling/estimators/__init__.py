"""How much a request will take, before it is known.

An *estimator* predicts one quantity of requests, be it run time, peak memory or tokens, as a *distribution*, and
learns from what was really taken. Each is a file of its own; `calibration` measures whether its quantiles can be
believed. What is done with predictions is the affair of policies and adapters.
"""
