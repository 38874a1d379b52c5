"""Which processes may call which rpc: the one list of it, and what is not on it is refused.

A process is known by its certificate, so this holds over mutual TLS. Over a unix socket every
process of the mesh is the same user, and the kernel could tell a server no more than that user and
a process id (SO_PEERCRED): there the mode of the folder, 0700, decides who calls at all.

A call of an rpc in the code of a process has to be listed here, and nothing more than those: a
house test compares the two. The operator's tools are beside them: whoever runs the mesh may make a
certificate with this name, and call what people may with a person's token.
"""

from collections.abc import Mapping

EDGE = "edge"
NOTIFICATIONS = "notifications"
"""The bot."""
ANALYTICS = "analytics"
"""The rebuild of its read model, and what applying a recommendation changes."""
OPERATOR = "operator"
"""Tools of whoever runs the mesh; there is no certificate of this name unless it is made."""

_PEERS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "contracts.auth.v1.AuthService": {
        "Register": (EDGE,),
        "Login": (EDGE, OPERATOR),
        "RefreshSession": (EDGE, OPERATOR),
        "Logout": (EDGE, OPERATOR),
        "LogoutAll": (EDGE,),
        "GetKeySet": (EDGE, OPERATOR),
        "GetAccount": (EDGE, NOTIFICATIONS, OPERATOR),
        "UpdateAccount": (EDGE, NOTIFICATIONS),
        "DeleteAccount": (EDGE, NOTIFICATIONS),
        "ExchangeToken": (NOTIFICATIONS, ANALYTICS),
    },
    "contracts.auth.v1.CredentialService": {
        "ChangePassword": (EDGE,),
        "ChangeEmail": (EDGE,),
        "SetCredentials": (EDGE,),
        "CreateChatAccount": (NOTIFICATIONS,),
        "CreateSignInCode": (EDGE, NOTIFICATIONS),
        "SignInWithCode": (EDGE,),
    },
    "contracts.auth.v1.SessionService": {
        "ListSessions": (EDGE,),
        "DeleteSession": (EDGE,),
    },
    "contracts.auth.v1.PersonalTokenService": {
        "ListPersonalTokens": (EDGE,),
        "CreatePersonalToken": (EDGE,),
        "DeletePersonalToken": (EDGE,),
        "ExchangePersonalToken": (EDGE,),
    },
    "contracts.auth.v1.AccountEventService": {
        "ListAccountEvents": (EDGE,),
    },
    "contracts.auth.v1.OidcService": {
        "GetSignInMethods": (EDGE,),
        "StartOidcSignIn": (EDGE,),
        "FinishOidcSignIn": (EDGE,),
    },
    "contracts.auth.v1.ProxySignInService": {
        "SignInByProxy": (EDGE,),
        "LinkProxyUser": (EDGE,),
    },
    "contracts.habits.v1.HabitService": {
        "CreateHabit": (EDGE, NOTIFICATIONS, OPERATOR),
        "GetHabit": (EDGE, NOTIFICATIONS, ANALYTICS, OPERATOR),
        "ListHabits": (EDGE, NOTIFICATIONS, OPERATOR),
        "UpdateHabit": (EDGE, NOTIFICATIONS, ANALYTICS, OPERATOR),
        "DeleteHabit": (EDGE, NOTIFICATIONS, OPERATOR),
        "ArchiveHabit": (EDGE, NOTIFICATIONS, ANALYTICS, OPERATOR),
        "RestoreHabit": (EDGE, NOTIFICATIONS, ANALYTICS, OPERATOR),
        "OrderHabits": (EDGE, OPERATOR),
        "PreviewSchedule": (EDGE, OPERATOR),
        "CreatePause": (EDGE, NOTIFICATIONS, ANALYTICS, OPERATOR),
        "ListPauses": (EDGE, NOTIFICATIONS, ANALYTICS, OPERATOR),
        "DeletePause": (EDGE, NOTIFICATIONS, ANALYTICS, OPERATOR),
    },
    "contracts.habits.v1.CheckInService": {
        "CreateCheckIn": (NOTIFICATIONS, ANALYTICS, OPERATOR),
        "SetCheckIn": (NOTIFICATIONS, ANALYTICS, OPERATOR),
        "ClearCheckIn": (ANALYTICS, OPERATOR),
        "UndoCheckIn": (NOTIFICATIONS, OPERATOR),
        "BatchWriteCheckIns": (EDGE, OPERATOR),
        "ListCheckIns": (EDGE, ANALYTICS, OPERATOR),
        "ListChanges": (EDGE, NOTIFICATIONS, OPERATOR),
        "ExportCheckIns": (ANALYTICS, OPERATOR),
    },
    "contracts.habits.v1.ProgressService": {
        "GetProgress": (EDGE, NOTIFICATIONS, OPERATOR),
        "GetHistory": (EDGE, NOTIFICATIONS, OPERATOR),
        "GetToday": (EDGE, NOTIFICATIONS, OPERATOR),
        "GetPerson": (EDGE, NOTIFICATIONS, OPERATOR),
        "ListRevisions": (EDGE, NOTIFICATIONS, OPERATOR),
        "BatchCheckStateVersions": (EDGE, OPERATOR),
    },
    "contracts.habits.v1.ReminderService": {
        "SnoozeReminder": (EDGE, NOTIFICATIONS, OPERATOR),
    },
    "contracts.habits.v1.CalendarService": {
        "CreateCalendar": (EDGE, OPERATOR),
        "DeleteCalendar": (EDGE, OPERATOR),
        "GetCalendar": (EDGE, OPERATOR),
    },
    "contracts.habits.v1.DeltaService": {
        "GetDelta": (EDGE, OPERATOR),
    },
    "contracts.habits.v1.QuickLinkService": {
        "CreateQuickLink": (EDGE, OPERATOR),
        "ListQuickLinks": (EDGE, OPERATOR),
        "DeleteQuickLink": (EDGE, OPERATOR),
        "GetQuickLink": (EDGE, OPERATOR),
        "UseQuickLink": (EDGE, OPERATOR),
    },
    "contracts.habits.v1.ExportService": {
        "ExportData": (EDGE, NOTIFICATIONS, OPERATOR),
    },
    "contracts.habits.v1.ImportService": {
        "CreateImport": (EDGE, NOTIFICATIONS, OPERATOR),
        "UploadImportPart": (EDGE, NOTIFICATIONS, OPERATOR),
        "StartImport": (EDGE, NOTIFICATIONS, OPERATOR),
        "GetImport": (EDGE, NOTIFICATIONS, OPERATOR),
    },
    "contracts.analytics.v1.AnalyticsService": {
        "GetSummary": (EDGE, OPERATOR),
        "GetHeatmap": (EDGE, OPERATOR),
        "GetHabitInsights": (EDGE, OPERATOR),
        "ListRecommendations": (EDGE, NOTIFICATIONS, OPERATOR),
        "DismissRecommendation": (EDGE, NOTIFICATIONS, OPERATOR),
        "ListReports": (EDGE, OPERATOR),
        "GetReport": (EDGE, OPERATOR),
        "CreateReport": (EDGE, NOTIFICATIONS, OPERATOR),
        "RenderReportPicture": (EDGE, NOTIFICATIONS, OPERATOR),
        "RenderStatsPicture": (EDGE, NOTIFICATIONS, OPERATOR),
        "RenderHeatmapPicture": (EDGE, OPERATOR),
        "RenderStrengthPicture": (EDGE, OPERATOR),
        "WaitForRevisions": (EDGE, NOTIFICATIONS, OPERATOR),
        "GetRecommendationToApply": (EDGE, OPERATOR),
        "ApplyRecommendation": (EDGE, NOTIFICATIONS, OPERATOR),
        "UndoRecommendation": (EDGE, NOTIFICATIONS, OPERATOR),
    },
    "contracts.notifications.v1.MiniAppService": {
        "CreateMiniAppSignInCode": (EDGE,),
        "LinkMiniAppChat": (EDGE,),
    },
    "contracts.notifications.v1.NotificationService": {
        "CreateChatLink": (EDGE, OPERATOR),
        "GetChatLink": (EDGE, OPERATOR),
        "DeleteChatLink": (EDGE, OPERATOR),
        "GetPreferences": (EDGE, OPERATOR),
        "UpdatePreferences": (EDGE, OPERATOR),
        "ListDeliveries": (EDGE, OPERATOR),
    },
    "contracts.notifications.v1.PushService": {
        "GetPushChannel": (EDGE, OPERATOR),
        "UpsertPushSubscription": (EDGE, OPERATOR),
        "DeletePushSubscription": (EDGE, OPERATOR),
    },
    "contracts.notifications.v1.WebhookService": {
        "CreateWebhook": (EDGE, OPERATOR),
        "GetWebhook": (EDGE, OPERATOR),
        "ListWebhooks": (EDGE, OPERATOR),
        "UpdateWebhook": (EDGE, OPERATOR),
        "DeleteWebhook": (EDGE, OPERATOR),
        "RotateWebhookSecret": (EDGE, OPERATOR),
        "TestWebhook": (EDGE, OPERATOR),
        "ListWebhookDeliveries": (EDGE, OPERATOR),
        "ReplayWebhookDelivery": (EDGE, OPERATOR),
        "ReplayFailedWebhookDeliveries": (EDGE, OPERATOR),
    },
}


class PeersUnknown(LookupError):
    """An rpc is served that the list does not have."""


def allowed_peers(method: str) -> frozenset[str]:
    """Return the processes that may call a method, `/contracts.auth.v1.AuthService/Login`.

    Raises:
        PeersUnknown: The list does not have it.
    """
    _, service, name = method.split("/")
    try:
        return frozenset(_PEERS[service][name])
    except KeyError:
        raise PeersUnknown(
            f"Nobody may call {method}. Add it to chassis/rpc/peers.py with the processes that may."
        ) from None


def listed_methods() -> frozenset[str]:
    """Return every method on the list."""
    return frozenset(
        f"/{service}/{name}" for service, methods in _PEERS.items() for name in methods
    )
