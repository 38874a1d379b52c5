"""Summaries, heatmaps, recommendations and reports, over REST."""
