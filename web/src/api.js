// Calls of the REST API. The access token lives in memory only; the refresh token is a cookie that
// no script can read. An expired token is refreshed once, by one tab at a time.

/** @type {{refusals: Record<string, string>, unreachable: string}} sentences in the person's language */
let spoken = { refusals: {}, unreachable: "" };

/**
 * Say in these words what goes wrong: refusals by their reason, and that there is no answer.
 * @param {typeof spoken} sentences a refusal that is not there is told as the API says it
 */
export function speakErrors(sentences) {
  spoken = sentences;
}

/** A refusal of the API (RFC 9457). */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {{reason?: string, detail?: string, errors?: {field: string, message: string}[]}} problem
   * @param {number} wait seconds to wait before the next try; 0 when it would not help
   */
  constructor(status, problem, wait = 0) {
    super(spoken.refusals[problem.reason ?? ""] || problem.detail || `HTTP ${status}`);
    this.status = status;
    this.reason = problem.reason || "";
    this.errors = problem.errors || [];
    this.wait = wait;
  }
}

/** The API could not be reached, or answered that it is not able to at the moment. */
export class Unreachable extends Error {}

const REFRESHABLE = new Set(["ACCESS_TOKEN_EXPIRED", "ACCESS_TOKEN_MISSING", "ACCESS_TOKEN_INVALID"]);
const SESSION = "/v1/web/session";
const TIMEOUT = 15_000;
const EARLY_IS_GOOD_FOR = 10_000;

let accessToken = "";
/** @type {{time: number, session: Promise<any>, today: Promise<any>} | null} */
let begun = null;
/** Inside Telegram the session has a cookie of its own. */
let embedded = "";
/** @type {Promise<any> | null} */
let refreshing = null;
/** @type {() => void} */
let onSignedOut = () => undefined;

/**
 * Call a function when the session turns out to be over.
 * @param {() => void} listener
 */
export function whenSignedOut(listener) {
  onSignedOut = listener;
}

/** Use the session of a page inside Telegram from now on. */
export function embed() {
  embedded = "?embedded=true";
}

/**
 * Send one request; return its answer as JSON, or null when it has none.
 * @param {string} method
 * @param {string} path
 * @param {{body?: any, headers?: Record<string, string>, timeout?: number, as?: "json" | "blob" | "response", keepalive?: boolean}} [options]
 *   `keepalive` lets the request outlive the page
 * @returns {Promise<any>}
 * @throws {ApiError} when the API refuses
 * @throws {Unreachable} when there is no answer
 */
export async function call(method, path, options = {}) {
  if (!accessToken && refreshing && !path.startsWith(SESSION)) await refreshing.catch(() => undefined);
  let answer = await send(method, path, options);
  if (answer.status === 401 && REFRESHABLE.has((await problemOf(answer.clone())).reason)) {
    await refresh();
    answer = await send(method, path, options);
  }
  if (!answer.ok) {
    const error = await errorOf(answer);
    if (answer.status === 401 && !path.startsWith("/v1/auth") && !path.startsWith(SESSION)) endHere();
    throw error;
  }
  if (options.as === "response") return answer;
  if (options.as === "blob") return answer.blob();
  return answer.status === 204 ? null : answer.json();
}

/** @param {string} path @param {any} [options] */
export const get = (path, options) => call("GET", path, options);
/** @param {string} path @param {any} [body] @param {any} [options] */
export const post = (path, body, options) => call("POST", path, { ...options, body });
/** @param {string} path @param {any} body */
export const put = (path, body) => call("PUT", path, { body });
/** @param {string} path @param {any} body @param {Record<string, string>} [headers] */
export const patch = (path, body, headers) => call("PATCH", path, { body, headers });
/** @param {string} path @param {any} [body] @param {any} [options] */
export const remove = (path, body, options) => call("DELETE", path, { ...options, body });

/**
 * All items of a list, page by page.
 * @param {string} path
 * @param {number} [most] how many at most
 * @returns {Promise<any[]>}
 */
export async function all(path, most = 1000) {
  const items = [];
  let token = "";
  do {
    const mark = path.includes("?") ? "&" : "?";
    const next = token ? `&page_token=${encodeURIComponent(token)}` : "";
    const page = await get(`${path}${mark}page_size=200${next}`);
    items.push(...page.items);
    token = page.next_page_token;
  } while (token && items.length < most);
  return items;
}

