// What every part of the page stands on: its words, asking the hub, presses, and screens.
export const words = JSON.parse(document.getElementById("words").textContent);
export const locale = document.body.dataset.language === "zh_TW" ? "zh-TW" : "en";
export const digits = Number(document.body.dataset.exponent);
export const at = (id) => document.getElementById(id);
export const say = (key, values = {}) =>
  Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), words[key] ?? key);
export const state = { phone: "", challenge: "", registration: "", member: null, card: null, code: null };

export class Problem extends Error {
  constructor(code, text) {
    super(text);
    this.code = code;
  }
}

// Asking the hub

export async function exchange(method, path, body) {
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
  if (answer.ok) return { status: answer.status, body: answer.status === 204 ? null : await answer.json() };
  const problem = await answer.json().catch(() => ({ code: "INTERNAL_ERROR" }));
  const seconds = answer.headers.get("Retry-After") ?? "60";
  const minutes = Math.ceil(Number(seconds) / 60);
  throw new Problem(problem.code, words[problem.code] ? say(problem.code, { seconds, minutes }) : problem.title);
}

export async function ask(method, path, body) {
  return (await exchange(method, path, body)).body;
}

export async function allOf(path) {
  const items = [];
  let cursor = "";
  do {
    const page = await ask("GET", `${path}?limit=50${cursor && `&cursor=${cursor}`}`);
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor);
  return items;
}

// What goes wrong, and what was done

const whenSignedOut = [];

export function onSignedOut(work) {
  whenSignedOut.push(work);
}

export function signedOut() {
  for (const work of whenSignedOut) work();
  show("phone");
}

export function tell(problem) {
  const bar = at("problem");
  at("news").hidden = true;
  bar.hidden = problem === null || problem.code === "OFFLINE";
  bar.textContent = problem === null ? "" : problem.message;
  if (problem === null) return;
  if (problem.code === "UNAUTHENTICATED") signedOut();
  (bar.hidden ? at("offline") : bar).scrollIntoView({ block: "nearest" });
}

export function tellNews(text) {
  at("news").textContent = text;
  at("news").hidden = false;
}

// One press, one request: the button, and those that stand together with it, are off until the answer is there.
// `work` is given whether the screen is still the one where the press was.
export function onPress(element, event, work) {
  element.addEventListener(event, async (happened) => {
    happened.preventDefault();
    const group = element.closest("[data-together]") ?? element;
    const buttons = group.tagName === "BUTTON" ? [group] : [...group.querySelectorAll("button")];
    if (buttons.some((button) => button.disabled)) return;
    const [from, focused] = [turn, document.activeElement];
    for (const button of buttons) button.disabled = true;
    tell(null);
    try {
      await work(() => turn === from);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      tell(problem);
    } finally {
      for (const button of buttons) button.disabled = false;
      if (turn === from && !at("main").contains(document.activeElement)) focused?.focus({ preventScroll: true });
    }
  });
}

// Screens

const screens = [...document.querySelectorAll(".screen")];
const whenLeft = {};
let turn = 0;
let timers = [];

export function onLeaving(name, work) {
  whenLeft[name] = work;
}

export function show(name) {
  turn += 1;
  stopTimers();
  for (const screen of screens) {
    if (!screen.hidden && screen.id !== name) whenLeft[screen.id]?.();
    screen.hidden = screen.id !== name;
  }
  const shown = at(name);
  at("sign-out").hidden = shown.hasAttribute("data-outside");
  (shown.querySelector("[data-first]") ?? shown.querySelector("h1")).focus();
  window.scrollTo(0, 0);
}

// Ask, draw, show. Whoever went elsewhere while the hub was asked stays there.
export async function visit(name, asked, draw) {
  const from = turn;
  const found = await asked();
  if (turn !== from) return;
  draw(found);
  show(name);
}

export function stopTimers() {
  timers.forEach(clearInterval);
  timers = [];
}

export function every(milliseconds, work) {
  timers.push(setInterval(work, milliseconds));
  work();
}
