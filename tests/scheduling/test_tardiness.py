"""Sequencing rules against plain transcriptions of their definitions, and against optima by trying every order."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.generators import potts_van_wassenhove
from scheduling.optimum import MOST, least_total_tardiness
from scheduling.policies import mdd
from scheduling.policies.sequencing import Sequencing, rank
from scheduling.policies.stages import Stages
from scheduling.request import Request
from scheduling.resources import Resources
from scheduling.simulator import Arrival, Slots, simulate
from scheduling.single_machine import RULES, Jobs, JobsError, total_tardiness

# (processing time, due date); few values, so that ties are common
instances = st.lists(st.tuples(st.integers(1, 12), st.integers(0, 40)), min_size=1, max_size=7)
every_rule = pytest.mark.parametrize("name", RULES)


def jobs_of(instance):
    processing, due = np.array(instance, dtype=np.float64).reshape(-1, 2).T
    return Jobs(tuple(map(str, range(len(instance)))), processing, due)


def lateness(instance, order):
    end = list(itertools.accumulate(instance[job][0] for job in order))
    return sum(max(0, time - instance[job][1]) for time, job in zip(end, order, strict=True))


def optimum(instance):
    return min(lateness(instance, order) for order in itertools.permutations(range(len(instance))))


def edd(instance):
    return sorted(range(len(instance)), key=lambda job: (instance[job][1], instance[job][0]))


def mdd_score(t, left, p, d):
    return max(t + p, d)


def mddc_score(t, left, p, d):
    a = max(1.1 * p + t, d)
    rho = min(1.0, p / (t + max(q for q, _ in left)))
    theta = rho**2 / (1 + rho**2)
    sigma = p / (t + np.mean([q for q, _ in left]))
    return a * (1 + theta) + sigma


def by_score(score, augmented=False):
    def sequence(instance):
        left, order, t = edd(instance), [], 0
        while left:
            pairs = [instance[job] for job in left]
            chosen = min(left, key=lambda job: score(t, pairs, *instance[job]))  # the first in EDD order if equal
            left.remove(chosen)
            order.append(chosen)
            t += instance[chosen][0]
            if augmented:
                moves = [[*order[:i], *order[i + 1 :], order[i]] for i in range(len(order))]
                best = min(moves, key=lambda move: lateness(instance, move))
                if lateness(instance, best) < lateness(instance, order):
                    order = best
        return order

    return sequence


def eddc(instance):
    s = sorted(range(len(instance)), key=lambda job: instance[job])
    for i in range(1, len(s)):
        j = i
        while j > 0 and instance[s[j]][1] < instance[s[j - 1]][1]:
            if instance[s[j - 1]][1] > sum(instance[job][0] for job in s[:j]):
                s[j], s[j - 1] = s[j - 1], s[j]
            j -= 1
    return s


PLAIN = {
    "edd": edd,
    "mdd": by_score(mdd_score),
    "mddc": by_score(mddc_score),
    "eddc": eddc,
    "augmented_mdd": by_score(mdd_score, augmented=True),
    "augmented_mddc": by_score(mddc_score, augmented=True),
}


@every_rule
@given(instance=instances)
def test_rules_are_what_is_published(name, instance):
    jobs = jobs_of(instance)
    order = RULES[name](jobs.processing, jobs.due)
    expected = PLAIN[name](instance)
    assert [instance[job] for job in order] == [instance[job] for job in expected]


@given(instance=instances)
def test_optimum_is_that_of_trying_every_order(instance):
    jobs = jobs_of(instance)
    assert least_total_tardiness(jobs) == optimum(instance)
    for rule in RULES.values():
        assert total_tardiness(rule(jobs.processing, jobs.due), jobs) >= optimum(instance)


@given(instance=instances)
def test_edd_keeps_the_largest_lateness_least(instance):
    """Jackson's theorem."""

    def largest(order):
        end = itertools.accumulate(instance[job][0] for job in order)
        return max(time - instance[job][1] for time, job in zip(end, order, strict=True))

    jobs = jobs_of(instance)
    orders = itertools.permutations(range(len(instance)))
    assert largest(RULES["edd"](jobs.processing, jobs.due)) == min(map(largest, orders))


@given(instance=instances)
def test_modified_due_dates_are_optimal_where_all_or_none_can_be_in_time(instance):
    """All due at once before any can end: shortest first is best; an order without late jobs is found if there is one."""
    overdue = [(processing, 0) for processing, _ in instance]
    jobs = jobs_of(overdue)
    assert total_tardiness(RULES["mdd"](jobs.processing, jobs.due), jobs) == optimum(overdue)
    if optimum(instance) == 0:
        jobs = jobs_of(instance)
        assert total_tardiness(RULES["edd"](jobs.processing, jobs.due), jobs) == 0


@given(instance=instances)
def test_online_mdd_sequences_like_the_rule(instance):
    """Deciding anew whenever the machine is free gives the sequence that is planned at once."""
    jobs = jobs_of(instance)
    arrivals = [
        Arrival(Request(f"{job:03d}", "u", Resources(slot=1), 0, estimate=p, deadline=d), p)
        for job, (p, d) in enumerate(instance)
    ]
    online = Stages(Sequencing(lambda p, d: rank(mdd.score, p, d), ageing=0.0))
    runs = simulate(arrivals, online, Slots(1))
    planned = RULES["mdd"](jobs.processing, jobs.due)
    assert [instance[int(run.request.id)] for run in runs] == [instance[job] for job in planned]


def test_generated_instances_are_as_described():
    rng = np.random.default_rng(1)
    jobs = potts_van_wassenhove(rng, 2000, tardiness=0.6, spread=0.4)
    total = jobs.processing.sum()
    assert set(jobs.processing) == set(range(1, 101))
    assert jobs.due.min() == pytest.approx(0.2 * total, rel=0.02)
    assert jobs.due.max() == pytest.approx(0.6 * total, rel=0.02)
    assert potts_van_wassenhove(rng, 20, tardiness=1.0, spread=1.0).due.min() >= 0


def test_gaps_are_near_the_published_ones():
    """A dozen jobs instead of 20, so that this takes a second; the full comparison is benchmarks/scheduling_gold.py."""
    rng = np.random.default_rng(0)
    gaps = {name: [] for name in RULES}
    for tardiness, spread in itertools.product((0.4, 0.6, 0.8), (0.2, 0.6, 1.0)):
        for _ in range(6):
            jobs = potts_van_wassenhove(rng, 12, tardiness, spread)
            least = least_total_tardiness(jobs)
            if least:
                for name, rule in RULES.items():
                    gaps[name].append(total_tardiness(rule(jobs.processing, jobs.due), jobs) / least - 1)
    mean = {name: np.mean(values) for name, values in gaps.items()}
    assert mean["augmented_mddc"] <= mean["mddc"] < 0.05
    assert mean["augmented_mdd"] <= mean["mdd"] < 0.05
    assert mean["mdd"] < mean["eddc"] < mean["edd"]


def test_too_many_jobs_for_the_optimum_are_refused():
    with pytest.raises(JobsError, match=f"25 jobs would take too long; at most {MOST} are allowed"):
        least_total_tardiness(jobs_of([(1, 1)] * 25))
