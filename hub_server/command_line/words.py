"""The words of the command line, in both languages."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from shared.problems import LANGUAGES, Language, negotiate_language

LANGUAGE_VARIABLE = "MPS_HUB_LANGUAGE"
_LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Every sentence; the braces are filled in."""

    language: Language
    about: str
    serve: str
    serve_host: str
    serve_port: str
    serve_workers: str
    migrate: str
    check: str
    check_repair: str
    verify_audit: str
    verify_audit_heads: str
    no_heads: str
    demo_data: str
    load_data: str
    load_data_cards: str
    load_data_codes: str
    create_admin: str
    create_admin_email: str
    create_admin_name: str
    create_admin_role: str
    admin_made: str
    admin_refused: str
    as_json: str
    serving: str
    serving_page: str
    serving_data: str
    serving_base: str
    serving_sms: str
    sms_gateway: str
    stopped: str
    one_worker: str
    migrated: str
    keys_made: str
    no_ledger: str
    old_schema: str
    looked: str
    clean: str
    unclean: str
    repaired: str
    audit_looked: str
    audit_clean: str
    loaded: str
    demo_ready: str
    demo_staff: str
    demo_members: str
    demo_admin: str
    demo_owner: str
    demo_key: str
    demo_sms: str
    demo_how: str
    wrong_setting: str
    port_taken: str
    database_unreachable: str
    fault: str


EN = Words(
    language="en",
    about="The hub of MPS: ledger, cards, members, merchants, and every decision about their money.",
    serve="Serve. An embedded database is migrated first.",
    serve_host="Address to listen on.",
    serve_port="Port to listen on; 0 takes a free one.",
    serve_workers="Processes; an embedded database has one.",
    migrate="Bring the database to this program's schema.",
    check="Check that ledger, balances, points and journals agree; exit 1 if anything is off.",
    check_repair="Write balances, points, tiers and given-back sums anew from what they are derived of, and close invalid codes. Money itself is never repaired.",
    verify_audit="Prove the audit log along its chain and its signed heads; exit 1 if anything was changed, dropped, put in or cut.",
    verify_audit_heads="A copy of the signed heads that was kept elsewhere (default: the one in the data directory).",
    no_heads="{path} holds no signed head: it proves nothing",
    demo_data="Make demo data if the database is empty, else use what is there; print how to use it. May be repeated.",
    load_data="Make funded cards with a live code each, for load tests, beside demo data.",
    load_data_cards="How many cards.",
    load_data_codes="File for the codes, one JSON line each.",
    create_admin="Make a login for an admin of the hub; print its first password, once.",
    create_admin_email="The e-mail address to sign in with.",
    create_admin_name="The person's name.",
    create_admin_role="superadmin, operator, finance or auditor.",
    admin_made="{email} may sign in as {role} at the hub whose data are in {place}.\n"
    "First password, shown only now: {password}",
    admin_refused="No login was made: {problem}",
    as_json="Print JSON.",
    serving="MPS hub: {address}",
    serving_page="Members' page: {page}",
    serving_data="Data directory: {path}",
    serving_base="Terminals and members are told this address: {base}",
    serving_sms="Text messages (one-time passwords) go to {sms}",
    sms_gateway="the gateway at {host}",
    stopped="Stopped.",
    one_worker="An embedded database is served by one worker; going on with one.",
    migrated="The database has the present schema.",
    keys_made="New keys in {path}: copy this file to every node, and keep it safe.",
    no_ledger="There is no ledger at {path}. Nothing was made. Is MPS_HUB_DATA_DIR or MPS_HUB_DATABASE_URL right?",
    old_schema="The database {path} has another schema than this program: run `mps-hub migrate`.",
    looked="Looked at {database}: {amounts}.",
    clean="Everything agrees.",
    unclean="{count} findings:",
    repaired="Repaired: {subject}: {what} was {before}, is {after}.",
    audit_looked="Audit log: {linked:,} events linked, {waiting:,} waiting, {heads:,} signed heads.",
    audit_clean="The audit log is as it was written.",
    loaded="{count} cards; codes in {path}.",
    demo_ready="Demo data is there. Hub: {hub}. Enrolment code: {code}.",
    demo_staff="Staff (name, role, PIN, id for --cashier):",
    demo_members="Members (name, phone; card, kind, balance):",
    demo_admin="Administrator: {email}, password {password}",
    demo_owner="Merchant's owner: {email}, password {password}",
    demo_key="Merchant's API key: {api_key}",
    demo_sms="Text messages: {sms}",
    demo_how="Enrol a terminal: mps-pos enrol --hub {hub} --code {code}",
    wrong_setting="Setting {name}: {problem}",
    port_taken="Cannot listen on {host}:{port}: {problem}",
    database_unreachable="The database does not answer: {problem}",
    fault="Something went wrong on our side: {problem}",
)

