"""What can go wrong with a language model, for whoever asked for one."""


class ModelError(Exception):
    """The model cannot be had; the message says why and what to do."""
