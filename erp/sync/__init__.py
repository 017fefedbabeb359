"""The source's rows into `raw`, so that `raw` says exactly what the source said last.

Rows come in batches, each of them one transaction that also says how far the table is; a sync that was killed
or whose source stopped goes on there. Reading the source is `erp.source`'s.
"""

from erp.sync.results import Difference, Drift, SyncResult, TableCounts
from erp.sync.tables import sync_tables

__all__ = ["Difference", "Drift", "SyncResult", "TableCounts", "sync_tables"]
