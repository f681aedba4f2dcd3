// The member's page. The plaintext of a payment code lives in this tab's session storage alone, and is erased
// when the code is used, replaced, revoked or expired. There is no service worker, and nothing is cached.
"use strict";

const words = JSON.parse(document.getElementById("words").textContent);
const { exponent, language } = document.body.dataset;
const locale = language === "zh_TW" ? "zh-TW" : "en";
const KEPT = "mps-code";
const STANDING_EVERY_MS = 2000;
const SCREENS = ["loading", "phone", "otp", "name", "cards", "code"];

const at = (id) => document.getElementById(id);
const say = (key, values = {}) =>
  Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), words[key] ?? key);
const state = { phone: "", challenge: "", registration: "", card: null, code: null, timers: [] };

class Problem extends Error {
  constructor(code, text) {
    super(text);
    this.code = code;
  }
}

// Asking the hub

async function ask(method, path, body) {
  const headers = { "Accept-Language": locale };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path, { method, headers, body: body && JSON.stringify(body), cache: "no-store" });
  } catch {
    at("offline").hidden = false;
    throw new Problem("OFFLINE", words.offline);
  }
  at("offline").hidden = true;
  if (answer.ok) return answer.status === 204 ? null : answer.json();
  const problem = await answer.json().catch(() => ({ code: "INTERNAL_ERROR" }));
  const seconds = answer.headers.get("Retry-After") ?? "60";
  throw new Problem(problem.code, words[problem.code] ? say(problem.code, { seconds }) : problem.title);
}

function tell(problem) {
  const bar = at("problem");
  bar.hidden = problem === null || problem.code === "OFFLINE";
  bar.textContent = problem === null ? "" : problem.message;
  if (problem !== null && problem.code === "UNAUTHENTICATED") {
    forget();
    show("phone");
  }
}

// One press, one request: the button is off until the answer is there.
function onPress(element, event, work) {
  element.addEventListener(event, async (happened) => {
    happened.preventDefault();
    const button = element.tagName === "FORM" ? element.querySelector("button") : element;
    if (button.disabled) return;
    button.disabled = true;
    tell(null);
    try {
      await work();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      tell(problem);
    } finally {
      button.disabled = false;
    }
  });
}

function show(name) {
  stopTimers();
  for (const screen of SCREENS) at(screen).hidden = screen !== name;
  at("sign-out").hidden = !["cards", "code"].includes(name);
  at(name).querySelector("input")?.focus();
  window.scrollTo(0, 0);
}

function stopTimers() {
  state.timers.forEach(clearInterval);
  state.timers = [];
}

function every(milliseconds, work) {
  state.timers.push(setInterval(work, milliseconds));
  work();
}

// Signing in

async function sendCode() {
  const sent = await ask("POST", "/api/v1/auth/otp", { phone: state.phone });
  state.challenge = sent.challenge_id;
  at("otp-sent").textContent = say("otp_sent", { phone: state.phone });
  at("otp-input").value = "";
  show("otp");
  const from = Date.now() + sent.resend_in * 1000;
  every(1000, () => {
    const seconds = Math.ceil((from - Date.now()) / 1000);
    at("resend").disabled = seconds > 0;
    at("resend").textContent = seconds > 0 ? say("resend_wait", { seconds }) : words.resend;
  });
}

onPress(at("phone-form"), "submit", async () => {
  state.phone = at("phone-input").value.trim();
  if (!state.phone) throw new Problem("PHONE_INVALID", words.PHONE_INVALID);
  await sendCode();
});

onPress(at("otp-form"), "submit", async () => {
  const code = at("otp-input").value.normalize("NFKC").trim();
  if (!/^[0-9]{6}$/.test(code)) throw new Problem("OTP_INVALID", words.OTP_INVALID);
  const signedIn = await ask("POST", "/m/session", { challenge_id: state.challenge, code });
  if (signedIn.is_member) return openCards();
  state.registration = signedIn.registration_token;
  show("name");
});

onPress(at("name-form"), "submit", async () => {
  const name = at("name-input").value.trim();
  if (!name) throw new Problem("INVALID_REQUEST", words.INVALID_REQUEST);
  await ask("POST", "/m/registration", { registration_token: state.registration, name });
  state.registration = "";
  await openCards();
});

at("resend").addEventListener("click", () => sendCode().catch(tell));
at("other-phone").addEventListener("click", () => {
  tell(null);
  show("phone");
});

onPress(at("sign-out"), "click", async () => {
  await ask("POST", "/api/v1/auth/logout");
  forget();
  show("phone");
});

// Cards

