"""What asking learns: the answers that people confirmed, and whether all that was ever right still is."""

from datetime import UTC, datetime
from enum import Enum

import dagster as dg
from pydantic import Field

from assets.explain import explained
from assets.metadata import FIGURES, bullets, rounded, table
from assets.needs import ModelDoor, Store

BAR = 0.95
"""Share of the regression set that must be right: a few examples may not fit the records of one company or one day."""


class Verdict(Enum):
    """What somebody says about an answer."""

    right = "right"
    wrong = "wrong"


class Judgement(dg.Config):
    """What to learn; left as it is, everything that was learnt is only tried again."""

    question_id: int = Field(
        default=0, description="Number of the question in the log, as its answer shows it; 0 if there is nothing new."
    )
    verdict: Verdict = Field(
        default=Verdict.right, description="right makes an example of the answer, wrong undoes it."
    )
    sql: str = Field(default="", description="With a statement here, the question is answered from it from now on.")
    by: str = Field(default="steward", description="Who says so; it is written beside it.")


class Trial(dg.Config):
    """How the regression set is asked."""

    packaged_questions: int = Field(
        default=300, ge=0, description="So many of the package's examples are asked, others every day."
    )
    model_questions: int = Field(
        default=0,
        ge=0,
        description="So many of its questions are also asked as if nobody had checked them, of the model.",
    )
    bar: float = Field(default=BAR, ge=0, le=1, description="Share that must be right without the model.")


@dg.asset(
    group_name="asking",
    kinds={"postgres"},
    deps=["clean_records"],
    check_specs=[
        dg.AssetCheckSpec(
            "all_run",
            asset="confirmed_examples",
            description="Each confirmed statement still runs on the published records.",
        )
    ],
)
def confirmed_examples(config: Judgement, database: dg.ResourceParam[Store]) -> dg.MaterializeResult:
    """The answers that people confirmed or corrected: the same question gets the same statement again.

    A statement passes the guard and runs before it is learnt, and again every night; one that does not run any
    more is put out of use.
    """
    from nl2sql import feedback, memory
    from nl2sql.index import build_index

    owner, reader = database.engine, database.reader
    with explained():
        index = build_index(reader, learnt=memory.learnt(owner))
        if config.question_id and config.sql:
            feedback.correct(owner, reader, index, config.question_id, config.sql, by=config.by)
        elif config.question_id and config.verdict is Verdict.right:
            feedback.confirm(owner, reader, index, config.question_id, by=config.by)
        elif config.question_id:
            feedback.reject(owner, config.question_id, by=config.by)
        broken = feedback.revalidate(owner, reader, index)
        known = memory.confirmed(owner)
    active = [one for one in known if one.active]
    reasons = [f"{one.question}: {reason}" for one, reason in broken]
    return dg.MaterializeResult(
        metadata={
            "active": len(active),
            "out_of_use": len(known) - len(active),
            "examples": table(
                {"question": one.template, "language": one.language, "sql": one.sql, "by": one.confirmed_by}
                for one in active
            ),
        },
        check_results=[
            dg.AssetCheckResult(
                check_name="all_run",
                passed=not broken,
                severity=dg.AssetCheckSeverity.WARN,
                description=f"{len(broken)} confirmed statements do not run any more."
                if broken
                else "All of them run.",
                metadata={"broken": bullets(reasons)} if broken else {},
            )
        ],
    )


@dg.asset(
    group_name="asking",
    kinds={"postgres", "langchain"},
    deps=["question_index"],
    check_specs=[
        dg.AssetCheckSpec(
            "regression_set_holds",
            asset="ask_quality",
            blocking=True,
            description="What people have checked is still answered as it was; else no answers are published.",
        )
    ],
)
def ask_quality(
    context: dg.AssetExecutionContext,
    config: Trial,
    database: dg.ResourceParam[Store],
    model: dg.ResourceParam[ModelDoor],
) -> dg.MaterializeResult:
    """How much of what people have checked is still answered right: the regression set, asked without a model.

    It has all that was confirmed here, and examples of the package in three languages, others every day. Each materialisation is
    a point of the history; Dagster plots its figures.
    """
    from nl2sql import memory
    from nl2sql.errors import AskError
    from nl2sql.evaluation import regression
    from nl2sql.index import build_index

    owner, reader = database.engine, database.reader
    with explained():
        index = build_index(reader, learnt=memory.learnt(owner))
        today = datetime.now(UTC).toordinal()
        known = regression.cases(index, owner)
        packaged = [case for case in known if case.origin == "packaged"]
        cases = [case for case in known if case.origin == "confirmed"]
        cases += regression.sample(packaged, config.packaged_questions, seed=today)
        if not cases:
            raise AskError(
                "There is nothing to ask: no answer was confirmed, and packaged_questions is 0; set it above."
            )
        outcomes = list(regression.check(cases, index, owner, reader))
        chosen = regression.sample(cases, config.model_questions, seed=today)
        written = list(regression.check_model(chosen, index, owner, reader, model))
    right = sum(one.verdict == "right" for one in outcomes)
    accuracy = right / len(outcomes)
    context.log.info(f"{right} of {len(outcomes)} questions are answered as they were.")
    figures = {
        "accuracy": accuracy,
        "questions": len(outcomes),
        "confirmed": sum(case.origin == "confirmed" for case in cases),
        "wrong": sum(one.verdict == "wrong" for one in outcomes),
        "refused": sum(one.verdict == "refused" for one in outcomes),
    }
    if written:
        figures["model_accuracy"] = sum(one.verdict == "right" for one in written) / len(written)
        figures["model_wrong"] = sum(one.verdict == "wrong" for one in written)
    failed = [
        {"question": one.case.question, "verdict": one.verdict, "source": one.source, "why": one.note}
        for one in (*outcomes, *written)
        if one.verdict != "right"
    ]
    return dg.MaterializeResult(
        metadata={**rounded(figures), "failed": table(failed), FIGURES: dg.MetadataValue.json(rounded(figures))},
        check_results=[
            dg.AssetCheckResult(
                check_name="regression_set_holds",
                passed=accuracy >= config.bar,
                severity=dg.AssetCheckSeverity.ERROR,
                description=f"{right} of {len(outcomes)} questions are answered as they were; the bar is {config.bar:.0%}.",
            )
        ],
    )
