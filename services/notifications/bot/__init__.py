"""The chat as a door: commands and buttons come in, and a person's habits are kept for them."""
