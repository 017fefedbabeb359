"""How right answers are: questions with known statements, several systems side by side, figures with their uncertainty.

Nothing in here takes part in answering.
"""
