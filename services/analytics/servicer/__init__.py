"""The gRPC servicer of analytics."""

from services.analytics.servicer.analytics import AnalyticsServicer

__all__ = ["AnalyticsServicer"]
