"""Training that consumes: the intake of streamed fields, the buffers, models, and a study from start to end.

*Study*: a solver, a parameter design, a buffer and a model, trained until the parameter sets are used up.
*Slot*: room for one field in the slab. *Reservoir*: the fields that training draws from. *Watermark*: how
many must be there before it begins. *Unseen*: not yet drawn; only seen fields are evicted. *Drained*:
used a last time after production has ended. Torch is imported nowhere else.
"""
