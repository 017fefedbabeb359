"""Questions in Turkish, Russian and English over the published records.

The engine is `nl2sql`; here is what of it is kept, asked every night, and asked by people. Many questions at once are
`batch`, what is learnt from answers is `learning`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any

import dagster as dg
from pydantic import Field

from assets.explain import explained
from assets.freshness import NIGHTLY
from assets.metadata import FIGURES, bullets, drawing, table
from assets.needs import Installation, ModelDoor, Store

if TYPE_CHECKING:
    from nl2sql.answer import Answer

STANDING_QUESTIONS = {
    "tr": "GPP projesinde Moskova'da kaç inşaat mühendisi çalışıyor?",
    "ru": "Сколько сотрудников в каждом отделе?",
    "en": "What is the average monthly salary of civil engineers by city?",
}
"""Asked every night, one a language, to see that asking works on the night's records."""


class Spoken(Enum):
    """The language of a question."""

    auto = "auto"
    tr = "tr"
    ru = "ru"
    en = "en"


class Question(dg.Config):
    """What to ask."""

    question: str = Field(
        default=STANDING_QUESTIONS["tr"],
        description="A question in Turkish, Russian or English about employees, projects, salaries, leave, training.",
    )
    language: Spoken = Field(
        default=Spoken.auto, description="Of the question and the answer: tr, ru or en; auto recognises it."
    )
    role: str = Field(
        default="", description="Role of the database with whose rights it is answered; empty is that of all questions."
    )
    user: str = Field(default="local", description="Who asks; it is written into the audit log.")
    conversation: str = Field(
        default="",
        description="A name of your choice: “and in Kazan?” is completed from the question before of this name.",
    )


@dg.asset(group_name="asking", kinds={"faiss", "langchain"}, deps=["clean_records", "confirmed_examples"])
def question_index(
    installation: dg.ResourceParam[Installation], database: dg.ResourceParam[Store]
) -> dg.MaterializeResult:
    """What the engine looks up before it writes SQL: the catalogue, the values, the validated examples.

    Built from the published records as the reading role sees them, so nothing can be asked that the
    role may not read.
    """
    from nl2sql import memory
    from nl2sql.index import build_index

    folder = installation.home / "index"
    with explained():
        learnt = memory.learnt(database.engine)
        index = build_index(database.reader, folder, learnt=learnt)
    summary = dg.MetadataValue.path(str(folder / "index.json"))
    return dg.MaterializeResult(metadata={**index.stats, "learnt": len(learnt), "summary": summary})


@dg.asset(
    group_name="asking",
    kinds={"postgres", "langchain"},
    deps=["question_index"],
    check_specs=[
        dg.AssetCheckSpec("answered", asset="answer", description="The question got an answer from checked SQL.")
    ],
)
def answer(
    context: dg.AssetExecutionContext,
    config: Question,
    installation: dg.ResourceParam[Installation],
    database: dg.ResourceParam[Store],
    model: dg.ResourceParam[ModelDoor],
) -> dg.MaterializeResult:
    """The answer to the question in the config, with its SQL, rows, chart, confidence and provenance.

    Checked, read-only SQL only. A question that cannot be answered is refused with the reason, and that
    is a success: the run fails only if something broke.
    """
    with explained(), open_asking(installation, database, model, role=config.role or None) as asking:
        given = asking(
            config.question,
            user=config.user,
            language=None if config.language is Spoken.auto else config.language.value,
            conversation=config.conversation or None,
        )
    context.log.info(f"{given.question} {given.text}")
    return dg.MaterializeResult(
        metadata=_metadata(given),
        check_results=[
            dg.AssetCheckResult(
                check_name="answered",
                passed=given.answered,
                severity=dg.AssetCheckSeverity.WARN,
                description=given.text,
            )
        ],
    )


@dg.asset(
    group_name="asking",
    kinds={"postgres", "langchain"},
    deps=["question_index", "ask_quality"],
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
    installation: dg.ResourceParam[Installation],
    database: dg.ResourceParam[Store],
    model: dg.ResourceParam[ModelDoor],
) -> dg.MaterializeResult:
    """The standing questions, one a language, asked of the night's records."""
    with explained(), open_asking(installation, database, model) as asking:
        answers = [asking(question, user="nightly") for question in STANDING_QUESTIONS.values()]
    for given in answers:
        context.log.info(f"{given.question} {given.text}")
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


@contextmanager
def open_asking(
    installation: Installation, database: Store, model: ModelDoor, *, role: str | None = None
) -> Iterator[Callable[..., "Answer"]]:
    """The engine with the examples that were learnt so far; it takes a question and who asks it."""
    from nl2sql import memory
    from nl2sql.engine import ask
    from nl2sql.index import build_index

    reader = database.reader if role is None else database.reader_as(role)
    try:
        yield partial(
            ask,
            owner=database.engine,
            reader=reader,
            model=model,
            index=build_index(reader, learnt=memory.learnt(database.engine)),
            role=role,
            deadline_s=installation.ask_seconds,
        )
    finally:
        if role is not None:
            reader.dispose()


def _metadata(given: "Answer") -> dict[str, Any]:
    from nl2sql.chart import chart
    from nl2sql.drawing import svg

    found = chart(given)
    drawn = {} if found is None else {"chart": drawing(svg(found, background=True), found.title)}
    sure = {} if given.confidence is None else {"confidence": given.confidence.score}
    number = {} if given.question_id is None else {"question_id": given.question_id}
    return {
        "text": given.text,
        "answer": dg.MetadataValue.md(given.to_markdown()),
        **drawn,
        "rows": table(dict(zip(given.columns, row, strict=True)) for row in given.rows),
        "answered": given.answered,
        "source": given.source,
        **sure,
        "language": given.language,
        "seconds": round(given.seconds["total"], 2),
        "tokens": given.tokens,
        **number,
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
