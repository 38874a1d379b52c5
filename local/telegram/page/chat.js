"use strict";
// This page is a person's side of the chat. Everything it shows comes as one state over
// server-sent events; everything it does goes through /control/. Words are only ever set as
// text, never as HTML.
const at = (id) => document.getElementById(id);
const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};
let state = { bot: {}, chats: [] };
let awaited = null;
let chosen = Number(sessionStorage.getItem("chat")) || null;
let invitation = new URLSearchParams(location.search).get("start");

async function ask(method, path, body) {
  const answer = await fetch(`/control/${path}`, {
    method,
    headers: body && { "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.status === 204 ? null : answer.json();
}

const chatPath = async (path) => `chats/${await chatToUse()}/${path}`;

async function shareLocation() {
  const asked = window.prompt("Latitude, longitude", "52.52, 13.40");
  const [latitude, longitude] = (asked ?? "").split(",").map(Number);
  if (!asked || Number.isNaN(latitude) || Number.isNaN(longitude)) return;
  await ask("POST", await chatPath("location"), { latitude, longitude });
}

async function sendFile(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  await ask("POST", await chatPath("files"), { name: file.name, content: btoa(text) });
}

function toast(words) {
  at("toast").textContent = words;
  at("toast").classList.add("shown");
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => at("toast").classList.remove("shown"), 3500);
}

function choose(id) {
  chosen = awaited = id;
  sessionStorage.setItem("chat", id);
  draw();
  at("words").focus();
}

async function chatToUse() {
  if (!current()) choose((await ask("POST", "chats", { first_name: "You" })).id);
  return chosen;
}

const current = () => state.chats.find((chat) => chat.id === chosen);

async function say(words) {
  const link = words.trim().match(/^(?:https?:\/\/)?(?:t|telegram)\.me\/\w+\?start=([\w-]+)$/);
  await ask("POST", `chats/${await chatToUse()}/messages`,
            { text: link ? `/start ${link[1]}` : words });
}

const busy = new Set(); // buttons that wait for the bot; the page is drawn anew meanwhile
const keyOf = (chat, message, data) => `${chat}/${message}/${data}`;

async function press(chat, message, data) {
  busy.add(keyOf(chat, message, data));
  draw();
  try {
    const { query_id } = await ask("POST", `chats/${chat}/messages/${message}/press`, { data });
    for (let tries = 0; tries < 100; tries += 1) {
      const answer = await ask("GET", `answers/${query_id}`);
      if (answer.answered) {
        if (answer.show_alert) alert(answer.text); else if (answer.text) toast(answer.text);
        return;
      }
      await new Promise((done) => setTimeout(done, 100));
    }
    toast("The bot did not answer. Is it running?");
  } catch (error) {
    toast(error.message);
  } finally {
    busy.delete(keyOf(chat, message, data));
    draw();
  }
}

// Entities count UTF-16 units, as JavaScript's strings do.
const LOOKS = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", spoiler: "span", text_link: "a",
};
function dressed(text, entities, from = 0, to = text.length) {
  const parts = document.createDocumentFragment();
  let next = from;
  entities.forEach((entity, index) => {
    const end = entity.offset + entity.length;
    if (entity.offset < next || end > to) return;
    parts.append(text.slice(next, entity.offset));
    const element = make(LOOKS[entity.type] ?? "span", {
      className: entity.type === "spoiler" ? "spoiler" : "",
    });
    if (/^https?:/.test(entity.url ?? "")) {
      Object.assign(element, { href: entity.url, target: "_blank", rel: "noopener" });
    }
    element.append(dressed(text, entities.slice(index + 1), entity.offset, end));
    parts.append(element);
    next = end;
  });
  parts.append(text.slice(next, to));
  return parts;
}

function drawnMessage(chat, message) {
  const bubble = make("div", { className: "bubble" });
  if (message.forwarded) bubble.append(make("span", { className: "origin" }, "Forwarded"));
  if (message.reply_to) {
    bubble.append(make("span", { className: "answered" }, message.reply_to));
  }
  if (message.location) {
    const { latitude, longitude } = message.location;
    bubble.append(`📍 ${latitude.toFixed(2)}, ${longitude.toFixed(2)}`);
  }
  const file = message.file && `/files/${message.file.id}`;
  if (file && message.is_photo) bubble.append(make("img", { src: file, alt: message.file.name }));
  else if (file) bubble.append(make("a", { href: file, download: message.file.name },
                                    `📎 ${message.file.name}`), "\n");
  const clock = new Date(message.date * 1000)
    .toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  bubble.append(dressed(message.text, message.entities),
                make("time", {}, message.edited ? `edited ${clock}` : clock));
  const rows = message.buttons.map((row) => make("div", { className: "row" },
    ...row.map((one) => {
      if (one.url) return make("a", { href: one.url, target: "_blank", rel: "noopener" }, one.text);
      const button = make("button", { type: "button" }, one.text);
      button.onclick = () => press(chat.id, message.message_id, one.data);
      if (busy.has(keyOf(chat.id, message.message_id, one.data))) {
        button.setAttribute("aria-busy", "true");
      }
      return button;
    })));
  return make("div", { className: `message ${message.from}` }, bubble, ...rows);
}

function draw() {
  // A chat that was just made is chosen before the server tells of it.
  if (!current() && (chosen === null || chosen !== awaited) && state.chats.length) chosen = state.chats.at(-1).id;
  const chat = current();
  at("bot").textContent = state.bot.first_name ?? "…";
  at("chats").replaceChildren(...state.chats.map((one) => {
    const button = make("button", { type: "button", onclick: () => choose(one.id) },
      one.first_name, make("small", {}, one.messages.at(-1)?.text ?? "no message yet"));
    if (one === chat) button.setAttribute("aria-current", "true");
    return button;
  }));
  const box = at("chat");
  const wasAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
  box.replaceChildren(...(chat?.messages.length
    ? chat.messages.map((message) => drawnMessage(chat, message))
    : [make("p", { className: "empty" }, chat?.description ||
        "Nobody has written yet. Send /start, or paste a link from POST /v1/telegram/link: " +
        "the bot then knows who you are.")]));
  if (wasAtEnd || draw.chat !== chosen) box.scrollTop = box.scrollHeight;
  draw.chat = chosen;
  at("commands").replaceChildren(...(chat?.commands ?? []).map(({ command, description }) =>
    make("button", { type: "button", title: description, onclick: () => act(`/${command}`) },
      `/${command}`)));
  at("menu").hidden = !chat?.commands.length;
  at("keyboard").replaceChildren(...(chat?.keyboard ?? []).map((row) =>
    make("div", { className: "row" }, ...row.map((one) => make("button", {
      type: "button",
      onclick: () => (one.location ? shareLocation().catch(show) : act(one.text)),
    }, one.text)))));
  drawLine(chat);
  at("start").hidden = !invitation;
  at("composer").hidden = Boolean(invitation);
}

const show = (error) => toast(error.message);
const act = (words) => say(words).catch(show);

// What the bot is doing ends by itself after five seconds, without an event.
const ACTIONS = { typing: "typing…", upload_photo: "sending a picture…",
                  upload_document: "sending a file…" };
let connected = false;
function drawLine(chat) {
  const idle = "bot · plays Telegram on this machine";
  const words = chat?.action ? ACTIONS[chat.action] ?? "busy…" : idle;
  at("line").textContent = connected ? words : "connection lost, trying again";
  clearTimeout(drawLine.timer);
  if (chat?.action) drawLine.timer = setTimeout(() => drawLine(null), 5000);
}

at("attach").onclick = () => at("file").click();
at("file").onchange = async () => {
  const [file] = at("file").files;
  at("file").value = "";
  if (file) await sendFile(file).catch(show);
};

at("composer").onsubmit = (event) => {
  event.preventDefault();
  const words = at("words").value;
  at("words").value = "";
  if (words.trim()) act(words);
};
at("newcomer").onsubmit = async (event) => {
  event.preventDefault();
  const first_name = at("name").value.trim();
  at("name").value = "";
  if (first_name) choose((await ask("POST", "chats", {
    first_name, language_code: at("language").value,
  })).id);
};
at("start").onclick = async () => {
  const words = `/start ${invitation}`;
  invitation = null;
  history.replaceState(null, "", "/");
  await act(words);
  draw();
};

const events = new EventSource("/control/events");
events.onopen = () => { connected = true; drawLine(current()); };
events.onerror = () => { connected = false; drawLine(current()); };
events.onmessage = (event) => { state = JSON.parse(event.data); draw(); };
