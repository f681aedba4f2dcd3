// Coming to a card: by an invitation's link, or by the card's number. An invitation leaves the address at once and
// lives in this tab's session storage until it is answered.
import { at, exchange, onPress, Problem, say, show, words } from "./page.js";
import { openCards } from "./cards.js";
import { askFirst, showOutcome } from "./questions.js";
import { roleName } from "./wording.js";

const KEPT = "mps-invitation";
const MARK = "#invitation=";
// After these the same question may be answered again; anything else is the hub's last word on the invitation.
const PASSING = ["OFFLINE", "UNAUTHENTICATED", "SYSTEM_BUSY", "RATE_LIMITED", "INTERNAL_ERROR"];

export function takeInvitation() {
  if (!location.hash.startsWith(MARK)) return false;
  const [invitation] = /^[\w-]*/.exec(location.hash.slice(MARK.length));
  history.replaceState(null, "", location.pathname + location.search);
  if (invitation) sessionStorage.setItem(KEPT, invitation);
  tellInvited();
  return invitation !== "";
}

export function forgetInvitation() {
  sessionStorage.removeItem(KEPT);
  tellInvited();
}

export function isInvited() {
  return sessionStorage.getItem(KEPT) !== null;
}

export function tellInvited() {
  at("invited").hidden = !isInvited();
}

// Where one comes to after signing in.
export function arrive() {
  if (!isInvited()) return openCards();
  return askFirst({
    title: words.join_title,
    text: words.join_text,
    yes: words.join,
    no: words.not_now,
    isDanger: false,
    onYes: takeUp,
    onNo: () => {
      forgetInvitation();
      return openCards();
    },
  });
}

async function takeUp() {
  let answer;
  try {
    answer = await exchange("POST", "/api/v1/me/bindings", { invitation: sessionStorage.getItem(KEPT) });
  } catch (problem) {
    if (!(problem instanceof Problem) || PASSING.includes(problem.code)) throw problem;
    forgetInvitation();
    return showOutcome({ title: words.not_joined, text: problem.message, isGood: false });
  }
  forgetInvitation();
  showBound(answer);
}

function showBound({ status, body: binding }) {
  const about = { card: binding.card_no, role: roleName(binding.role) };
  if (binding.requested_role) {
    const wished = roleName(binding.requested_role);
    return showOutcome({ title: words.waiting_title, text: say("waiting_text", { ...about, wished }), isGood: true });
  }
  if (status === 200) return showOutcome({ title: words.had_title, text: say("had_text", about), isGood: true });
  return showOutcome({ title: words.joined_title, text: say("joined_text", about), isGood: true });
}

// By number

onPress(at("add-card"), "click", () => {
  at("adding-form").reset();
  show("adding");
});

onPress(at("adding-form"), "submit", async (isHere) => {
  const typed = at("adding-number").value.normalize("NFKC").toUpperCase().replace(/[\s-]/g, "");
  if (!typed) {
    at("adding-number").focus();
    throw new Problem("CARD_NOT_FOUND", words.number_missing);
  }
  const role = at("adding-form").elements["adding-role"].value;
  const password = at("adding-password").value;
  try {
    const body = { card_no: typed, role, ...(password && { password }) };
    const answer = await exchange("POST", "/api/v1/me/bindings", body);
    at("adding-form").reset();
    if (isHere()) showBound(answer);
  } catch (problem) {
    if (problem.code !== "INVALID_BINDING_PASSWORD") throw problem;
    at("adding-password").value = "";
    at("adding-password").focus();
    throw password ? problem : new Problem(problem.code, words.password_needed);
  }
});

onPress(at("adding-back"), "click", openCards);
