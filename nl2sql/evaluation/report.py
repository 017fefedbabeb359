"""What a trial found, in figures: for the machine as one object, for people as a page.

Every share comes with its counts and an interval; the interval is of the questions, resampled, and says
nothing about other kinds of questions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from jinja2 import Environment, PackageLoader, select_autoescape

from nl2sql.evaluation.trial import Outcome
from nl2sql.language import LANGUAGES

_RESAMPLES: Final = 2000
_SEED: Final = 20240601
"""The same outcomes give the same intervals."""
_PERCENTILES: Final = (50, 95, 99)


def figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Everything, by system and language."""
    systems = dict.fromkeys(outcome.system for outcome in outcomes)
    return {
        name: {
            "all": _shares([one for one in outcomes if one.system == name]),
            **{
                language: _shares(members)
                for language in LANGUAGES
                if (members := [one for one in outcomes if one.system == name and one.question.language == language])
            },
            "seconds": _seconds([one for one in outcomes if one.system == name]),
        }
        for name in systems
    }


def details(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """One entry an outcome, for reading what went wrong."""
    return [
        {
            "system": one.system,
            "id": one.question.id,
            "language": one.question.language,
            "database": one.question.database,
            "question": one.question.text,
            "verdict": one.verdict,
            "source": one.source,
            "sql": one.sql,
            "wanted": list(one.question.statements),
            "reason": one.reason,
            "seconds": dict(one.seconds),
            "tokens": one.tokens,
        }
        for one in outcomes
    ]


def page(report: Mapping[str, Any]) -> str:
    """The report as a page of its own."""
    environment = Environment(loader=PackageLoader("nl2sql.evaluation"), autoescape=select_autoescape())
    return environment.get_template("evaluation.html").render(report=report, languages=("all", *LANGUAGES))


def _shares(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    answerable = [one for one in outcomes if one.question.statements]
    others = [one for one in outcomes if not one.question.statements]
    stated = [one for one in outcomes if one.sql is not None]
    tokens = [one.tokens for one in outcomes]
    return {
        "questions": len(outcomes),
        "execution_accuracy": _share([one.verdict == "right" for one in answerable]),
        "answer_rate": _share([one.sql is not None for one in answerable]),
        "silent_error_rate": _share([one.verdict == "wrong" and one.is_valid is True for one in outcomes]),
        "validity": _share([bool(one.is_valid) for one in stated]),
        "schema_compliance": _share([bool(one.is_compliant) for one in stated]),
        "refused_unanswerable": _share([one.sql is None for one in others]),
        "tokens_mean": round(float(np.mean(tokens)), 1) if tokens else 0.0,
    }


def _share(hits: Sequence[bool]) -> dict[str, Any]:
    """A share with its counts and a bootstrap interval of 95 %; without questions there is none."""
    if not hits:
        return {"count": 0, "of": 0, "share": None, "low": None, "high": None}
    drawn = np.random.default_rng(_SEED).choice(np.array(hits, dtype=float), (_RESAMPLES, len(hits))).mean(axis=1)
    low, high = np.percentile(drawn, [2.5, 97.5])
    share = sum(hits) / len(hits)
    return {
        "count": sum(hits), "of": len(hits), "share": round(share, 4), "low": round(float(low), 4), "high": round(float(high), 4),
    }  # fmt: skip


def _seconds(outcomes: Sequence[Outcome]) -> dict[str, dict[str, float]]:
    stages: dict[str, list[float]] = {}
    for one in outcomes:
        for stage, seconds in one.seconds.items():
            stages.setdefault(stage, []).append(seconds)
    return {
        stage: {f"p{percent}": round(float(np.percentile(spent, percent)), 4) for percent in _PERCENTILES}
        for stage, spent in stages.items()
    }
