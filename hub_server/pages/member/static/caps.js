// What a member may spend with an owner's card: typed as decimals, sent as minor units.
import { ask, at, onPress, say, show, tellNews } from "./page.js";
import { openSharing } from "./sharing.js";
import { asTyped, typedMoney } from "./wording.js";

let card = null;
let binding = null;

export function openCaps(onCard, ofWhom) {
  [card, binding] = [onCard, ofWhom];
  const { cap_per_charge, cap_per_day } = binding.caps;
  at("caps-lead").textContent = say("caps_lead", { name: binding.name });
  for (const unit of document.querySelectorAll(".caps-currency")) unit.textContent = card.currency;
  at("cap-charge").value = asTyped(cap_per_charge);
  at("cap-day").value = asTyped(cap_per_day);
  at("caps-clear").hidden = cap_per_charge === null && cap_per_day === null;
  show("caps");
}

function typedIn(id) {
  try {
    return typedMoney(at(id).value);
  } catch (problem) {
    at(id).focus();
    throw problem;
  }
}

async function put(caps, isHere, news) {
  await ask("PUT", `/api/v1/me/bindings/${binding.id}/caps`, caps);
  if (!isHere()) return;
  await openSharing(card);
  tellNews(news);
}

onPress(at("caps-form"), "submit", (isHere) => {
  const caps = { cap_per_charge: typedIn("cap-charge"), cap_per_day: typedIn("cap-day") };
  const isNone = caps.cap_per_charge === null && caps.cap_per_day === null;
  const about = { name: binding.name };
  return put(caps, isHere, isNone ? say("caps_cleared", about) : say("caps_saved", about));
});
onPress(at("caps-clear"), "click", (isHere) =>
  put({ cap_per_charge: null, cap_per_day: null }, isHere, say("caps_cleared", { name: binding.name })),
);
onPress(at("caps-back"), "click", () => openSharing(card));