function money(minor, currency) {
  const digits = Number(exponent);
  const amount = (Math.abs(minor) / 10 ** digits).toLocaleString(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `${minor < 0 ? "-" : ""}${amount} ${currency}`;
}

function discount(rate) {
  if (rate === 10000) return "";
  const fold = rate % 1000 === 0 ? rate / 1000 : rate / 100;
  return say("discount", { fold, percent: (10000 - rate) / 100 });
}

function drawCard(card) {
  const drawn = at("card-template").content.cloneNode(true);
  const part = (name) => drawn.querySelector(name);
  part(".card").dataset.type = card.card_type;
  part(".card").dataset.cardNo = card.card_no;
  part(".card-type").textContent = words[`card_${card.card_type}`];
  const hasTier = ["standard", "prepaid"].includes(card.card_type);
  part(".card-tier").textContent = hasTier ? (words[`tier_${card.tier}`] ?? card.tier) : "";
  part(".card-no").textContent = card.card_no;
  part(".card-balance").textContent = money(card.balance, card.currency);
  part(".card-points").textContent = card.points.toLocaleString(locale);
  part(".card-points").parentElement.hidden = !hasTier; // points and tiers go together
  const isActive = card.status === "active";
  const mayPay = isActive && card.role !== "viewer";
  const note = isActive ? discount(card.rate) : words[`status_${card.status}`];
  part(".card-note").textContent = card.role === "viewer" && isActive ? words.viewer : note;
  part(".card-show").hidden = !mayPay;
  onPress(part(".card-show"), "click", () => openCode(card));
  return drawn;
}

function drawMovement(item) {
  const row = document.createElement("li");
  const what = document.createElement("span");
  const when = document.createElement("small");
  const amount = document.createElement("span");
  what.textContent = words[`kind_${item.type}`] ?? item.type;
  const moment = new Date(item.completed_at).toLocaleString(locale, { dateStyle: "medium", timeStyle: "short" });
  when.textContent = `${moment}\n${item.card_no} · ${item.tx_no}`;
  amount.className = "amount";
  amount.textContent = money(item.balance_change, item.currency);
  row.append(what, amount, when);
  return row;
}

async function allOf(path) {
  const items = [];
  let cursor = "";
  do {
    const page = await ask("GET", `${path}?limit=50${cursor && `&cursor=${cursor}`}`);
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor);
  return items;
}

async function openCards() {
  const [member, cards, movements] = await Promise.all([
    ask("GET", "/api/v1/me"),
    allOf("/api/v1/me/cards"),
    ask("GET", "/api/v1/me/transactions?limit=10"),
  ]);
  const nothing = (text) => Object.assign(document.createElement("p"), { className: "hint", textContent: text });
  at("hello").textContent = say("hello", { name: member.name });
  at("card-list").replaceChildren(...(cards.length ? cards.map(drawCard) : [nothing(words.no_cards)]));
  const rows = movements.items.map(drawMovement);
  if (!rows.length) {
    const row = document.createElement("li");
    row.textContent = words.no_history;
    rows.push(row);
  }
  at("history-list").replaceChildren(...rows);
  show("cards");
}

// The code

function kept() {
  const codes = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
  for (const [card, code] of Object.entries(codes)) {
    if (code.until_ms <= Date.now()) delete codes[card];
  }
  return codes;
}

function keep(card, code) {
  const codes = kept();
  if (code === null) delete codes[card.card_id];
  else codes[card.card_id] = code;
  if (Object.keys(codes).length) sessionStorage.setItem(KEPT, JSON.stringify(codes));
  else sessionStorage.removeItem(KEPT);
}

function forget() {
  sessionStorage.removeItem(KEPT);
  at("qr").replaceChildren();
  Object.assign(state, { card: null, code: null, registration: "", challenge: "" });
}

// A good code is shown again, never made anew: the hub cannot show an old one a second time.
async function openCode(card) {
  const good = kept()[card.card_id];
  if (good) return showCode(card, good);
  const made = await ask("POST", `/m/cards/${card.card_id}/code`);
  // By the hub's own time: a phone's clock may be wrong.
  const life_ms = Date.parse(made.expires_at) - Date.parse(made.hub_time);
  const { code: text, code_ref, svg } = made;
  const code = { text, code_ref, svg, card, life_ms, until_ms: Date.now() + life_ms };
  keep(card, code);
  showCode(card, code);
}

function showCode(card, code) {
  Object.assign(state, { card, code });
  at("code-card").textContent = `${words[`card_${card.card_type}`]} ${card.card_no}`;
  const drawing = new DOMParser().parseFromString(code.svg, "image/svg+xml").documentElement;
  at("qr").replaceChildren(document.importNode(drawing, true));
  at("code-live").hidden = false;
  at("code-over").hidden = true;
  show("code");
  every(1000, countDown);
  every(STANDING_EVERY_MS, lookAtStanding);
}

function countDown() {
  const left = state.code.until_ms - Date.now();
  if (left <= 0) return endCode("expired");
  const seconds = Math.ceil(left / 1000);
  const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  at("code-time").textContent = say("expires_in", { time });
  at("code-left").value = left / state.code.life_ms;
}

async function lookAtStanding() {
  const watched = state.code;
  try {
    const standing = await ask("GET", `/m/codes/${watched.code_ref}`);
    if (state.code === watched && standing.state !== "live") endCode(standing.state, standing);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (problem.code === "UNAUTHENTICATED") tell(problem);
  }
}

function endCode(how, standing = {}) {
  const card = state.card;
  stopTimers();
  keep(card, null);
  state.code = null;
  at("qr").replaceChildren();
  at("code-live").hidden = true;
  at("code-over").hidden = false;
  const end = at("code-end");
  end.classList.toggle("paid", how === "consumed");
  end.textContent = words[`code_${how}`];
  if (standing.paid !== undefined) {
    end.textContent = `✓ ${words.paid}\n${money(standing.paid, standing.currency)}`;
  }
}

onPress(at("revoke"), "click", async () => {
  const { code_ref: revoked } = state.code;
  await ask("DELETE", `/api/v1/me/cards/${state.card.card_id}/payment-code`);
  // It may have been used a moment before: the hub says how it ended.
  const standing = await ask("GET", `/m/codes/${revoked}`);
  if (state.code?.code_ref === revoked) endCode(standing.state, standing);
});
onPress(at("new-code"), "click", () => openCode(state.card));
onPress(at("back"), "click", openCards);

// Beginning: the code that was on the screen comes back, else the cards, else signing in.
async function begin() {
  try {
    await ask("GET", "/api/v1/me");
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    const codes = Object.values(kept());
    if (problem.code === "OFFLINE" && codes.length) return showCode(codes[0].card, codes[0]);
    if (problem.code !== "UNAUTHENTICATED") tell(problem);
    else forget();
    return show("phone");
  }
  const [good] = Object.values(kept());
  if (good) return showCode(good.card, good);
  return openCards();
}

begin().catch(tell);
