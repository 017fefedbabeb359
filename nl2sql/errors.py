"""What can be wrong with a question or a statement, for whoever wrote it."""


class AskError(Exception):
    """The question cannot be asked; the message says why and what is allowed."""


class GuardError(Exception):
    """A statement may not run; the message says why, and where if that is known."""


class ExecutionError(Exception):
    """The database refused or stopped a statement; the message says why."""
