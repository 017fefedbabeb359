"""A page for asking, for people who do not live in Dagster: question, answer, chart, table, SQL, thumbs, history.

*Fragments* are pieces of HTML that the server renders, escaped, and the page puts in its place. What an answer is
belongs to the engine; how the server is started and with whose connections is `pipelines.web`. No login is here: it
is for loopback, one person, or behind somebody's own login.
"""
