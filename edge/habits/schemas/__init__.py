"""The JSON of habits: what bodies may hold and what answers hold, one file per noun."""
