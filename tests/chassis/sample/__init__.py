"""A service of two tables, to try the chassis on: it owns the schema `sample`."""
