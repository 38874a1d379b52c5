"""The use cases of auth: one function for each command and query, one module for each subject."""
