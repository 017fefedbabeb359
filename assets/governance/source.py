"""The ERP that is synchronised: a company's own, or the generated one."""

from pathlib import Path

import dagster as dg

from assets.explain import explained
from assets.governance.columns import source_columns
from assets.needs import Installation


def demo_source_url(installation: Installation) -> str:
    """The generated company's database."""
    return f"sqlite:///{installation.home / 'demo' / 'erp.db'}"


def truth_folder(installation: Installation) -> Path:
    """The generated company's truth, which only scoring reads."""
    return installation.home / "demo-truth"


def source_label(installation: Installation) -> str:
    """The ERP's name in the runs' log, without a password."""
    if installation.source_url is None:
        return "demonstration"
    return installation.source_url.render_as_string(hide_password=True)


def source_url(installation: Installation) -> str:
    """The ERP to synchronise."""
    if installation.source_url is None:
        return demo_source_url(installation)
    return installation.source_url.render_as_string(hide_password=False)


def fingerprint(installation: Installation) -> str:
    """Something short that is another after the ERP has changed.

    Raises:
        SourceError: the ERP does not answer.
    """
    from erp.source import open_source

    with open_source(source_url(installation), installation.source_options) as source:
        return source.fingerprint()


@dg.asset(group_name="governance", kinds={"sqlite"})
def erp_source(context: dg.AssetExecutionContext, installation: dg.ResourceParam[Installation]) -> dg.MaterializeResult:
    """The ERP as its departments typed it, in Turkish, Russian and English, with every kind of mistake.

    `MILLRACE_SOURCE_URL` names a company's own database, which is left as it is. Without it a multinational
    construction company is generated, and the truth about its records is kept apart from them.
    """
    from erp.pipeline import make_demo_source

    if installation.source_url is not None:
        return dg.MaterializeResult(metadata={"source": source_label(installation), **source_columns()})
    with explained():
        summary = make_demo_source(
            demo_source_url(installation),
            truth_folder(installation),
            installation.employees,
            progress=context.log.info,
        )
    return dg.MaterializeResult(
        metadata={
            "source": summary.url,
            "employees": summary.employees,
            "rows": summary.rows,
            "wrong_cells": summary.wrong_cells,
            "duplicates": summary.duplicates,
            "reused": summary.reused,
            **source_columns(),
        }
    )
