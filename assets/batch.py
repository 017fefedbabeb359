"""Many questions of one day, answered beside each other: from a CSV file in the home to another."""

from typing import TYPE_CHECKING, Any

import dagster as dg

from assets.ask import open_asking
from assets.explain import explained
from assets.metadata import bullets, table
from assets.needs import Installation, ModelDoor, Store

if TYPE_CHECKING:
    from nl2sql.answer import Answer
    from nl2sql.batch import Asked
    from nl2sql.errors import AskError

DAYS = dg.DailyPartitionsDefinition(start_date="2026-01-01", end_offset=1)
"""One partition a day, today's too."""


@dg.asset(
    group_name="asking",
    kinds={"csv", "langchain"},
    deps=["question_index"],
    partitions_def=DAYS,
    check_specs=[
        dg.AssetCheckSpec(
            "all_answered",
            asset="question_batch",
            description="Each question of the day got an answer from checked SQL.",
        )
    ],
)
def question_batch(
    context: dg.AssetExecutionContext,
    installation: dg.ResourceParam[Installation],
    database: dg.ResourceParam[Store],
    model: dg.ResourceParam[ModelDoor],
) -> dg.MaterializeResult:
    """The answers to a day's questions: `questions/DAY.csv` in the home becomes `questions/DAY.answers.csv`.

    The file has a column `question`, and may have `language` and `user`. A question that is refused has its
    reason in the answers; the others are not held up by it.
    """
    from nl2sql import batch
    from nl2sql.errors import AskError

    source = installation.home / "questions" / f"{context.partition_key}.csv"
    target = source.with_suffix(".answers.csv")
    pairs: list[tuple[Asked, Answer | AskError]] = []
    with explained():
        questions = batch.read(source)
        with open_asking(installation, database, model) as asking:
            for asked in questions:
                try:
                    pairs.append((asked, asking(asked.question, user=asked.user, language=asked.language)))
                except AskError as error:
                    pairs.append((asked, error))
                context.log.info(f"{len(pairs)} of {len(questions)}: {asked.question}")
        batch.write(target, pairs)
    rows = [_row(asked, given) for asked, given in pairs]
    unanswered = [row["question"] for row in rows if not row["answered"]]
    return dg.MaterializeResult(
        metadata={
            "answers": dg.MetadataValue.path(str(target)),
            "questions": len(rows),
            "answered": len(rows) - len(unanswered),
            "seconds": round(sum(row["seconds"] for row in rows), 2),
            "table": table(rows),
        },
        check_results=[
            dg.AssetCheckResult(
                check_name="all_answered",
                passed=not unanswered,
                severity=dg.AssetCheckSeverity.WARN,
                description=f"{len(unanswered)} of {len(rows)} questions were not answered.",
                metadata={"unanswered": bullets(unanswered)} if unanswered else {},
            )
        ],
    )


def _row(asked: "Asked", given: "Answer | AskError") -> dict[str, Any]:
    from nl2sql.errors import AskError

    if isinstance(given, AskError):
        return {"question": asked.question, "answered": False, "text": str(given), "source": "refused", "seconds": 0.0}
    seconds = round(given.seconds["total"], 2)
    return {
        "question": given.question,
        "answered": given.answered,
        "text": given.text,
        "source": given.source,
        "seconds": seconds,
    }
