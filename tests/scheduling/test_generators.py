"""Drawn workloads are of the kind that their description says, and the same for the same seed."""

from collections import Counter

import numpy as np
import pytest

from scheduling.generators.clusters import NODE, cluster
from scheduling.generators.users import LARGEST, LEAST, alike_small_users, heavy_tailed_users, power_and_small_users


def drawn(seed=0, **arguments):
    fields = {"users": 5, "jobs": 400, "work": 8000, "seconds": 100}
    return heavy_tailed_users(np.random.default_rng(seed), **(fields | arguments))


def test_a_tenth_of_heavy_tailed_jobs_have_most_of_the_work():
    works = sorted((arrival.seconds for arrival in drawn()), reverse=True)
    assert sum(works) == pytest.approx(8000)
    assert sum(works[:40]) > 0.5 * sum(works)
    assert LEAST <= works[-1] < works[0] <= LARGEST * works[-1]
    assert drawn() == drawn() != drawn(1)


def test_users_are_alike_or_one_is_heavy():
    alike = Counter(arrival.request.user for arrival in drawn())
    assert set(alike) == {f"user {number}" for number in range(5)}
    assert max(alike.values()) < 2 * min(alike.values())
    for longest, least, most in ((False, 0.1, 0.5), (True, 0.7, 1.0)):
        heavy = [one for one in drawn(heavy=0.3, longest=longest) if one.request.user == "user 0"]
        assert len(heavy) == 120
        assert least < sum(arrival.seconds for arrival in heavy) / 8000 < most
        assert max(arrival.request.submitted for arrival in heavy) <= 10


def test_jobs_can_be_cut_and_their_estimates_are_right():
    rng = np.random.default_rng(0)
    for arrival in (*drawn(), *power_and_small_users(rng, 5, 50), *alike_small_users(rng, 5, 10)):
        assert arrival.request.estimate == arrival.seconds
        assert arrival.seconds / arrival.request.divisible == pytest.approx(0.1, rel=0.1)


def test_power_users_send_more_work_than_small_ones():
    work = Counter()
    for arrival in power_and_small_users(np.random.default_rng(0), 50, 100):
        work[arrival.request.user] += arrival.seconds
    assert min(work["power 1"], work["power 2"]) > 4 * max(work["small 1"], work["small 2"])


def test_alike_users_send_equally_many_jobs():
    arrivals = alike_small_users(np.random.default_rng(0), 20, 10)
    assert set(Counter(arrival.request.user for arrival in arrivals).values()) == {20}
    assert np.mean([arrival.seconds for arrival in arrivals]) == pytest.approx(10, rel=0.3)


def test_clusters_are_about_full():
    for seed in range(10):
        view = cluster(np.random.default_rng(seed), 8)
        needed = sum((request.needs for request in view.waiting), start=NODE - NODE)
        assert 0.9 * 8 <= needed.share(NODE) <= 1.05 * 8 + 1
        assert {request.priority for request in view.waiting} <= set(range(4))
        assert {server.capacity for server in view.servers} == {NODE}
