"""What each estimator predicts, and how its quantiles cover the truth."""

import math

import numpy as np
import pytest

from scheduling.estimators.calibration import calibration
from scheduling.estimators.declared import Declared
from scheduling.estimators.estimator import EstimatorError
from scheduling.estimators.groupwise import Groupwise
from scheduling.estimators.history import History
from scheduling.estimators.noisy_oracle import NoisyOracle
from scheduling.estimators.oracle import Oracle
from scheduling.estimators.ridge import OnlineRidge
from scheduling.request import Request
from scheduling.resources import Resources


def request(number=0, user="u", stage="solve", estimate=10.0, **needs):
    return Request(f"r{number}", user, Resources(**needs), float(number), estimate=estimate, stage=stage)


def outcomes(count, seed=0):
    """Requests that take three times what they declare, to the power 0.9, give or take 40 %."""
    rng = np.random.default_rng(seed)
    declared = np.exp(rng.uniform(0, 5, count))
    taken = 3 * declared**0.9 * np.exp(0.4 * rng.standard_normal(count))
    return [
        (request(number, estimate=estimate), amount)
        for number, (estimate, amount) in enumerate(zip(declared.tolist(), taken.tolist(), strict=True))
    ]


def test_declared_amounts_are_believed():
    assert Declared().predict(request(estimate=7)).mean == 7
    assert Declared().predict(request(estimate=None)).mean == 60
    memory = Declared(lambda request: request.needs["memory"])
    memory.observe(request(memory=4), 5)
    assert memory.predict(request(memory=4)).quantile(0.9) == 4


def test_history_begins_with_the_most_and_forgets_it():
    history = History(limit=100, window=4)
    assert history.predict(request()).quantile(0.5) == 100
    for amount in (1, 2, 3, 4):
        history.observe(request(), amount)
    assert [history.predict(request()).quantile(q) for q in (0.25, 0.5, 0.75, 1)] == [1, 2, 3, 4]
    assert history.predict(request(stage="mesh")).mean == 100


def test_ridge_begins_with_what_is_declared_and_learns_what_is_taken():
    ridge = OnlineRidge()
    assert ridge.predict(request(estimate=20)).quantile(0.5) == pytest.approx(20)
    for asked, amount in outcomes(300):
        ridge.observe(asked, amount)
    learned = ridge.predict(request(estimate=50))
    assert learned.quantile(0.5) == pytest.approx(3 * 50**0.9, rel=0.1)
    assert learned.sigma == pytest.approx(0.4, abs=0.05)
    assert ridge.predict(request(estimate=0)).mean > 0


@pytest.mark.parametrize("build", [OnlineRidge, Groupwise], ids=lambda build: build.__name__)
def test_quantiles_that_are_learned_can_be_believed(build):
    for row in calibration(build(), outcomes(1000)):
        assert row.share == pytest.approx(row.quantile, abs=0.03)


def test_each_group_is_predicted_as_well_as_by_its_own():
    """One user takes a tenth of what is declared and one ten times; a stage of both doubles it."""
    rng, groupwise = np.random.default_rng(0), Groupwise()
    factors = {"fast": 0.1, "slow": 10.0}

    def one(number):
        user, stage = rng.choice(["fast", "slow"]), rng.choice(["solve", "mesh"])
        factor = factors[user] * (2 if stage == "mesh" else 1)
        return request(number, str(user), str(stage)), 10 * factor * math.exp(0.1 * rng.standard_normal())

    for number in range(600):
        groupwise.observe(*one(number))
    for number in range(20):
        asked, amount = one(number)
        assert abs(math.log(groupwise.predict(asked).quantile(0.5) / amount)) < 0.6
    assert groupwise.predict(request(user="fast")).quantile(0.5) == pytest.approx(1, rel=0.2)


def test_a_new_user_is_predicted_from_what_is_known_of_all():
    groupwise = Groupwise()
    for asked, amount in outcomes(300):
        groupwise.observe(asked, amount)
    assert groupwise.predict(request(user="new", estimate=50)).quantile(0.5) > 80


def test_oracles():
    def truth(request):
        return 5.0 + request.submitted

    assert Oracle(truth).predict(request(2)).quantile(0.99) == 7
    noisy = NoisyOracle(truth, 0.5, seed=3)
    assert noisy.predict(request(2)) == NoisyOracle(truth, 0.5, seed=3).predict(request(2))
    assert noisy.predict(request(2)) != NoisyOracle(truth, 0.5, seed=4).predict(request(2))
    for row in calibration(noisy, [(request(number), 5.0 + number) for number in range(2000)]):
        assert row.share == pytest.approx(row.quantile, abs=0.03)


@pytest.mark.parametrize("estimator", [History(10), OnlineRidge(), Groupwise()], ids=lambda one: type(one).__name__)
@pytest.mark.parametrize("amount", [0, -1, math.inf, math.nan])
def test_amounts_are_checked(estimator, amount):
    with pytest.raises(
        EstimatorError, match=f"'r0' is said to have taken {amount}; it must be a finite number above 0"
    ):
        estimator.observe(request(), amount)


def test_arguments_are_checked():
    with pytest.raises(EstimatorError, match="The limit is 0; it must be a finite number above 0"):
        History(0)
    with pytest.raises(EstimatorError, match="The window is 1; it must be 2 or more"):
        History(1, window=1)
    with pytest.raises(EstimatorError, match="sigma is 0; it must be a finite number above 0, or use an `Oracle`"):
        NoisyOracle(lambda _: 1.0, 0)