/** @returns {string} a new UUID; `crypto.randomUUID` is there with https only, and some homes have none */
export function newKey() {
  const digit = (/** @type {string} */ one) =>
    (Number(one) ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (Number(one) / 4)))).toString(16);
  return "10000000-1000-4000-8000-100000000000".replace(/[018]/g, digit);
}

/**
 * The key of an attempt: the same while nothing is changed, so that a lost answer makes no second habit.
 * @param {{current: {text: string, key: string}}} attempt
 * @param {any} body
 */
export function keyOf(attempt, body) {
  const text = JSON.stringify(body);
  if (attempt.current.text !== text) attempt.current = { text, key: newKey() };
  return attempt.current.key;
}

/**
 * Begin a session: with a password, a new account, a code, an OpenID provider, or a launch by Telegram.
 * @param {"" | "/register" | "/code" | "/oidc" | "/telegram"} way
 * @param {any} body
 * @returns {Promise<any>} the person
 */
export async function signIn(way, body) {
  return (await beginSession(way, body)).user;
}

/**
 * Ask for the session of this browser, and then for the day, while the other modules are on their way:
 * the page names this one first.
 */
function begin() {
  const session = refresh();
  const today = session.then(() => get("/v1/today"));
  session.catch(() => undefined); // whoever asks for it is told
  begun = { time: performance.now(), session, today: today.catch(() => null) };
}

/** @returns {Promise<any>} the day that was asked for in the beginning, once and while it is young; else null */
export async function takeToday() {
  const taken = begun;
  begun = null;
  return taken && performance.now() - taken.time < EARLY_IS_GOOD_FOR ? taken.today : null;
}

/**
 * Go on with the session of this browser.
 * @returns {Promise<any>} the person, or null when nobody is signed in
 */
export async function resume() {
  try {
    return (await (begun?.session ?? refresh())).user;
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    endHere(); // asked for early, it was refused before anybody listened
    return null;
  }
}

/** End the session of this browser. */
export async function signOut() {
  await call("DELETE", SESSION + embedded);
  accessToken = "";
}

function refresh() {
  return (
    refreshing ??
    beginSession("/refresh").catch((error) => {
      if (error instanceof ApiError && error.status === 401) endHere();
      throw error;
    })
  );
}

/**
 * Get an access token and a cookie. Calls without a token wait for it: the cookie they would refresh by may have
 * ended with it.
 * @param {string} way
 * @param {any} [body]
 * @returns {Promise<any>} the session
 */
function beginSession(way, body) {
  const beginning = exclusively(async () => {
    const answer = await send("POST", SESSION + way + embedded, { body });
    if (!answer.ok) throw await errorOf(answer);
    const session = await answer.json();
    accessToken = session.access_token;
    return session;
  }).finally(() => {
    if (refreshing === beginning) refreshing = null;
  });
  refreshing = beginning;
  return beginning;
}

/**
 * Only one tab refreshes at a time: a rotated token is worth nothing to the next.
 * @param {() => Promise<any>} work
 */
function exclusively(work) {
  return navigator.locks ? navigator.locks.request("habits-session", work) : work();
}

function endHere() {
  accessToken = "";
  onSignedOut();
}

/**
 * @param {string} method
 * @param {string} path
 * @param {{body?: any, headers?: Record<string, string>, timeout?: number, keepalive?: boolean}} options
 */
async function send(method, path, { body, headers, timeout, keepalive }) {
  const isForm = body instanceof FormData;
  try {
    return await fetch(path, {
      method,
      credentials: "same-origin",
      cache: "no-store",
      keepalive,
      headers: {
        ...(accessToken && !path.startsWith("/v1/web/") ? { Authorization: `Bearer ${accessToken}` } : {}),
        ...(body === undefined || isForm ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      body: body === undefined || isForm ? body : JSON.stringify(body),
      signal: AbortSignal.timeout(timeout ?? TIMEOUT),
    });
  } catch (error) {
    throw new Unreachable(spoken.unreachable || String(error), { cause: error });
  }
}

/** @param {Response} answer */
async function problemOf(answer) {
  try {
    return await answer.json();
  } catch {
    return {};
  }
}

/** @param {Response} answer */
async function errorOf(answer) {
  if (answer.status === 502 || answer.status === 503 || answer.status === 504) {
    const { reason, detail } = await problemOf(answer);
    return new Unreachable(spoken.refusals[reason] || detail || spoken.unreachable || String(answer.status));
  }
  return new ApiError(answer.status, await problemOf(answer), Number(answer.headers.get("Retry-After")) || 0);
}

if (location.pathname === "/" && !location.hash.startsWith("#/sign-in")) begin();
