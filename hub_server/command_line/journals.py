"""The commands about a journal that somebody carries: `verify-journal` and `import-journal`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from hub_server.audit import Actor
from hub_server.command_line.journal_texts import JOURNAL_TEXTS, fault_line
from hub_server.command_line.ledger import existing_ledger
from hub_server.command_line.words import Words
from hub_server.journal_intake import EntryOutcome, ImportReport, import_export, intake_tools
from hub_server.settings import Settings
from shared.journal_export import ExportHeader, ExportNotProven, ExportProof, prove_export, read_export
from shared.problems import Language
from shared.signing import HubKeys, Jwks

PROVEN = 0
NOT_PROVEN = 1
MAX_KEYS_FILE = 1 << 20
OPERATOR = Actor("system", "command-line")


class NoKeys(Exception):
    """The file of keys holds none; the message names it."""


def add_journals(program: typer.Typer, words: Words, settings: Callable[[], Settings]) -> None:
    """Hang both commands on the program."""
    texts = JOURNAL_TEXTS[words.language]

    @program.command("verify-journal", help=texts.verify)
    def verify_journal_command(
        file: Annotated[Path, typer.Argument(metavar="FILE", help=texts.file)],
        keys: Annotated[Path | None, typer.Option("--keys", help=texts.keys)] = None,
        as_json: Annotated[bool, typer.Option("--json", help=words.as_json)] = False,
    ) -> int:
        known = None if keys is None else _keys_of(keys, words.language)
        with file.open("rb") as stream:
            answer = _prove(stream, known, words.language)
        if as_json:
            _print_json(answer.as_dict())
        else:
            for line in answer.lines(words.language):
                typer.echo(line)
        return NOT_PROVEN if answer.fault else PROVEN

    @program.command("import-journal", help=texts.import_)
    def import_journal_command(
        file: Annotated[Path, typer.Argument(metavar="FILE", help=texts.file)],
        as_json: Annotated[bool, typer.Option("--json", help=words.as_json)] = False,
        partial: Annotated[bool, typer.Option("--partial", help=texts.partial)] = False,
    ) -> int:
        with file.open("rb") as stream, existing_ledger(settings(), words) as (context, keys):
            answer = _prove(stream, keys.verifiers, words.language)
            if answer.fault is not None and not (partial and answer.may_be_partial):
                report = None
            else:
                stream.seek(0)
                export = read_export(stream, skips_bad_lines=partial)
                tools = intake_tools(context, keys)
                report = import_export(
                    context, tools, export.header, export.entries, actor=OPERATOR, proof=answer.proof
                )
        told = answer.as_dict() | {"imported": None if report is None else _report_dict(report)}
        if as_json:
            _print_json(told)
        else:
            for line in [*answer.lines(words.language), *_report_lines(report, words.language)]:
                typer.echo(line)
        return NOT_PROVEN if report is None or report.to_repeat else PROVEN


class _Answer:
    """What a proof came to: whose journal, and how much of it or what is wrong with it."""

    def __init__(
        self,
        header: ExportHeader | None,
        proof: ExportProof | None,
        fault: ExportNotProven | None,
        *,
        own: bool,
    ) -> None:
        self.fault = fault
        self.proof = proof
        self._header, self._own = header, own

    @property
    def may_be_partial(self) -> bool:
        """The header is good, so what still verifies of the entries can be told from the rest."""
        return self.fault is not None and self.fault.seq is not None

    def as_dict(self) -> dict[str, Any]:
        """For `--json`; the names are stable."""
        header, proof, fault = self._header, self.proof, self.fault
        return {
            "proven": fault is None,
            "terminal_id": header.terminal_id if header else None,
            "terminal_no": header.terminal_no if header else None,
            "entries": proof.entries if proof else None,
            "decided": proof.decided if proof else None,
            "certified": proof.is_certified if proof else None,
            "keys": "file" if self._own else "given",
            "first_bad": None
            if fault is None
            else {"seq": fault.seq, "fault": fault.fault.value, "why": fault.why},
        }

    def lines(self, language: Language) -> list[str]:
        """For people."""
        texts = JOURNAL_TEXTS[language]
        lines = (
            []
            if self._header is None
            else [texts.whose.format(no=self._header.terminal_no, id=self._header.terminal_id)]
        )
        if self.fault is not None:
            lines.append(fault_line(self.fault, language))
        elif self.proof is not None:
            lines.append(texts.proven.format(entries=self.proof.entries, decided=self.proof.decided))
            if not self.proof.is_certified:
                lines.append(texts.not_certified)
        if self._own:
            lines.append(texts.own_keys)
        return lines


def _prove(stream: BinaryIO, keys: HubKeys | None, language: Language) -> _Answer:
    header: ExportHeader | None = None
    try:
        export = read_export(stream)
        header = export.header
        proof = prove_export(export, header.jwks.hub_keys() if keys is None else keys)
    except ExportNotProven as fault:
        return _Answer(header, None, fault, own=keys is None)
    return _Answer(header, proof, None, own=keys is None)


def _keys_of(file: Path, language: Language) -> HubKeys:
    try:
        keys = Jwks.model_validate_json(file.read_bytes()[:MAX_KEYS_FILE]).hub_keys()
    except ValueError as error:
        raise NoKeys(JOURNAL_TEXTS[language].no_keys.format(path=file)) from error
    if not keys:
        raise NoKeys(JOURNAL_TEXTS[language].no_keys.format(path=file))
    return keys


def _report_dict(report: ImportReport) -> dict[str, Any]:
    return {
        "entries": report.entries,
        "results": {status.value: count for status, count in sorted(report.counts.items())},
        "verified_through": report.verified_through,
        "look_at": [_outcome_dict(outcome) for outcome in report.to_look_at],
    }


def _outcome_dict(outcome: EntryOutcome) -> dict[str, Any]:
    return {
        "seq": outcome.seq,
        "id": outcome.entry_id,
        "status": outcome.status.value,
        "code": outcome.refusal.code.value if outcome.refusal else None,
    }


def _report_lines(report: ImportReport | None, language: Language) -> list[str]:
    texts = JOURNAL_TEXTS[language]
    if report is None:
        return [texts.nothing_imported]
    counts = ", ".join(f"{status.value} {count:,}" for status, count in sorted(report.counts.items()))
    lines = [texts.imported.format(entries=report.entries, counts=counts, through=report.verified_through)]
    for outcome in report.to_look_at:
        title = outcome.refusal.title(language) if outcome.refusal else ""
        lines.append(
            texts.look_at.format(seq=outcome.seq, status=outcome.status.value, title=title).rstrip(" :：")
        )
    if report.to_repeat:
        lines.append(texts.repeat.format(count=report.to_repeat))
    return lines


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
