"""The semantic layer: words of three languages, the concepts that they name, and the columns that these are."""
