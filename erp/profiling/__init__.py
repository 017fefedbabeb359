"""What the source's raw columns hold, night by night, and how what arrives differs from what was there.

`columns` describes one column from its distinct values (with `shapes` and `types`), `relations` finds keys and
dependencies, `drift` compares two profiles, `nights` decides what is profiled and keeps it, `report` shows it.
Nothing here changes a cell.
"""
