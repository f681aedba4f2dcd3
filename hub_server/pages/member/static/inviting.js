// An owner invites somebody: a QR and a link, one use. Both are wiped as soon as the screen is left.
import { ask, at, onLeaving, onPress, onSignedOut, say, show, words } from "./page.js";
import { draw } from "./code.js";
import { openSharing } from "./sharing.js";
import { cardName, moment, roleName } from "./wording.js";

let card = null;

export function openInviting(which) {
  card = which;
  at("inviting-card").textContent = cardName(card);
  at("inviting-form").reset();
  wipe();
  show("inviting");
}

function wipe() {
  at("invitation-qr").replaceChildren();
  at("invitation-link").value = "";
  at("copy").textContent = words.copy;
  at("invitation").hidden = true;
  at("inviting-form").hidden = false;
}

onPress(at("inviting-form"), "submit", async (isHere) => {
  const role = at("inviting-form").elements["inviting-role"].value;
  const made = await ask("POST", `/m/cards/${card.card_id}/invitations`, { role });
  if (!isHere()) return;
  draw(at("invitation-qr"), made.svg);
  at("invitation-role").textContent = say("invitation_role", { role: roleName(role) });
  at("invitation-until").textContent = say("invitation_until", { time: moment(made.expires_at) });
  at("invitation-link").value = made.url;
  at("inviting-form").hidden = true;
  at("invitation").hidden = false;
  at("inviting").querySelector("h1").focus();
  window.scrollTo(0, 0);
});

// Without TLS there is no clipboard to ask, but a selected text can be copied.
async function copy(text) {
  if (navigator.clipboard) {
    try {
      return await navigator.clipboard.writeText(text);
    } catch (refused) {
      if (!(refused instanceof DOMException)) throw refused;
    }
  }
  at("invitation-link").select();
  document.execCommand("copy");
}

onPress(at("copy"), "click", async () => {
  await copy(at("invitation-link").value);
  at("copy").textContent = words.copied;
});
onPress(at("invite-another"), "click", () => openInviting(card));
onPress(at("inviting-back"), "click", () => openSharing(card));
onLeaving("inviting", wipe);
onSignedOut(wipe);
