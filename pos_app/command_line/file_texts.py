"""What `mps-pos journal …` and `sign-out` say: a part of the command line's catalogue."""

from typing import Final

from shared.problems import Language

FILE_TEXTS: Final[dict[str, dict[Language, str]]] = {
    "file_proven": {
        "zh_TW": "檔案驗證通過：{count} 筆，其中 {decided} 筆有平台的決定",
        "en": "The file verifies: {count} entries, {decided} of them decided by the hub",
    },
    "keys_of_file": {
        "zh_TW": "注意：平台公鑰取自檔案本身；要獨立驗證請給 --keys 平台的 jwks.json",
        "en": "Note: the hub's keys were taken from the file itself; to prove it on its own give --keys the hub's jwks.json",
    },
    "not_certified": {
        "zh_TW": "注意：檔案裡沒有平台對這台終端的證明",
        "en": "Note: the file holds no certificate of the hub for this terminal",
    },
    "file_not_proven": {
        "zh_TW": "檔案驗證不過：{place}{why}",
        "en": "The file does not verify: {place} {why}",
    },
    "file_head": {"zh_TW": "檔頭", "en": "the first line"},
    "file_entry": {"zh_TW": "第 {seq} 筆", "en": "entry {seq}"},
    "fault_header": {"zh_TW": "不是這一版的匯出檔", "en": "is not of an export of this version"},
    "fault_certificate": {"zh_TW": "的終端證明不對", "en": "holds a certificate that does not hold"},
    "fault_line": {"zh_TW": "的那一行不完整或讀不懂", "en": "stands in a line that is cut off or malformed"},
    "fault_form": {"zh_TW": "格式不對", "en": "is malformed"},
    "fault_signature": {"zh_TW": "被改過或不是這台終端寫的", "en": "was changed, or is not this terminal's"},
    "fault_order": {"zh_TW": "不在它該在的位置，或缺少", "en": "is missing or not in its place"},
    "fault_link": {"zh_TW": "與前一筆接不起來", "en": "does not follow the one before"},
    "fault_decision": {"zh_TW": "的平台決定被改過", "en": "has a decision that was changed"},
    "fault_decision_elsewhere": {"zh_TW": "的平台決定屬於另一筆", "en": "has a decision on another entry"},
    "fault_cut": {
        "zh_TW": "之後缺少平台已收下的紀錄",
        "en": "and what follows is missing, though the hub has it",
    },
    "carried": {
        "zh_TW": "已匯出 {count} 筆可驗證的紀錄：{file}",
        "en": "{count} entries that verify were carried out: {file}",
    },
    "carried_missing": {
        "zh_TW": "注意：有 {count} 筆讀不出來或驗證不過，第一筆是第 {seq} 筆；其餘都在檔案裡",
        "en": "Note: {count} entries cannot be read or do not verify, the first is entry {seq}; the rest is in the file",
    },
    "carried_undecided": {
        "zh_TW": "注意：{count} 筆的平台決定受損，沒有帶出；平台會再給",
        "en": "Note: {count} decisions are damaged and were left out; the hub repeats them",
    },
    "file_is_there": {"zh_TW": "檔案已存在，不會覆寫：{file}", "en": "The file is there already: {file}"},
    "not_written": {
        "zh_TW": "檔案寫不進去：{file}。日誌沒有變動；請換個位置。",
        "en": "The file cannot be written: {file}. The journal is unchanged; choose another place.",
    },
    "cannot_carry": {
        "zh_TW": "認不出這是哪一台終端的日誌，無法匯出。請用 mps-pos journal rescue；仍不行請保留整個資料夾，聯絡平台。",
        "en": "There is no telling whose journal this is. Try mps-pos journal rescue; else keep the whole directory and"
        " call the hub's people.",
    },
    "keys_wrong": {
        "zh_TW": "不是公鑰檔（jwks.json）：{file}",
        "en": "Not a file of keys (jwks.json): {file}",
    },
    "entries_wait": {
        "zh_TW": "還有 {count} 筆沒有平台的答覆，不能登出。沒有任何變動。",
        "en": "{count} entries have no answer of the hub yet: not signed out. Nothing has changed.",
    },
    "entries_wait_do": {
        "zh_TW": "先執行 mps-pos sync；連不上平台就 mps-pos journal export 檔案、帶到平台匯入，"
        "再執行 mps-pos sign-out --carried 檔案",
        "en": "Run mps-pos sync first; with no line run mps-pos journal export FILE, bring it to the hub, then"
        " mps-pos sign-out --carried FILE",
    },
    "not_carried": {
        "zh_TW": "這個檔案不是這台終端到最後一筆為止的日誌：{file}。沒有任何變動；請重新匯出。",
        "en": "The file is not this terminal's journal to its last entry: {file}. Nothing has changed; export it anew.",
    },
    "not_apart": {
        "zh_TW": "日誌的副本寫不進磁碟，沒有登出。沒有任何變動；請清出空間再試。",
        "en": "The disk takes no copy of the journal: not signed out. Nothing has changed; make room and try again.",
    },
    "signed_out": {
        "zh_TW": "終端 {number} 已登出，金鑰已移除。日誌完整保留在 {folder}；請至少保存 35 天。"
        "現在可以用新的註冊碼註冊。",
        "en": "Terminal {number} is signed out and its key removed. The whole journal is kept in {folder}; keep it for at"
        " least 35 days. A new enrolment code may be used now.",
    },
}
