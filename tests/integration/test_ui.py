"""The Dagster UI as a person uses it, in a real headless browser."""

import re
import shutil
import signal
import socket
import time
import urllib.error
import urllib.request
from urllib.parse import quote

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 120_000

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def ui(cleaned_home):
    """The address of a running UI; afterwards no process of it is left."""
    port = free_port()
    process = cleaned_home.start("ui", "--port", str(port))
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 90
    while True:
        try:
            urllib.request.urlopen(f"{address}/server_info", timeout=5).close()
            break
        except (urllib.error.URLError, TimeoutError):
            assert process.poll() is None, process.stdout.read()
            assert time.monotonic() < deadline, "the UI did not start"
            time.sleep(0.2)
    yield address
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=90)
    assert process.returncode == 0, output
    assert cleaned_home.processes() == []


@pytest.fixture
def page(ui):
    """A fresh page of a headless browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1700, "height": 950}, base_url=ui)
        page.set_default_timeout(PATIENCE_MS)
        yield page
        browser.close()


def test_asset_graph_shows_the_product(page):
    groups = ("training", "governance", "asking", "reporting")
    page.goto("/asset-groups?expanded=" + quote(",".join(f"global@global:{group}" for group in groups)))
    for asset in ("surrogate", "raw_records", "corrected_cells", "clean_records", "answer", "nightly_report"):
        page.get_by_text(asset, exact=True).first.wait_for()


def test_nightly_job_has_its_schedule(page):
    page.goto("/locations/__repository__@millrace/jobs/nightly")
    page.get_by_text(re.compile("02:00 AM")).first.wait_for()


def test_question_is_asked_from_the_launchpad(page):
    config = "ops:\n  answer:\n    config:\n      question: Сколько сотрудников в каждом отделе?\n"
    page.goto("/locations/__repository__@millrace/jobs/ask/playground/setup?config=" + quote(config))
    page.get_by_role("button", name="Launch Run").click()
    page.wait_for_url("**/runs/**")
    page.get_by_text("Success", exact=True).first.wait_for()
    page.goto("/assets/answer")
    page.get_by_text("department").first.wait_for()
    page.get_by_text("verified").first.wait_for()


def test_cleaned_records_explain_themselves(page):
    page.goto("/assets/clean_records")
    page.get_by_text("The published records: one row a person").first.wait_for()
    page.get_by_text("published", exact=True).first.wait_for()


@pytest.mark.mpi
@pytest.mark.filterwarnings(
    "ignore:Using variable_values and operation_name:DeprecationWarning"
)  # Dagster's own client
def test_terminating_a_study_ends_its_ranks_and_keeps_what_it_learned(ui, cleaned_home):
    from dagster import DagsterRunStatus
    from dagster_graphql import DagsterGraphQLClient

    client = DagsterGraphQLClient("127.0.0.1", port_number=int(ui.rpartition(":")[2]))
    study = {"simulations": 2000, "grid": 16}
    run = client.submit_job_execution(
        "training",
        repository_location_name="millrace",
        repository_name="__repository__",
        run_config={"ops": {"surrogate": {"config": study}}},
        tags={"dagster/partition": "heat2d"},
    )
    partial = cleaned_home.path / "models" / "heat2d.partial.pt"
    deadline = time.monotonic() + 120
    while not partial.exists():  # it is written every few seconds of training
        assert client.get_run_status(run) != DagsterRunStatus.FAILURE
        assert time.monotonic() < deadline, "the study did not begin to train"
        time.sleep(0.2)
    assert workers(cleaned_home)
    client.terminate_run(run)
    while client.get_run_status(run) != DagsterRunStatus.CANCELED:
        assert time.monotonic() < deadline, client.get_run_status(run)
        time.sleep(0.2)
    assert workers(cleaned_home) == []
    assert partial.exists()


def workers(home) -> list:
    """Processes of the study's workers: launcher, proxy and ranks."""
    return [process for process in home.processes() if "sims.worker" in process.cmdline()]
