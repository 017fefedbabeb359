"""Admission of runs: held when they are submitted, released when they are next and fit.

The coordinator puts a tag on every run that keeps it in Dagster's queue, the sensor takes it off again, and says on
each run why it waits. Who is next is decided by a policy of `scheduling`, the same object that its simulator runs.
All state is in the tags of runs, so that nothing is lost with a process; if nobody decides, the queue is Dagster's own.
"""

from pipelines.admission.coordinator import AdmissionCoordinator
from pipelines.admission.reserve import reserving
from pipelines.admission.sensor import admission_sensor

__all__ = ["AdmissionCoordinator", "admission_sensor", "reserving"]
