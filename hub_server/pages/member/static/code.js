// A payment code on the screen. Its plaintext lives in this tab's session storage alone, and is erased when the
// code is used, replaced, revoked or expired. There is no service worker, and nothing is cached.
import { ask, at, every, onPress, onSignedOut, Problem, say, show, state, stopTimers, tell, words } from "./page.js";
import { openCards } from "./cards.js";
import { cardName, money } from "./wording.js";

const KEPT = "mps-code";
const STANDING_EVERY_MS = 2000;

export function kept() {
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

onSignedOut(() => {
  sessionStorage.removeItem(KEPT);
  at("qr").replaceChildren();
  Object.assign(state, { member: null, card: null, code: null, registration: "", challenge: "" });
});

export function draw(place, svg) {
  const drawing = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  place.replaceChildren(document.importNode(drawing, true));
}

// A good code is shown again, never made anew: the hub cannot show an old one a second time.
export async function openCode(card, isHere) {
  const good = kept()[card.card_id];
  if (good) return showCode(card, good);
  const made = await ask("POST", `/m/cards/${card.card_id}/code`);
  // By the hub's own time: a phone's clock may be wrong.
  const life_ms = Date.parse(made.expires_at) - Date.parse(made.hub_time);
  const { code: text, code_ref, svg } = made;
  const code = { text, code_ref, svg, card, life_ms, until_ms: Date.now() + life_ms };
  keep(card, code);
  if (isHere()) showCode(card, code);
}

export function showCode(card, code) {
  Object.assign(state, { card, code });
  at("code-card").textContent = cardName(card);
  draw(at("qr"), code.svg);
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
onPress(at("new-code"), "click", (isHere) => openCode(state.card, isHere));
onPress(at("back"), "click", openCards);
