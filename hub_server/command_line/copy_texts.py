"""The words of `backup` and `restore`, in both languages."""

from dataclasses import dataclass

from hub_server.backup import (
    CannotCopy,
    DamagedCopy,
    DatabaseInUse,
    ForeignCopy,
    NewerCopy,
    NotEmpty,
    Step,
)
from shared.problems import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyTexts:
    """Every sentence; the braces are filled in."""

    backup: str
    place: str
    restore: str
    file: str
    replace: str
    steps: dict[Step, str]
    made: str
    covered: str
    keep_keys: str
    restored: str
    incarnation: str
    kept: str
    next: str
    refused: dict[type[CannotCopy], str]
    disk: str


COPY_TEXTS: dict[Language, CopyTexts] = {
    "en": CopyTexts(
        backup="Copy the whole database into one file, while the hub serves. No private key is in it: keep the key file "
        "apart. Terminals are told how far the copy covers their journals.",
        place="The file to make, or a folder, where it is named by the time. Nothing is ever overwritten.",
        restore="Put a copy back. It is proven first; terminals then bring back what they know of the time since. Stop "
        "every hub process before. Exit 1 if `check` finds something in it.",
        file="The copy.",
        replace="Replace the data that are there; they are kept beside under another name.",
        steps={
            Step.COPY: "Copying the database",
            Step.PACK: "Packing",
            Step.UNPACK: "Proving and unpacking",
            Step.LOAD: "Loading",
            Step.CHECK: "Checking",
        },
        made="{path}: {size:,} bytes. Everything decided before {reach} is in it.",
        covered="Journals of {count:,} terminals are covered.",
        keep_keys="The hub's private keys ({path}) are not in it: without them it cannot be put back. Keep them apart.",
        restored="The copy of {made} is in place. What was decided after {reach} is missing until terminals bring it back.",
        incarnation="A new incarnation has begun: {incarnation}.",
        kept="What was there before is kept as {path}.",
        next="Now start the hub. Terminals send again by themselves; the runbook tells what they cannot bring back.",
        refused={
            DamagedCopy: "The copy is damaged and was not put back ({problem}). Nothing was changed: take another copy.",
            ForeignCopy: "This is no copy of this hub's database ({problem}). Nothing was changed. Is the key file the one "
            "that goes with it?",
            NewerCopy: "A newer mps-hub made this copy ({problem}). Nothing was changed: restore it with that one.",
            NotEmpty: "{problem} has data already. Nothing was changed. Give --replace to put the copy in their place.",
            DatabaseInUse: "{problem} is in use. Nothing was changed: stop every hub process first.",
            CannotCopy: "Not done: {problem}",
        },
        disk="Not done: {problem}",
    ),
    "zh_TW": CopyTexts(
        backup="在平台服務的同時，將整個資料庫備份成一個檔案。備份不含私鑰：金鑰檔請另外保存。完成後會告知各終端其日誌已備份到哪裡。",
        place="要建立的檔案，或資料夾（以時間命名）。絕不覆寫既有檔案。",
        restore="還原備份：先驗證，再還原；之後各終端會自行帶回其後的紀錄。請先停止所有平台行程。`check` 發現不符則結束碼為 1。",
        file="備份檔。",
        replace="取代既有的資料；原資料會以另一個名稱保留在旁邊。",
        steps={
            Step.COPY: "複製資料庫",
            Step.PACK: "打包",
            Step.UNPACK: "驗證並解開",
            Step.LOAD: "載入",
            Step.CHECK: "檢查",
        },
        made="{path}：{size:,} 位元組，包含 {reach} 以前的所有決定。",
        covered="已備份 {count:,} 台終端的日誌。",
        keep_keys="平台的私鑰（{path}）不在備份中：沒有私鑰就無法還原，請另外保存。",
        restored="已還原 {made} 的備份。{reach} 之後的決定在終端帶回之前暫缺。",
        incarnation="新的資料世代：{incarnation}。",
        kept="原有的資料保留為 {path}。",
        next="現在請啟動平台，終端會自行重送；終端無法帶回的部分請見維運手冊。",
        refused={
            DamagedCopy: "備份檔已損壞，沒有還原（{problem}）。沒有更改任何東西，請改用另一份備份。",
            ForeignCopy: "這不是本平台資料庫的備份（{problem}）。沒有更改任何東西。金鑰檔是否為同一份？",
            NewerCopy: "這份備份由較新的 mps-hub 建立（{problem}）。沒有更改任何東西，請用該版本還原。",
            NotEmpty: "{problem} 已有資料，沒有更改任何東西。要以備份取代請加上 --replace。",
            DatabaseInUse: "{problem} 正在使用中，沒有更改任何東西。請先停止所有平台行程。",
            CannotCopy: "沒有完成：{problem}",
        },
        disk="沒有完成：{problem}",
    ),
}
