"""Questions in Turkish, Russian and English, answered from the database by one checked SELECT.

*Schema linking* connects words of a question with columns, *value linking* with canonical values. A
*verified example* is a question whose SQL somebody has checked; a question that says the same gets that
SQL without a model. Everything that is to run passes the *guard* (what may be asked at all), *grounding*
(whether its values exist and those of the question are used) and the database's own limits.
"""
