"""One door to language models.

*Weights* are one pinned file, found by content. A *server* process serves them on loopback and is shared
by the processes of a user on a machine. `model.open_model` hands out a LangChain chat model, local or any
other; its calls wait their turn in a *gateway*, in the order that a policy of `scheduling` gives.
"""
