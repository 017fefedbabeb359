"""The demonstration source: the HR/ERP of a multinational construction company as its departments type it.

`make_erp` invents the company (`organisation`, `people`), types it up with the habits and accidents of
its offices (`typing_up`, `errors`, at the rates of `data/errors.toml`), and returns the typed tables and,
apart from them, the truth. Nothing outside `erp.score` may read the truth.
"""

from erp.synth.company import Truth, make_erp

__all__ = ["Truth", "make_erp"]
