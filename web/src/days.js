// Civil days are text, `YYYY-MM-DD`. Which one is today is said by the API, never by this clock.

const DAY = 86_400_000;
const millis = (/** @type {string} */ day) => Date.parse(`${day}T00:00Z`);

/** @param {string} day @param {number} count @returns {string} */
export const addDays = (day, count) => new Date(millis(day) + count * DAY).toISOString().slice(0, 10);

/** @param {string} from @param {string} to */
export const daysBetween = (from, to) => Math.round((millis(to) - millis(from)) / DAY);

/** @param {string} day @returns {number} 0 for Monday to 6 for Sunday */
export const weekdayOf = (day) => (new Date(millis(day)).getUTCDay() + 6) % 7;

/**
 * The first day of the week that holds a day.
 * @param {string} day
 * @param {number} weekStart 0 for Monday to 6 for Sunday
 */
export const startOfWeek = (day, weekStart) => addDays(day, -((weekdayOf(day) - weekStart + 7) % 7));
