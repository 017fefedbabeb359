"""Versioned changes of the database, applied in order by `pipelines.database.migrate`."""
