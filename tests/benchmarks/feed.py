"""How soon a change at the hub is in force at a terminal: asked over the API, stored by the terminal's feed reader.

One real hub process on its embedded database, one whole terminal in this process. The time is from before the request
of whoever changes something to the moment the terminal's own picture has it, so it holds the request itself too. A
policy is also set past the hub process, on the database alone, as another node does it: of that the hub is told by
nobody and must look. An empty request to the same hub, in turns with the changes, tells what the machine and HTTP alone
take.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import httpx

from pos_app.hub_copy import HubFacts
from shared.api.policy import Policy
from shared.payment_code import read_payment_code
from tests.benchmarks.timing import ROUNDS, Rounds, milliseconds, percentile, timed
from tests.system.processes import HubProcess, member_with, new_payment_code
from tests.system.shop import CHEAP_HASHES, Shop
from tests.system.till import Till, enrol_here

NAME: Final = "feed"
LIMIT_MS: Final = 1_000
_A_ROUND: Final = 12
"""Of each kind."""
_LOOK_S: Final = 0.001
_PATIENCE_S: Final = 10.0

Holds = Callable[[HubFacts], bool]
"""Whether the terminal's picture has the change."""


def run(work: Path) -> dict[str, object]:
    """Policy, staff and revocations, one after the other, round by round."""
    with HubProcess(work / "hub", environment=CHEAP_HASHES) as hub:
        shop = Shop.open(hub)
        try:
            enrol_here(work / "terminal", hub.url, shop.enrolment_code())
            with Till(work / "terminal") as till, httpx.Client(base_url=hub.url, timeout=10) as client:
                till.wait_online()
                return _measure(Changer(client, shop, till))
        finally:
            shop.close()


def _measure(changer: "Changer") -> dict[str, object]:
    kinds: dict[str, Callable[[], float]] = {
        "policy": changer.set_policy,
        "staff": changer.set_pin,
        "code_revoked": changer.revoke,
        "policy_at_another_node": changer.set_policy_elsewhere,
    }
    times = {kind: Rounds() for kind in kinds}
    empty = Rounds()
    for _ in range(ROUNDS):
        taken: dict[str, list[float]] = {kind: [] for kind in kinds}
        requests: list[float] = []
        for _ in range(_A_ROUND):
            for kind, change in kinds.items():
                taken[kind].append(change())
            requests.append(timed(changer.ask_nothing))
        for kind, rounds in times.items():
            rounds.add(taken[kind])
        empty.add(requests)
    everything = [seconds for rounds in times.values() for seconds in rounds.all]
    by_round = [[s for rounds in times.values() for s in rounds.of[number]] for number in range(ROUNDS)]
    return {
        **{kind: milliseconds(rounds.all) for kind, rounds in times.items()},
        "all": milliseconds(everything),
        "p99_ms_by_round": [round(percentile(seconds, 99) * 1000, 1) for seconds in by_round],
        "empty_request": milliseconds(empty.all),
        "p99_below_1_s": percentile(everything, 99) * 1000 < LIMIT_MS,
    }


class Changer:
    """Whoever may change something, and the terminal that must hear of it. Each change takes the seconds it returns."""

    def __init__(self, client: httpx.Client, shop: Shop, till: Till) -> None:
        """At a shop with demo data."""
        self._client = client
        self._shop = shop
        self._demo = shop.demo
        self._till = till
        self._member = member_with(shop.demo)
        self._number = 0

    def set_policy(self) -> float:
        """An admin changes the shop's limits."""
        self._number += 1
        wanted = {"offline": {"max_count": 30 + self._number % 7}}
        known = self._till.terminal.hub_copy.facts.policy.version
        path = f"/api/v1/admin/policies/{self._demo['merchant']['id']}"
        return self._until(
            lambda: self._ask("PUT", path, self._demo["admin"], wanted), lambda f: f.policy.version > known
        )

    def set_policy_elsewhere(self) -> float:
        """The same at a node that this terminal's hub process knows nothing of."""
        known = self._till.terminal.hub_copy.facts.policy.version
        return self._until(lambda: self._shop.set_policy(Policy()), lambda f: f.policy.version > known)

    def set_pin(self) -> float:
        """The owner gives a cashier another PIN."""
        self._number += 1
        known = self._till.terminal.hub_copy.facts.staff
        path = f"/api/v1/merchant/staff/{self._demo['staff'][0]['id']}/pin"
        wanted = {"pin": f"{self._number:06d}"}
        return self._until(
            lambda: self._ask("PUT", path, self._demo["owner"], wanted), lambda f: f.staff != known
        )

    def revoke(self) -> float:
        """A member takes back the code on the phone."""
        keys = self._till.terminal.hub_copy.facts.keys
        code = read_payment_code(new_payment_code(str(self._client.base_url), self._member), keys)
        ref = code.claims.code_ref
        code.wipe()
        card = next(card for card in self._member["cards"] if card["card_type"] == "standard")
        path = f"/api/v1/me/cards/{card['card_id']}/payment-code"
        return self._until(lambda: self._ask("DELETE", path, self._member), lambda f: ref in f.revoked)

    def ask_nothing(self) -> None:
        """The least that a request can be."""
        self._client.get("/healthz").raise_for_status()

    def _ask(
        self, method: str, path: str, person: dict[str, Any], content: dict[str, Any] | None = None
    ) -> None:
        headers = {"Authorization": f"Bearer {person['access_token']}"}
        self._client.request(method, path, headers=headers, json=content).raise_for_status()

    def _until(self, change: Callable[[], object], holds: Holds) -> float:
        began = time.perf_counter()
        change()
        while not holds(self._till.terminal.hub_copy.facts):
            if time.perf_counter() - began > _PATIENCE_S:
                raise RuntimeError(f"the terminal has not heard of it within {_PATIENCE_S} s")
            time.sleep(_LOOK_S)
        return time.perf_counter() - began
