"""Files that people bring and take with them: those of this product, and of other trackers."""
