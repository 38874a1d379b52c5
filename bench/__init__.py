"""What is measured, and the references it is measured against: `python -m bench`."""
