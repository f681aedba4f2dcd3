"""The commands that prove the books: `check` and `verify-audit`."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from hub_server.audit import FILE_NAME, AuditProof, Fault, read_heads, verify_audit
from hub_server.command_line.finding_texts import finding_line
from hub_server.command_line.ledger import existing_ledger
from hub_server.command_line.words import Words
from hub_server.consistency import Finding, Repair, Report, check, repair
from hub_server.foundation.context import Context
from hub_server.settings import Settings
from hub_server.signing_keys import HubSigningKeys

CLEAN = 0
UNCLEAN = 1


def add_proofs(program: typer.Typer, words: Words, settings: Callable[[], Settings]) -> None:
    """Hang both commands on the program."""

    @program.command("check", help=words.check)
    def check_command(
        as_json: Annotated[bool, typer.Option("--json", help=words.as_json)] = False,
        may_repair: Annotated[bool, typer.Option("--repair", help=words.check_repair)] = False,
    ) -> int:
        with existing_ledger(settings(), words) as (context, keys):
            report, repairs = _check(context, keys, may_repair=may_repair)
            name = context.database.url.render_as_string(hide_password=True)
        if as_json:
            _print_json(report.as_dict() | {"repaired": [_as_dict(each) for each in repairs]})
        else:
            _tell_check(words, name, report, repairs)
        return CLEAN if report.is_clean else UNCLEAN

    @program.command("verify-audit", help=words.verify_audit)
    def verify_audit_command(
        as_json: Annotated[bool, typer.Option("--json", help=words.as_json)] = False,
        heads: Annotated[Path | None, typer.Option("--heads", help=words.verify_audit_heads)] = None,
    ) -> int:
        with existing_ledger(settings(), words) as (context, keys):
            own = context.settings.data_dir / FILE_NAME
            file = heads or (own if own.is_file() else None)
            copies = [] if file is None else read_heads(file)
            if heads is not None and not copies:
                raise FileNotFoundError(words.no_heads.format(path=heads))
            proof = context.database.read(lambda c: verify_audit(c, keys.verifiers, copies))
        if as_json:
            _print_json(proof.as_dict())
        else:
            _tell_proof(words, proof)
        return CLEAN if proof.is_clean else UNCLEAN


def _check(context: Context, keys: HubSigningKeys, *, may_repair: bool) -> tuple[Report, Sequence[Repair]]:
    """What is off; with repairs, what was done and what is off still."""

    def look() -> Report:
        return context.database.read(lambda connection: check(connection, keys.verifiers))

    report = look()
    if report.is_clean or not may_repair:
        return report, ()
    repairs = repair(context, report)
    return look(), repairs


def _tell_check(words: Words, name: str, report: Report, repairs: Sequence[Repair]) -> None:
    amounts = ", ".join(f"{what} {count:,}" for what, count in report.looked_at.items())
    typer.echo(words.looked.format(database=name, amounts=amounts))
    for each in repairs:
        typer.echo(
            words.repaired.format(subject=each.subject, what=each.what, before=each.before, after=each.after)
        )
    _tell_findings(words, words.clean, report.findings)


def _tell_proof(words: Words, proof: AuditProof) -> None:
    typer.echo(words.audit_looked.format(linked=proof.linked, waiting=proof.waiting, heads=proof.heads))
    _tell_findings(words, words.audit_clean, proof.faults)


def _tell_findings(words: Words, clean: str, findings: Sequence[Finding | Fault]) -> None:
    if not findings:
        typer.echo(clean)
        return
    typer.echo(words.unclean.format(count=len(findings)))
    for found in findings:
        typer.echo(finding_line(found.check, found.subject, found.detail, words.language))


def _as_dict(done: Repair) -> dict[str, str]:
    return {"what": done.what, "subject": done.subject, "before": done.before, "after": done.after}


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
