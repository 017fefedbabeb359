"""The cleaning pipeline of an ERP: what its departments typed becomes records that can be asked about.

The words of this room. A *source* is the ERP's own database, only ever read. A *record* is one of its
rows, a *cell* one value of a record. `raw` holds records as they were typed; a *rule* proposes a change
of a cell; the *ledger* is the list of the changes that were made; doubtful ones wait in *review*,
impossible ones are in *quarantine*. An *entity* is one person behind one or several records, and its
*golden record* is what `clean` publishes.

The public functions are in `erp.pipeline`, the score against a known truth in `erp.score`.
"""
