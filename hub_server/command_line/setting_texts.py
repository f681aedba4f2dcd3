"""What each setting means, in both languages; names and defaults are those of `Settings`."""

from pathlib import Path
from typing import Final

from hub_server.settings import CONFIG_VARIABLE, Settings
from shared.problems import Language

_DEFAULT_PLACES: Final[dict[str, dict[Language, str]]] = {
    "database_url": {"en": "hub.sqlite in DATA_DIR", "zh_TW": "DATA_DIR 的 hub.sqlite"},
    "migration_database_url": {"en": "as DATABASE_URL", "zh_TW": "同 DATABASE_URL"},
    "sms_url": {"en": "the file sms.jsonl in DATA_DIR", "zh_TW": "DATA_DIR 的檔案 sms.jsonl"},
    "signing_keys": {"en": "those of KEY_FILE", "zh_TW": "用 KEY_FILE"},
    "key_file": {"en": "hub-keys.json in DATA_DIR", "zh_TW": "DATA_DIR 的 hub-keys.json"},
    "base_url": {"en": "where serve listens", "zh_TW": "serve 監聽的位址"},
}

MEANINGS: Final[dict[str, dict[Language, str]]] = {
    "data_dir": {"en": "where the hub keeps its files", "zh_TW": "平台存放檔案的資料夾"},
    "database_url": {
        "en": "the database: sqlite:///… or postgresql+psycopg://…",
        "zh_TW": "資料庫：sqlite:///… 或 postgresql+psycopg://…",
    },
    "migration_database_url": {
        "en": "the same by a role that may alter tables",
        "zh_TW": "同一資料庫，用可改結構的角色",
    },
    "base_url": {
        "en": "the address that terminals and members use",
        "zh_TW": "終端與會員使用的平台網址",
    },
    "currency": {"en": "currency, ISO 4217", "zh_TW": "幣別（ISO 4217）"},
    "exponent": {"en": "decimals of the currency", "zh_TW": "幣別的小數位數"},
    "default_region": {
        "en": "country of phone numbers written without one",
        "zh_TW": "未寫國碼的電話所屬地區",
    },
    "sms_url": {
        "en": "where text messages go: file:///… (JSON lines)",
        "zh_TW": "簡訊送往何處：file:///…（JSON 行）",
    },
    "signing_keys": {"en": "the text of a key file", "zh_TW": "金鑰檔的內容"},
    "key_file": {"en": "the file of private keys", "zh_TW": "私鑰檔"},
    "code_ttl_s": {"en": "life of a payment code, s", "zh_TW": "付款碼有效秒數"},
    "code_bcrypt_cost": {"en": "bcrypt cost of payment codes", "zh_TW": "付款碼的 bcrypt 成本"},
    "pin_bcrypt_cost": {"en": "bcrypt cost of PINs", "zh_TW": "PIN 碼的 bcrypt 成本"},
    "password_bcrypt_cost": {"en": "bcrypt cost of passwords", "zh_TW": "密碼的 bcrypt 成本"},
    "offline_allowance": {
        "en": "most of one card offline, minor units",
        "zh_TW": "一張卡的離線額度（最小單位）",
    },
    "offline_code_limit": {
        "en": "most of one code offline, minor units",
        "zh_TW": "一個付款碼的離線額度（最小單位）",
    },
    "offline_max_duration_s": {"en": "longest time offline, s", "zh_TW": "最長離線秒數"},
    "card_charge_limit": {
        "en": "most that one charge may take, minor units; 0: no limit",
        "zh_TW": "單筆扣款上限（最小單位），0 為不限",
    },
    "card_daily_limit": {
        "en": "most that a card may pay in a day, minor units; 0: no limit",
        "zh_TW": "每張卡每日扣款上限（最小單位），0 為不限",
    },
    "time_zone": {"en": "where the days of limits and caps begin", "zh_TW": "限額按日計算所用的時區"},
    "kiosk_code_ttl_s": {
        "en": "life of a shared screen's payment code, s",
        "zh_TW": "共用螢幕付款碼的有效秒數",
    },
    "kiosk_rotation_s": {
        "en": "time between two rotations of those codes, s",
        "zh_TW": "共用螢幕付款碼的輪換間隔秒數",
    },
    "binding_tries": {"en": "wrong card passwords before binding is locked", "zh_TW": "卡片密碼可錯次數"},
    "binding_lock_s": {"en": "how long it stays locked, s", "zh_TW": "綁定鎖定的秒數"},
    "bindings_per_member_per_hour": {
        "en": "card numbers that a member may try to bind an hour",
        "zh_TW": "每位會員每小時可試綁的卡號數",
    },
    "bindings_per_address_per_hour": {
        "en": "card numbers tried from one address an hour",
        "zh_TW": "每個網路位址每小時可試綁的卡號數",
    },
    "invitation_ttl_s": {"en": "life of an invitation, s", "zh_TW": "邀請的有效秒數"},
    "login_tries": {"en": "wrong passwords before a login is locked", "zh_TW": "登入密碼可錯次數"},
    "login_lock_s": {"en": "how long it stays locked, s", "zh_TW": "登入鎖定的秒數"},
    "logins_per_address_per_hour": {
        "en": "password sign-ins tried from one address an hour",
        "zh_TW": "每個位址每小時可試登入數",
    },
    "login_session_ttl_s": {
        "en": "life of an admin's or merchant's access token, s",
        "zh_TW": "管理員與商戶登入的有效秒數",
    },
    "login_refresh_ttl_s": {
        "en": "time after which they sign in anew, s",
        "zh_TW": "管理員與商戶須重新登入的秒數",
    },
    "member_refresh_ttl_s": {
        "en": "time after which members sign in anew, s",
        "zh_TW": "會員須重新登入的秒數",
    },
    "api_key_overlap_s": {
        "en": "how long a replaced API key still works, s",
        "zh_TW": "API 金鑰更換後舊鑰仍可用的秒數",
    },
    "key_requests_per_minute": {
        "en": "requests of one API key a minute",
        "zh_TW": "每把 API 金鑰每分鐘請求數",
    },
    "member_requests_per_minute": {"en": "requests of one member a minute", "zh_TW": "每位會員每分鐘請求數"},
    "public_requests_per_minute": {
        "en": "requests of one address that does not sign in, a minute",
        "zh_TW": "每個未登入位址每分鐘請求數",
    },
    "audit_chain_s": {
        "en": "time between two extensions of the audit chain, s",
        "zh_TW": "審計鏈延伸的間隔秒數",
    },
    "audit_head_s": {"en": "time between two signed ends of it, s", "zh_TW": "審計鏈簽署的間隔秒數"},
    "refusals_window_s": {
        "en": "time in which refusals of a kind are counted, s",
        "zh_TW": "統計同類拒絕的時間範圍（秒）",
    },
    "refusals_alert_count": {
        "en": "so many of them in that time raise an alert",
        "zh_TW": "達到多少次即告警",
    },
    "consistency_check_s": {
        "en": "time between two consistency checks, s",
        "zh_TW": "一致性檢查的間隔秒數",
    },
    "otp_ttl_s": {"en": "life of a one-time password, s", "zh_TW": "驗證碼有效秒數"},
    "otp_max_tries": {"en": "tries of a one-time password", "zh_TW": "驗證碼可試次數"},
    "otp_resend_s": {"en": "wait before another is sent, s", "zh_TW": "重送驗證碼的間隔秒數"},
    "otp_per_phone_per_day": {"en": "one-time passwords to a phone a day", "zh_TW": "每支電話每日驗證碼數"},
    "otp_per_address_per_hour": {
        "en": "one-time passwords for an address an hour",
        "zh_TW": "每個網路位址每小時驗證碼數",
    },
    "otp_per_prefix_per_day": {
        "en": "one-time passwords to a prefix a day",
        "zh_TW": "每個電話字首每日驗證碼數",
    },
    "otp_per_day": {"en": "one-time passwords in all a day", "zh_TW": "每日驗證碼總數"},
    "otp_members_percent": {
        "en": "percent of them kept for members",
        "zh_TW": "其中保留給會員的百分比",
    },
    "session_ttl_s": {"en": "life of a session, s", "zh_TW": "登入有效秒數"},
    "registration_ttl_s": {"en": "time to finish registering, s", "zh_TW": "完成註冊的秒數"},
    "enrolment_code_ttl_s": {"en": "life of an enrolment code, s", "zh_TW": "終端註冊碼有效秒數"},
    "enrolment_wrong_tries": {
        "en": "wrong enrolment codes in a window",
        "zh_TW": "一段時間內可錯的註冊碼次數",
    },
    "enrolment_window_s": {"en": "that window, s", "zh_TW": "那段時間的秒數"},
    "access_token_ttl_s": {"en": "life of an access token, s", "zh_TW": "存取權杖有效秒數"},
    "assertion_ttl_s": {"en": "life of a terminal's assertion, s", "zh_TW": "終端聲明有效秒數"},
    "live_window_s": {"en": "how old a live charge may be, s", "zh_TW": "線上收款可延遲的秒數"},
    "skew_s": {"en": "clocks may differ by, s", "zh_TW": "時鐘可差秒數"},
    "keep_alive_s": {"en": "sign of life on a change feed every, s", "zh_TW": "變更推送的保活間隔秒數"},
    "feed_poll_ms": {"en": "look for changes every, ms", "zh_TW": "查看變更的間隔毫秒"},
    "outbox_poll_ms": {"en": "look for messages to deliver every, ms", "zh_TW": "查看待送訊息的間隔毫秒"},
    "outbox_max_attempts": {"en": "tries to deliver a message", "zh_TW": "訊息投遞次數"},
    "code_sweep_s": {"en": "clear expired payment codes every, s", "zh_TW": "清除過期付款碼的間隔秒數"},
    "max_streams": {"en": "most change feeds at once", "zh_TW": "同時的變更推送上限"},
    "body_limit_bytes": {"en": "largest request, bytes", "zh_TW": "請求大小上限（位元組）"},
    "body_timeout_s": {"en": "longest wait for a request, s", "zh_TW": "等待請求內容的秒數"},
    "shutdown_timeout_s": {"en": "longest wait for requests at the end, s", "zh_TW": "停止時等待請求的秒數"},
    "log_level": {"en": "DEBUG, INFO, WARNING or ERROR", "zh_TW": "DEBUG、INFO、WARNING 或 ERROR"},
}

