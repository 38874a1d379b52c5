"""The analytics service: summaries, heatmaps, reports and recommendations.

Owns a read model of habits, days and pauses, and the reports and recommendations made from it.
Publishes ReportReady. Handles the events of habits and auth, and PreferencesChanged.
"""
