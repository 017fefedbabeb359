"""Questions to a database that nobody described: all that is known of it is what it says itself.

What the governed database has beside that (a vocabulary, verified examples, a semantic layer) is used outside of this
package; checking and running statements is the same for both.
"""
