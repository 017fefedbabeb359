"""How a field travels from the ranks of a solver into the memory of a trainer.

*Slab*: a file of equal slots, mapped by both sides. *Credit*: a free slot, granted by the trainer; without
one a solver waits. *Commit*: the word that a slot holds a time step. An own solver needs `client.connect`.
"""
