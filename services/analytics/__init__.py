"""Says what the days add up to: summaries, heatmaps, reports, recommendations.

Owns a read model of habits, days and pauses, and the reports and advice made from it.
Says ReportReady. Hears the facts of habits, auth and the preferences of notifications.
"""
