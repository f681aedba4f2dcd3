"""The words of `verify-journal` and `import-journal`, in both languages."""

from dataclasses import dataclass

from shared.journal_export import ExportFault, ExportNotProven
from shared.problems import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalTexts:
    """Every sentence; the braces are filled in."""

    verify: str
    import_: str
    file: str
    keys: str
    partial: str
    whose: str
    proven: str
    not_certified: str
    own_keys: str
    no_keys: str
    bad_entry: str
    bad_header: str
    imported: str
    nothing_imported: str
    look_at: str
    repeat: str


JOURNAL_TEXTS: dict[Language, JournalTexts] = {
    "en": JournalTexts(
        verify="Prove a terminal's journal from its export alone: chain, signatures, decisions and end; exit 1 and the "
        "first bad entry if anything is off. Needs no database.",
        import_="Bring in a journal that was carried by hand (`mps-pos journal export`): proven first, then taken by the "
        "rules of the line. May be repeated. Exit 1 if it is not proven, or the hub was too busy for some of it.",
        file="The export.",
        keys="The hub's public keys (`/.well-known/jwks.json`, saved to a file). Without it the keys in the export are "
        "used, and prove only that it agrees with itself.",
        partial="Bring in what still verifies of a damaged or cut export, entry by entry.",
        whose="Journal of terminal {no} ({id}).",
        proven="Proven: {entries:,} entries without a gap, {decided:,} decisions by the hub on them.",
        not_certified="The hub's certificate for the terminal's key is missing: only what the hub decided is known to be "
        "this terminal's.",
        own_keys="Proven with the keys in the file itself. Give --keys to prove that they are the hub's.",
        no_keys="{path} holds no public keys of a hub",
        bad_entry="Not proven. The first bad entry is {seq}: {what}.",
        bad_header="Not proven. The first line is bad: {what}.",
        imported="Brought in {entries:,} entries: {counts}. The hub has the journal without a gap through entry {through}.",
        nothing_imported="Nothing was brought in.",
        look_at="Entry {seq}: {status}: {title}",
        repeat="{count:,} entries could not be taken now. Bring in the same file again.",
    ),
    "zh_TW": JournalTexts(
        verify="只憑匯出檔證明終端日誌：鏈、簽章、決定與結尾；有任何不符則指出第一筆有誤的紀錄，結束碼為 1。不需要資料庫。",
        import_="匯入以人工帶來的終端日誌（`mps-pos journal export`）：先驗證，再依連線時的規則處理。可重複執行。"
        "驗證不過，或平台忙碌而有部分未處理時，結束碼為 1。",
        file="匯出檔。",
        keys="平台的公開金鑰（將 `/.well-known/jwks.json` 存成檔案）。未提供時使用匯出檔內的金鑰，只能證明檔案前後一致。",
        partial="匯出檔損壞或被截斷時，逐筆匯入仍可驗證的紀錄。",
        whose="終端 {no}（{id}）的日誌。",
        proven="驗證通過：{entries:,} 筆紀錄沒有缺漏，其中 {decided:,} 筆有平台的決定。",
        not_certified="缺少平台為終端金鑰簽發的憑證：只有平台決定過的紀錄可確認屬於此終端。",
        own_keys="以檔案內的金鑰驗證。請以 --keys 提供金鑰，才能證明它們屬於平台。",
        no_keys="{path} 沒有平台的公開金鑰",
        bad_entry="驗證不過。第一筆有誤的紀錄是 {seq}：{what}。",
        bad_header="驗證不過。第一行有誤：{what}。",
        imported="已匯入 {entries:,} 筆紀錄：{counts}。平台已有連續至第 {through} 筆的日誌。",
        nothing_imported="沒有匯入任何紀錄。",
        look_at="第 {seq} 筆：{status}：{title}",
        repeat="有 {count:,} 筆目前無法處理，請再次匯入同一個檔案。",
    ),
}

FAULTS: dict[ExportFault, dict[Language, str]] = {
    ExportFault.HEADER: {"en": "it is no export of this version", "zh_TW": "不是此版本的匯出檔"},
    ExportFault.CERTIFICATE: {
        "en": "the hub never signed for this key of this terminal",
        "zh_TW": "平台未曾為此終端的這把金鑰簽章",
    },
    ExportFault.LINE: {"en": "the line is cut off or malformed", "zh_TW": "該行被截斷或格式錯誤"},
    ExportFault.FORM: {"en": "it is malformed", "zh_TW": "格式錯誤"},
    ExportFault.SIGNATURE: {
        "en": "its signature is not the terminal's: it was changed or forged",
        "zh_TW": "簽章不是此終端的：遭更改或偽造",
    },
    ExportFault.ORDER: {
        "en": "entries are missing, doubled or out of order",
        "zh_TW": "紀錄有缺漏、重複或次序錯亂",
    },
    ExportFault.LINK: {"en": "it does not join the one before", "zh_TW": "與前一筆不相連"},
    ExportFault.DECISION: {"en": "its decision is not signed by the hub", "zh_TW": "所附決定不是平台簽發"},
    ExportFault.DECISION_ELSEWHERE: {
        "en": "its decision is on another entry",
        "zh_TW": "所附決定屬於另一筆紀錄",
    },
    ExportFault.CUT: {
        "en": "it is missing, though the hub acknowledged it: the end was cut off",
        "zh_TW": "平台已確認過，卻不在檔案中：結尾遭截斷",
    },
}


def fault_line(fault: ExportNotProven, language: Language) -> str:
    """What is wrong, and where."""
    texts, what = JOURNAL_TEXTS[language], FAULTS[fault.fault][language]
    if fault.seq is None:
        return texts.bad_header.format(what=what)
    return texts.bad_entry.format(seq=fault.seq, what=what)