ZH_TW = Words(
    language="zh_TW",
    about="MPS 平台：總帳、卡片、會員、商戶，以及每一筆款項的決定。",
    serve="啟動服務；內嵌資料庫會先升級結構。",
    serve_host="監聽位址。",
    serve_port="監聽連接埠；0 表示任選一個可用的。",
    serve_workers="行程數；內嵌資料庫只有一個。",
    migrate="將資料庫升級到本程式的結構。",
    check="檢查總帳、餘額、積分與終端日誌是否一致；有任何不符則結束碼為 1。",
    check_repair="依來源重算餘額、積分、等級與已退金額，並關閉無效的付款碼；資金本身絕不自動修復。",
    verify_audit="沿著鏈與已簽章的鏈首驗證審計日誌；有任何更改、刪除、插入或截斷則結束碼為 1。",
    verify_audit_heads="另外保存的已簽章鏈首檔案（預設為資料夾中的那一份）。",
    no_heads="{path} 沒有任何已簽章的鏈首，無法證明什麼",
    demo_data="資料庫是空的就建立示範資料，已有就沿用；印出使用方式。可重複執行。",
    load_data="在示範資料旁建立已儲值的卡片，各有一個有效付款碼，供壓力測試。",
    load_data_cards="卡片數量。",
    load_data_codes="付款碼檔案，每行一筆 JSON。",
    create_admin="建立平台管理員的登入帳號，並印出初始密碼（只顯示這一次）。",
    create_admin_email="登入用的電子郵件地址。",
    create_admin_name="姓名。",
    create_admin_role="superadmin、operator、finance 或 auditor。",
    admin_made="{email} 可以用 {role} 的身分登入資料在 {place} 的平台。\n初始密碼（只顯示這一次）：{password}",
    admin_refused="沒有建立帳號：{problem}",
    as_json="以 JSON 輸出。",
    serving="MPS 平台：{address}",
    serving_page="會員頁面：{page}",
    serving_data="資料夾：{path}",
    serving_base="終端與會員使用的網址：{base}",
    serving_sms="簡訊（驗證碼）送往 {sms}",
    sms_gateway="{host} 的簡訊閘道",
    stopped="已停止。",
    one_worker="內嵌資料庫只能由一個行程服務；以一個行程繼續。",
    migrated="資料庫結構已是最新。",
    keys_made="已產生新的金鑰於 {path}：請複製到每個節點並妥善保管。",
    no_ledger="{path} 沒有帳本；沒有建立任何東西。MPS_HUB_DATA_DIR 或 MPS_HUB_DATABASE_URL 對嗎？",
    old_schema="資料庫 {path} 的結構與本程式不同：請執行 `mps-hub migrate`。",
    looked="已檢查 {database}：{amounts}。",
    clean="全部一致。",
    unclean="發現 {count} 項不符：",
    repaired="已修復：{subject}：{what} 原為 {before}，現為 {after}。",
    audit_looked="審計日誌：已鏈結 {linked:,} 筆，等待中 {waiting:,} 筆，已簽章鏈首 {heads:,} 個。",
    audit_clean="審計日誌與寫入時一致。",
    loaded="{count} 張卡片；付款碼在 {path}。",
    demo_ready="示範資料已就緒。平台：{hub}。註冊碼：{code}。",
    demo_staff="人員（姓名、角色、PIN 碼、--cashier 用的代號）：",
    demo_members="會員（姓名、電話；卡號、卡種、餘額）：",
    demo_admin="管理員：{email}，密碼 {password}",
    demo_owner="商戶負責人：{email}，密碼 {password}",
    demo_key="商戶 API 金鑰：{api_key}",
    demo_sms="簡訊：{sms}",
    demo_how="註冊終端：mps-pos enrol --hub {hub} --code {code}",
    wrong_setting="設定 {name}：{problem}",
    port_taken="無法監聽 {host}:{port}：{problem}",
    database_unreachable="資料庫沒有回應：{problem}",
    fault="系統錯誤：{problem}",
)

_CATALOGUE: dict[Language, Words] = {"en": EN, "zh_TW": ZH_TW}


def words_of(environment: Mapping[str, str] = os.environ) -> Words:
    """The words in the language that `MPS_HUB_LANGUAGE` or the locale asks for; English otherwise."""
    asked = environment.get(LANGUAGE_VARIABLE, "")
    for language in LANGUAGES:
        if asked == language:
            return _CATALOGUE[language]
    locale = next((environment[name] for name in _LOCALE_VARIABLES if environment.get(name)), "")
    return _CATALOGUE[negotiate_language(locale.partition(".")[0].replace("_", "-"))]
