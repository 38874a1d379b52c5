"""The bot's dispatcher: routers in the order in which they are tried, middleware, stored states."""

from services.notifications.bot.context import BotServices, PersonMiddleware, is_linked
from services.notifications.bot.routers import (
    account,
    data,
    fallback,
    habit_edits,
    habits,
    linking,
    new,
    pauses,
    plain,
    reminders,
    settings,
    start,
    stats,
    tips,
    today,
)
from services.notifications.cache import CONVERSATION_LIFETIME
from services.notifications.telegram.library import (
    DefaultKeyBuilder,
    Dispatcher,
    RedisStorage,
    Router,
)

STATE_PREFIX = "notifications:fsm"


def create_dispatcher(services: BotServices) -> Dispatcher:
    """Return aiogram's dispatcher. Conversations are stored in Redis and survive a restart."""
    storage = RedisStorage(
        services.cache.redis,
        key_builder=DefaultKeyBuilder(prefix=STATE_PREFIX),
        state_ttl=CONVERSATION_LIFETIME,
        data_ttl=CONVERSATION_LIFETIME,
    )
    dispatcher = Dispatcher(storage=storage, services=services)
    middleware = PersonMiddleware(services)
    dispatcher.message.outer_middleware(middleware)
    dispatcher.callback_query.outer_middleware(middleware)
    linked = Router(name="linked")
    linked.message.filter(is_linked)
    linked.callback_query.filter(is_linked)
    linked.include_routers(
        today.create_router(),
        data.create_router(),
        new.create_router(),
        habit_edits.create_router(),
        habits.create_router(),
        pauses.create_router(),
        stats.create_router(),
        tips.create_router(),
        settings.create_router(),
        reminders.create_router(),
        plain.create_router(),
    )
    dispatcher.include_routers(
        start.create_router(),
        linking.create_router(),
        account.create_router(),
        linked,
        fallback.create_router(),
    )
    return dispatcher
