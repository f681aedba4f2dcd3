"""What `demo-data` prints for people."""

from collections.abc import Iterator
from typing import Any

from hub_server.command_line.words import Words
from shared.money import format_amount


def demo_lines(made: dict[str, Any], words: Words, exponent: int, sms: str) -> Iterator[str]:
    """The demo's addresses, PINs, phones and cards; `made` is what `make_demo_data` told, amounts in minor units."""
    hub, code = made["hub"], made["enrolment_code"]
    yield words.demo_ready.format(hub=hub, code=code)
    yield words.demo_how.format(hub=hub, code=code)
    for login in (made["admin"], made["second_admin"]):
        yield words.demo_admin.format(email=login["email"], password=login["password"])
    yield words.demo_owner.format(email=made["owner"]["email"], password=made["owner"]["password"])
    yield words.demo_key.format(api_key=made["merchant"]["api_key"])
    yield words.demo_sms.format(sms=sms)
    yield words.demo_staff
    for person in made["staff"]:
        yield f"  {person['name']}  {person['role']:<14}  {person['pin']}  {person['id']}"
    yield words.demo_members
    for member in made["members"]:
        yield f"  {member['name']}  {member['phone']}"
        for card in member["cards"]:
            balance = format_amount(card["balance"], exponent)
            yield f"      {card['card_no']}  {card['card_type']:<10}  {balance:>12}"
