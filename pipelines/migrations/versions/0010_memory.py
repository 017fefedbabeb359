"""What asking remembers: more of every question, what people said about answers, and the answers they confirmed."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this version."""
    op.execute("""
ALTER TABLE ask.questions DROP CONSTRAINT questions_source_check;
ALTER TABLE ask.questions ADD CONSTRAINT questions_source_check
    CHECK (source IN ('verified', 'composed', 'model', 'refused'));
ALTER TABLE ask.questions
    ADD COLUMN role_name text,
    ADD COLUMN conversation text,
    ADD COLUMN read_as text,
    ADD COLUMN confidence double precision CHECK (confidence BETWEEN 0 AND 1),
    ADD COLUMN linked jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN stages jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN ask.questions.role_name IS 'Whose rights the statement ran with; empty for those of ask_reader';
COMMENT ON COLUMN ask.questions.conversation IS 'Questions that follow each other have the same';
COMMENT ON COLUMN ask.questions.read_as IS 'The whole question, where it was completed from the one before';
COMMENT ON COLUMN ask.questions.linked IS 'Values that the question was understood to name';
COMMENT ON COLUMN ask.questions.stages IS 'Milliseconds of each stage';
CREATE INDEX ON ask.questions (conversation, question_id) WHERE conversation IS NOT NULL;
CREATE INDEX ON ask.questions (user_name, question_id);

CREATE TABLE ask.feedback (
    feedback_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    question_id bigint NOT NULL REFERENCES ask.questions ON DELETE CASCADE,
    given_at timestamptz NOT NULL DEFAULT now(),
    given_by text NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('right', 'wrong')),
    sql text,
    note text
);
CREATE INDEX ON ask.feedback (question_id);
COMMENT ON TABLE ask.feedback IS 'What people said about answers; the last word of each counts';
COMMENT ON COLUMN ask.feedback.sql IS 'The statement that would have been right';

CREATE TABLE ask.confirmed (
    example_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    question_id bigint REFERENCES ask.questions ON DELETE SET NULL,
    language text NOT NULL CHECK (language IN ('en', 'tr', 'ru')),
    question text NOT NULL,
    statement text NOT NULL,
    template text NOT NULL,
    sql text NOT NULL,
    fixed jsonb NOT NULL DEFAULT '{}',
    shape text NOT NULL,
    confirmed_by text NOT NULL,
    verified_at timestamptz NOT NULL DEFAULT now(),
    active boolean NOT NULL DEFAULT true,
    reason text,
    UNIQUE (language, template, fixed)
);
COMMENT ON TABLE ask.confirmed IS 'Questions whose statement a person confirmed or corrected; the same question gets it again';
COMMENT ON COLUMN ask.confirmed.template IS 'The question with placeholders for its values';
COMMENT ON COLUMN ask.confirmed.sql IS 'The statement with placeholders for the values that it holds';
COMMENT ON COLUMN ask.confirmed.fixed IS 'Values of the question that the statement does not hold: only they get it';
COMMENT ON COLUMN ask.confirmed.shape IS 'Columns of the result when it was confirmed';
COMMENT ON COLUMN ask.confirmed.verified_at IS 'When the statement ran last';
COMMENT ON COLUMN ask.confirmed.reason IS 'Why it is not active any more';
""")
