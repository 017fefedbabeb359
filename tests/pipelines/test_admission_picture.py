"""The report of the queue: what it shows is what the tags say, in an empty queue as in a full one."""

import dagster as dg
import pytest

from assets.scheduling import run_queue
from pipelines.resources import RunQueueResource
from tests.pipelines.test_admission_store import admission, instance, submit  # noqa: F401 - a fixture

pytestmark = pytest.mark.usefixtures("instance")


def report(instance):  # noqa: F811 - the fixture
    """Materialise the asset as a run does."""
    result = dg.materialize([run_queue], resources={"queue": RunQueueResource()}, instance=instance)
    (event,) = result.asset_materializations_for_node("run_queue")
    (check,) = result.get_asset_check_evaluations()
    return event.metadata, check


def test_the_report_shows_who_works_who_waits_and_why(instance):  # noqa: F811
    for user in ("ana", "boris", "boris"):
        submit(instance, user=user, **{"admission/estimate_s": "600"})
    submit(instance, **{"needs/cpu": "9999"})
    admission().tick(instance)
    metadata, check = report(instance)
    rows = [record.data for record in metadata["plan"].records]
    # the run of the report itself works too
    assert [row["position"] for row in rows if row["user"]] == ["released", "released", "1", ""]
    assert "can never start on this machine" in rows[-1]["why"]
    assert (metadata["waiting"].value, metadata["users_waiting"].value) == (2, 2)
    assert metadata["cpu_reserved"].value > 0
    assert metadata["charts"].value.startswith("![what is reserved")
    assert len(metadata["charts"].value) < 100_000
    assert check.passed


def test_an_empty_queue_that_nobody_looks_after_says_so(instance):  # noqa: F811
    metadata, check = report(instance)
    assert metadata["waiting"].value == 0
    assert not check.passed
    assert check.description == "Nobody has decided yet."
