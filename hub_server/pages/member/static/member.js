// The member's page begins here: an invitation in the address first, then the code that was on the screen, else the
// cards, else signing in.
import { arrive, isInvited, takeInvitation, tellInvited } from "./joining.js";
import { ask, at, Problem, show, signedOut, tell } from "./page.js";
import { kept, showCode } from "./code.js";
import "./signing_in.js";

async function begin() {
  takeInvitation();
  tellInvited();
  try {
    await ask("GET", "/api/v1/me");
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    const codes = Object.values(kept());
    if (problem.code === "OFFLINE" && codes.length) return showCode(codes[0].card, codes[0]);
    if (problem.code === "UNAUTHENTICATED") return signedOut();
    tell(problem);
    return show("phone");
  }
  const [good] = Object.values(kept());
  if (good && !isInvited()) return showCode(good.card, good);
  return arrive();
}

// A link that is opened where the page is open already changes the address and nothing else.
addEventListener("hashchange", () => {
  const isSignedIn = !at("sign-out").hidden;
  if (takeInvitation() && isSignedIn) arrive();
});

begin().catch(tell);
