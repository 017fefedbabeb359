"""The ERP, from what departments typed to records that can be asked: one module an asset, or several that one step makes.

Each asset is one step of `erp.pipeline`; the database carries what passes between them. What a step computes is
there; here is what of it is shown, and which of it is an alert (`alerts`).
"""
