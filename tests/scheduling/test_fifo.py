"""First in, first out: the order is kept."""

from hypothesis import given

from scheduling.policies import build_policy
from tests.scheduling.views import views


@given(views())
def test_nobody_is_overtaken(view):
    decisions = [decision for decision in build_policy("fifo").decide(view) if decision.verdict != "reject"]
    times = [decision.request.submitted for decision in decisions]
    assert times == sorted(times)
    verdicts = [decision.verdict for decision in decisions]
    assert verdicts == sorted(verdicts)  # "start" comes before "wait"
