"""What can go wrong in a study, as one tree.

StudyError
├── TrainingError     the loss is not finite, or nothing was streamed
└── CheckpointError   a file is no checkpoint, or not one of this study
"""


class StudyError(Exception):
    """A study's setting is not allowed, or the study cannot go on; the sentence says what to do."""


class TrainingError(StudyError):
    """Training cannot go on."""


class CheckpointError(StudyError):
    """A checkpoint cannot be used."""
