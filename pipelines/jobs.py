"""What is materialised together. Schedules are in `schedules`, what an asset does in `assets`."""

from __future__ import annotations

import dagster as dg

from assets.ask import STANDING_QUESTIONS
from pipelines.admission import reserving
from pipelines.tags import HEAVY, LIGHT, TRAINING

QUESTION = dg.AssetSelection.assets("answer")
"""Needs somebody who asks, so no job but `ask` makes it."""

QUESTIONS = dg.AssetSelection.assets("question_batch")
"""Needs a day's file of questions, so no job but `ask_batch` makes it."""

# One process: steps of a job share the database, the model and the imports; MPI ranks are processes anyway.
_EXECUTOR = reserving(dg.in_process_executor)

nightly = dg.define_asset_job(
    "nightly",
    selection=dg.AssetSelection.all() - QUESTION - QUESTIONS,
    description="The main job: trains a surrogate from running solvers, synchronises and cleans the ERP, "
    "answers the standing questions, and reports.",
    tags=TRAINING,
    executor_def=_EXECUTOR,
)

training = dg.define_asset_job(
    "training",
    selection=dg.AssetSelection.groups("training"),
    description="Trains a surrogate while its solvers run.",
    tags=TRAINING,
    executor_def=_EXECUTOR,
)

governance = dg.define_asset_job(
    "governance",
    selection=dg.AssetSelection.groups("governance"),
    description="Synchronises the ERP, cleans it, and publishes it for questions.",
    tags=HEAVY,
    executor_def=_EXECUTOR,
)

reclean = dg.define_asset_job(
    "reclean",
    selection=dg.AssetSelection.groups("governance")
    - dg.AssetSelection.assets("erp_source", "raw_records", "source_profile"),
    description="Cleans and publishes again what is in the database already, after people decided something or a "
    "rule was undone; the ERP is not read.",
    tags=HEAVY,
    executor_def=_EXECUTOR,
)

ask = dg.define_asset_job(
    "ask",
    selection=QUESTION,
    # so that the launchpad opens with the place to type into
    config={"ops": {"answer": {"config": {"question": STANDING_QUESTIONS["en"], "language": "auto", "role": ""}}}},
    description="Answers the question that is typed into the launchpad.",
    tags=LIGHT,
    executor_def=_EXECUTOR,
)

ask_batch = dg.define_asset_job(
    "ask_batch",
    selection=QUESTIONS,
    description="Answers the questions of a day, from questions/DAY.csv in the home.",
    tags=LIGHT,
    executor_def=_EXECUTOR,
)

learn = dg.define_asset_job(
    "learn",
    selection=dg.AssetSelection.assets("confirmed_examples", "question_index", "ask_quality"),
    # so that the launchpad opens with what to say about which answer
    config={"ops": {"confirmed_examples": {"config": {"question_id": 0, "verdict": "right", "sql": ""}}}},
    description="Confirms or corrects the answer whose number is typed into the launchpad, and asks all that was "
    "checked before again.",
    tags=LIGHT,
    executor_def=_EXECUTOR,
)

JOBS = [nightly, training, governance, reclean, ask, ask_batch, learn]
