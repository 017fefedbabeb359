"""Arithmetic of resources."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.resources import ResourceError, Resources

# Integers: floating-point sums would only test the tolerance of the comparison.

vectors = st.dictionaries(st.sampled_from(["cpu", "gpu", "memory", "slots"]), st.integers(0, 1000)).map(
    lambda amounts: Resources(**amounts)
)


@given(vectors, vectors)
def test_what_was_added_can_be_taken_away(one, other):
    assert (one + other) - other == one
    assert one + other == other + one
    assert hash(one + other) == hash(other + one)


@given(vectors, vectors)
def test_fits_means_that_nothing_is_lacking(needs, available):
    lacking = needs.lacking(available)
    assert needs.fits(available) == (not lacking)
    assert needs.fits(available + lacking)


@given(vectors, vectors)
def test_no_more_is_taken_than_there_is(available, taken):
    if taken.fits(available):
        assert all(amount >= 0 for amount in (available - taken).values())
    else:
        with pytest.raises(ResourceError, match="more would be needed"):
            available - taken


@pytest.mark.parametrize("amount", [-1, math.inf, math.nan])
def test_amounts_are_finite_and_not_negative(amount):
    with pytest.raises(ResourceError, match="The amount of cpu is"):
        Resources(cpu=amount)


def test_zero_and_absent_are_the_same():
    assert Resources(cpu=0) == Resources()
    assert Resources()["cpu"] == 0
    assert str(Resources()) == "nothing"
    assert str(Resources(slots=1, cpu=0.5)) == "0.5 cpu, 1 slots"


def test_amounts_are_read_from_text():
    assert Resources.parse("cpu=32, mem=64.5") == Resources(cpu=32, mem=64.5)
    with pytest.raises(ResourceError, match="The amount of cpu is -1"):
        Resources.parse("cpu=-1")


@pytest.mark.parametrize("text", ["", "cpu", "cpu=", "cpu=many", "=1", "cpu=1,", "cpu=1,cpu=2", "cpu=0"])
def test_text_that_is_not_resources_is_refused(text):
    with pytest.raises(ResourceError, match="is not resources; write names and amounts, each once: cpu=32,mem=64"):
        Resources.parse(text)
