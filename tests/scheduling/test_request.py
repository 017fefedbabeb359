"""Requests say what is wrong with them."""

import math

import pytest

from scheduling.request import Request, RequestError
from scheduling.resources import Resources


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("submitted", math.inf, "submitted of request 'r' is inf; it must be a finite number of seconds"),
        ("deadline", math.nan, "deadline of request 'r' is nan; it must be a finite number of seconds"),
        ("estimate", -1, "estimate of request 'r' is -1 s; it must be 0 or more"),
        ("divisible", 0, "divisible of request 'r' is 0; it must be 1 or more"),
    ],
)
def test_fields_are_checked(field, value, says):
    with pytest.raises(RequestError, match=says):
        Request(**{"id": "r", "user": "u", "needs": Resources(), "submitted": 0, field: value})
