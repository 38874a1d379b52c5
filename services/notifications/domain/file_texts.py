"""The texts about exports and imports in the chat."""

from services.notifications.domain.i18n import mark

EXPORT_BEGINS = mark("📦 I am putting your file together…")
EXPORT_DONE = mark("📦 Here is your file.")
EXPORT_TOO_LARGE = mark(
    "Your file is over 50 MB, more than a bot may send. Try /export csv, which is packed, or "
    "export it in the app."
)
EXPORT_NOT_SENT = mark("Telegram did not take the file. Please try again in a moment.")
EXPORT_FORMAT_UNCLEAR = mark(
    "I can send your data as JSON, CSV or for Loop: “/export”, “/export csv” or “/export loop”."
)
JSON_CAPTION = mark(
    "All your habits, days and pauses. Send this file to me at any time, and I import it again."
)
CSV_CAPTION = mark("Your habits and days as tables for a spreadsheet.")
LOOP_CAPTION = mark("A database for Loop Habit Tracker: choose “Import data” there.")
FILE_TOO_LARGE = mark(
    "That file is over 20 MB, more than a bot can receive. Import it in the app, or split it."
)
FILE_LOST = mark("I cannot get that file any more. Please send it again.")
FILE_BEING_READ = mark("📄 I am reading the file. Nothing is imported yet…")
IMPORT_BEGINS = mark("📥 I am importing the file…")
IMPORT_CANCELED = mark("All right, nothing was imported.")

IMPORT_REFUSALS = {
    "IMPORT_FILE_UNKNOWN": mark(
        "I cannot import this kind of file. Send an export of mine, or of Loop Habit Tracker, "
        "beaverhabits, HabitTrove, Habo, HabitBull or Habitica."
    ),
    "IMPORT_FILE_BROKEN": mark(
        "I cannot read that file: it is damaged, or of another kind. Export it again, and send it "
        "unchanged."
    ),
    "IMPORT_FILE_TOO_LARGE": mark("There is too much in that file. Split it, or leave some out."),
    "IMPORT_FILE_TOO_NEW": mark(
        "The file is from a newer version of its program than I know. Export it there as CSV."
    ),
    "IMPORT_FILE_TOO_SLOW": mark("Reading the file takes too long. Split it, or export it again."),
    "IMPORT_TOO_MANY_ROWS": mark("The file holds more than 1000000 days of habits. Split it."),
    "IMPORT_EMPTY": mark("That file is empty. Send another one."),
    "IMPORT_RUNNING": mark("Another import of yours is running. Wait until it is done."),
    "IMPORT_INTERRUPTED": mark("The import was interrupted. Nothing was imported: try again."),
    "IMPORT_FAILED": mark("The import failed, and that is my fault. Nothing was imported."),
    "IMPORT_NOT_FOUND": mark("That import was too long ago. Send the file again."),
    "TOO_MANY_HABITS": mark("That would be more active habits than you may have. Archive some."),
}