_HEADS: Final[dict[Language, str]] = {
    "en": "Settings: environment variables, or the same names in lower case without the prefix in the TOML"
    f" file that {CONFIG_VARIABLE} names:",
    "zh_TW": f"設定：環境變數；或寫在 {CONFIG_VARIABLE} 所指的 TOML 檔，名稱用小寫、不加前綴：",
}
_DEFAULTS: Final[dict[Language, str]] = {"en": "default", "zh_TW": "預設"}


def settings_help(language: Language) -> str:
    """Every setting with its meaning and default, two lines each, as the help's last paragraphs."""
    # The backspace keeps the lines of the paragraph that it opens as they are.
    lines = ["\b"]
    prefix = Settings.model_config.get("env_prefix", "")
    for name in Settings.model_fields:
        lines.append(f"{prefix}{name.upper()}")
        lines.append(f"    {MEANINGS[name][language]} ({_DEFAULTS[language]}: {_default(name, language)})")
    return f"{_HEADS[language]}\n\n" + "\n".join(lines)


def _default(name: str, language: Language) -> str:
    if name in _DEFAULT_PLACES:
        return _DEFAULT_PLACES[name][language]
    value = Settings.model_fields[name].get_default(call_default_factory=True)
    if isinstance(value, Path) and value.is_relative_to(Path.home()):
        return f"~/{value.relative_to(Path.home())}"
    return str(value)
