"""Questions in Turkish, Russian and English over the published records.

The engine is `nl2sql`; here is what of it is kept, asked every night, and asked by people.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import dagster as dg
from pydantic import Field

from assets.explain import explained
from assets.freshness import NIGHTLY
from assets.metadata import FIGURES, bullets, table
from assets.needs import Installation, ModelDoor, Store

if TYPE_CHECKING:
    from nl2sql.answer import Answer

STANDING_QUESTIONS = {
    "tr": "GPP projesinde Moskova'da kaç inşaat mühendisi çalışıyor?",
    "ru": "Сколько сотрудников в каждом отделе?",
    "en": "What is the average monthly salary of civil engineers by city?",
}
"""Asked every night, one a language, to see that asking works on the night's records."""


class Question(dg.Config):
    """What to ask."""

    question: str = Field(
        default=STANDING_QUESTIONS["tr"],
        description="A question in Turkish, Russian or English about employees, projects, salaries, leave, training.",
    )
    user: str = Field(default="local", description="Who asks; it is written into the audit log.")


@dg.asset(group_name="asking", kinds={"faiss", "langchain"}, deps=["clean_records"])
def question_index(
    installation: dg.ResourceParam[Installation], database: dg.ResourceParam[Store]
) -> dg.MaterializeResult:
    """What the engine looks up before it writes SQL: the catalogue, the values, the validated examples.

    Built from the published records as the reading role sees them, so nothing can be asked that the
    role may not read.
    """
    from nl2sql.index import build_index

    folder = installation.home / "index"
    with explained():
        index = build_index(database.reader, folder)
    return dg.MaterializeResult(metadata={**index.stats, "summary": dg.MetadataValue.path(str(folder / "index.json"))})


@dg.asset(group_name="asking", kinds={"postgres", "langchain"}, deps=["question_index"])
def answer(
    context: dg.AssetExecutionContext,
    config: Question,
    database: dg.ResourceParam[Store],
    model: dg.ResourceParam[ModelDoor],
) -> dg.MaterializeResult:
    """The answer to the question in the config, with its SQL, rows and provenance.

    Checked, read-only SQL only. A question that cannot be answered is refused with the reason, and that
    is a success: the run fails only if something broke.
    """
    (given,) = _ask([config.question], config.user, database, model, context.log.info)
    return dg.MaterializeResult(metadata=_metadata(given))


@dg.asset(
    group_name="asking",
    kinds={"postgres", "langchain"},
    deps=["question_index"],
    freshness_policy=NIGHTLY,
    check_specs=[
        dg.AssetCheckSpec(
            "all_answered",
            asset="standing_answers",
            description="Each standing question got an answer from checked SQL.",
        )
    ],
)
def standing_answers(
    context: dg.AssetExecutionContext,
    database: dg.ResourceParam[Store],
    model: dg.ResourceParam[ModelDoor],
) -> dg.MaterializeResult:
    """The standing questions, one a language, asked of the night's records."""
    answers = _ask(list(STANDING_QUESTIONS.values()), "nightly", database, model, context.log.info)
    unanswered = [given.question for given in answers if not given.answered]
    return dg.MaterializeResult(
        metadata={
            "answers": dg.MetadataValue.md("\n\n---\n\n".join(given.to_markdown() for given in answers)),
            **{f"answer_{given.language}": given.text for given in answers},
            "answered": len(answers) - len(unanswered),
            "slowest_s": round(max(given.seconds["total"] for given in answers), 2),
            FIGURES: dg.MetadataValue.json([_figures(given) for given in answers]),
        },
        check_results=[
            dg.AssetCheckResult(
                check_name="all_answered",
                passed=not unanswered,
                severity=dg.AssetCheckSeverity.WARN,
                metadata={"unanswered": bullets(unanswered)} if unanswered else {},
            )
        ],
    )


def _ask(
    questions: Sequence[str], user: str, database: Store, model: ModelDoor, tell: Callable[[str], None]
) -> list["Answer"]:
    from nl2sql.engine import ask
    from nl2sql.index import build_index

    answers = []
    with explained():
        index = build_index(database.reader)
        for question in questions:
            answers.append(
                ask(question, owner=database.engine, reader=database.reader, model=model, index=index, user=user)
            )
            tell(f"{question} {answers[-1].text}")
    return answers


def _metadata(given: "Answer") -> dict[str, Any]:
    return {
        "text": given.text,
        "answer": dg.MetadataValue.md(given.to_markdown()),
        "rows": table(dict(zip(given.columns, row, strict=True)) for row in given.rows),
        "answered": given.answered,
        "source": given.source,
        "language": given.language,
        "seconds": round(given.seconds["total"], 2),
        "tokens": given.tokens,
    }


def _figures(given: "Answer") -> dict[str, Any]:
    return {
        "question": given.question,
        "language": given.language,
        "answered": given.answered,
        "text": given.text,
        "sql": given.sql,
        "rows": len(given.rows),
        "source": given.source,
        "seconds": round(given.seconds["total"], 2),
    }
