"""Discrete-event simulation of the policies that run in production, over workloads whose run times are known.

`loop` moves time from event to event; a *server model* says how long work takes and what a policy is shown of it.
There is no wall clock and no randomness in here: equal workloads and policies give equal schedules.
"""

from scheduling.simulator.loop import Arrival, Run, ServerModel, SimulationError, simulate
from scheduling.simulator.slots import Slots
from scheduling.simulator.vector import Hosts

__all__ = ["Arrival", "Hosts", "Run", "ServerModel", "SimulationError", "Slots", "simulate"]
