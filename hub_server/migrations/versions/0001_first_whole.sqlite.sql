CREATE TABLE accounts (
    id CHAR(32) NOT NULL,
    kind VARCHAR(32) NOT NULL CONSTRAINT ck_accounts_kind_known CHECK (kind IN ('card', 'merchant', 'fee_income', 'gateway', 'promotion_expense', 'overdraft')),
    owner VARCHAR(64) NOT NULL,
    currency VARCHAR(3) NOT NULL,
    opened_at BIGINT NOT NULL,
    CONSTRAINT pk_accounts PRIMARY KEY (id),
    CONSTRAINT uq_accounts_kind_owner UNIQUE (kind, owner)
);

CREATE TABLE admins (
    id CHAR(32) NOT NULL,
    email VARCHAR(254) NOT NULL,
    name VARCHAR(64) NOT NULL,
    password_hash VARCHAR(80) NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT pk_admins PRIMARY KEY (id),
    CONSTRAINT uq_admins_email UNIQUE (email)
);

CREATE TABLE alerts (
    id CHAR(32) NOT NULL,
    kind VARCHAR(48) NOT NULL,
    subject VARCHAR(64) NOT NULL,
    detail JSON NOT NULL,
    status VARCHAR(32) NOT NULL CONSTRAINT ck_alerts_status_known CHECK (status IN ('raised', 'acknowledged', 'resolved')),
    count INTEGER DEFAULT '1' NOT NULL,
    raised_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    CONSTRAINT pk_alerts PRIMARY KEY (id)
);

CREATE UNIQUE INDEX uq_alerts_raised ON alerts (kind, subject) WHERE status = 'raised';

CREATE TABLE audit_events (
    id INTEGER NOT NULL,
    name VARCHAR(48) NOT NULL,
    at BIGINT NOT NULL,
    actor_kind VARCHAR(16) NOT NULL,
    actor_id VARCHAR(64) NOT NULL,
    subject_kind VARCHAR(16) NOT NULL,
    subject_id VARCHAR(64) NOT NULL,
    data JSON NOT NULL,
    CONSTRAINT pk_audit_events PRIMARY KEY (id)
);

CREATE INDEX ix_audit_events_subject ON audit_events (subject_kind, subject_id);

CREATE TABLE enrolment_tries (
    address VARCHAR(45) NOT NULL,
    window_start BIGINT NOT NULL,
    wrong INTEGER NOT NULL,
    CONSTRAINT pk_enrolment_tries PRIMARY KEY (address)
);

CREATE TABLE feed_clock (
    id SMALLINT NOT NULL,
    last_told BIGINT NOT NULL,
    CONSTRAINT pk_feed_clock PRIMARY KEY (id)
);

CREATE TABLE feed_events (
    position BIGINT NOT NULL,
    kind VARCHAR(32) NOT NULL,
    merchant_id CHAR(32),
    store_id CHAR(32),
    terminal_id CHAR(32),
    payload JSON NOT NULL,
    published_at BIGINT NOT NULL,
    CONSTRAINT pk_feed_events PRIMARY KEY (position)
);

CREATE INDEX ix_feed_events_merchant ON feed_events (merchant_id, position);

CREATE INDEX ix_feed_events_terminal ON feed_events (terminal_id, position);

CREATE TABLE incarnations (
    incarnation VARCHAR(64) NOT NULL,
    data_reach BIGINT NOT NULL,
    CONSTRAINT pk_incarnations PRIMARY KEY (incarnation),
    CONSTRAINT uq_incarnations_data_reach UNIQUE (data_reach)
);

CREATE TABLE members (
    id CHAR(32) NOT NULL,
    phone VARCHAR(20) NOT NULL,
    name VARCHAR(64) NOT NULL,
    email VARCHAR(254),
    status VARCHAR(32) NOT NULL CONSTRAINT ck_members_status_known CHECK (status IN ('active', 'suspended')),
    registered_at BIGINT NOT NULL,
    CONSTRAINT pk_members PRIMARY KEY (id),
    CONSTRAINT uq_members_phone UNIQUE (phone)
);

CREATE TABLE number_sequences (
    name VARCHAR(32) NOT NULL,
    last_taken BIGINT NOT NULL,
    CONSTRAINT pk_number_sequences PRIMARY KEY (name)
);

CREATE TABLE otp_challenges (
    id CHAR(32) NOT NULL,
    phone VARCHAR(20) NOT NULL,
    prefix VARCHAR(8) NOT NULL,
    fate VARCHAR(32) NOT NULL CONSTRAINT ck_otp_challenges_fate_known CHECK (fate IN ('to_member', 'to_stranger', 'withheld')),
    address VARCHAR(45) NOT NULL,
    code_hash BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    tries INTEGER DEFAULT '0' NOT NULL,
    used_at BIGINT,
    CONSTRAINT pk_otp_challenges PRIMARY KEY (id)
);

CREATE INDEX ix_otp_challenges_address ON otp_challenges (address, created_at);

CREATE INDEX ix_otp_challenges_created ON otp_challenges (created_at, fate);

CREATE INDEX ix_otp_challenges_phone ON otp_challenges (phone, created_at);

CREATE INDEX ix_otp_challenges_prefix ON otp_challenges (prefix, created_at);

CREATE TABLE outbox (
    id INTEGER NOT NULL,
    topic VARCHAR(64) NOT NULL,
    payload JSON NOT NULL,
    created_at BIGINT NOT NULL,
    done_at BIGINT,
    set_aside_at BIGINT,
    attempts INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT pk_outbox PRIMARY KEY (id)
);

CREATE INDEX ix_outbox_waiting ON outbox (topic, id) WHERE done_at IS NULL AND set_aside_at IS NULL;

CREATE TABLE sessions (
    token_hash BLOB NOT NULL,
    kind VARCHAR(32) NOT NULL CONSTRAINT ck_sessions_kind_known CHECK (kind IN ('member', 'admin', 'registration')),
    subject VARCHAR(64) NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    CONSTRAINT pk_sessions PRIMARY KEY (token_hash)
);

CREATE INDEX ix_sessions_subject ON sessions (subject);

CREATE TABLE tier_tables (
    version INTEGER NOT NULL,
    tiers JSON NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT pk_tier_tables PRIMARY KEY (version)
);

CREATE TABLE cards (
    id CHAR(32) NOT NULL,
    serial BIGINT NOT NULL,
    card_no VARCHAR(16) NOT NULL,
    card_type VARCHAR(32) NOT NULL CONSTRAINT ck_cards_card_type_known CHECK (card_type IN ('standard', 'prepaid', 'corporate', 'voucher')),
    status VARCHAR(32) NOT NULL CONSTRAINT ck_cards_status_known CHECK (status IN ('active', 'frozen', 'lost', 'expired', 'closed')),
    fixed_rate INTEGER CONSTRAINT ck_cards_rate_bounds CHECK (fixed_rate BETWEEN 0 AND 10000),
    currency VARCHAR(3) NOT NULL,
    account_id CHAR(32) NOT NULL,
    balance BIGINT DEFAULT '0' NOT NULL,
    points BIGINT DEFAULT '0' NOT NULL CONSTRAINT ck_cards_points_positive CHECK (points >= 0),
    tier SMALLINT DEFAULT '0' NOT NULL,
    binding_password_hash VARCHAR(80),
    expires_at BIGINT,
    issued_at BIGINT NOT NULL,
    CONSTRAINT pk_cards PRIMARY KEY (id),
    CONSTRAINT uq_cards_serial UNIQUE (serial),
    CONSTRAINT uq_cards_card_no UNIQUE (card_no),
    CONSTRAINT uq_cards_account_id UNIQUE (account_id),
    CONSTRAINT fk_cards_account_id FOREIGN KEY(account_id) REFERENCES accounts (id)
);

CREATE TABLE merchants (
    id CHAR(32) NOT NULL,
    code VARCHAR(8) NOT NULL,
    name VARCHAR(64) NOT NULL,
    status VARCHAR(32) NOT NULL CONSTRAINT ck_merchants_status_known CHECK (status IN ('active', 'suspended')),
    account_id CHAR(32) NOT NULL,
    approved_at BIGINT NOT NULL,
    CONSTRAINT pk_merchants PRIMARY KEY (id),
    CONSTRAINT uq_merchants_code UNIQUE (code),
    CONSTRAINT uq_merchants_account_id UNIQUE (account_id),
    CONSTRAINT fk_merchants_account_id FOREIGN KEY(account_id) REFERENCES accounts (id)
);

CREATE TABLE postings (
    id INTEGER NOT NULL,
    transaction_id CHAR(32) NOT NULL,
    debit_account CHAR(32) NOT NULL,
    credit_account CHAR(32) NOT NULL,
    amount BIGINT NOT NULL CONSTRAINT ck_postings_positive CHECK (amount > 0),
    currency VARCHAR(3) NOT NULL,
    posted_at BIGINT NOT NULL,
    CONSTRAINT pk_postings PRIMARY KEY (id),
    CONSTRAINT ck_postings_two_accounts CHECK (debit_account <> credit_account),
    CONSTRAINT fk_postings_debit_account FOREIGN KEY(debit_account) REFERENCES accounts (id),
    CONSTRAINT fk_postings_credit_account FOREIGN KEY(credit_account) REFERENCES accounts (id)
);

CREATE INDEX ix_postings_credit_account ON postings (credit_account);

CREATE INDEX ix_postings_debit_account ON postings (debit_account);

CREATE INDEX ix_postings_transaction_id ON postings (transaction_id);

CREATE TABLE bindings (
    id CHAR(32) NOT NULL,
    card_id CHAR(32) NOT NULL,
    member_id CHAR(32) NOT NULL,
    role VARCHAR(32) NOT NULL CONSTRAINT ck_bindings_role_known CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
    bound_at BIGINT NOT NULL,
    CONSTRAINT pk_bindings PRIMARY KEY (id),
    CONSTRAINT uq_bindings_card_id_member_id UNIQUE (card_id, member_id),
    CONSTRAINT fk_bindings_card_id FOREIGN KEY(card_id) REFERENCES cards (id),
    CONSTRAINT fk_bindings_member_id FOREIGN KEY(member_id) REFERENCES members (id)
);

CREATE INDEX ix_bindings_member_id ON bindings (member_id);

CREATE TABLE merchant_api_keys (
    id CHAR(32) NOT NULL,
    merchant_id CHAR(32) NOT NULL,
    key_hash BLOB NOT NULL,
    scopes JSON NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    CONSTRAINT pk_merchant_api_keys PRIMARY KEY (id),
    CONSTRAINT fk_merchant_api_keys_merchant_id FOREIGN KEY(merchant_id) REFERENCES merchants (id),
    CONSTRAINT uq_merchant_api_keys_key_hash UNIQUE (key_hash)
);

CREATE INDEX ix_merchant_api_keys_merchant_id ON merchant_api_keys (merchant_id);

CREATE TABLE merchant_status_changes (
    id INTEGER NOT NULL,
    merchant_id CHAR(32) NOT NULL,
    at BIGINT NOT NULL,
    status VARCHAR(32) NOT NULL CONSTRAINT ck_merchant_status_changes_status_known CHECK (status IN ('active', 'suspended')),
    reason VARCHAR(64) NOT NULL,
    told_at BIGINT,
    CONSTRAINT pk_merchant_status_changes PRIMARY KEY (id),
    CONSTRAINT fk_merchant_status_changes_merchant_id FOREIGN KEY(merchant_id) REFERENCES merchants (id)
);

CREATE INDEX ix_merchant_status_changes_merchant_id ON merchant_status_changes (merchant_id);

CREATE TABLE payment_codes (
    code_ref VARCHAR(32) NOT NULL,
    card_id CHAR(32) NOT NULL,
    member_id CHAR(32),
    secret_hash VARCHAR(80) NOT NULL,
    certificate BLOB NOT NULL,
    state VARCHAR(32) NOT NULL CONSTRAINT ck_payment_codes_state_known CHECK (state IN ('live', 'consumed', 'replaced', 'revoked', 'expired')),
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    rate INTEGER NOT NULL,
    tier SMALLINT NOT NULL,
    offline_limit BIGINT NOT NULL,
    revoked_at BIGINT,
    told_at BIGINT,
    allowance_released BOOLEAN DEFAULT false NOT NULL,
    live_uses INTEGER DEFAULT '0' NOT NULL,
    advised_uses INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT pk_payment_codes PRIMARY KEY (code_ref),
    CONSTRAINT fk_payment_codes_card_id FOREIGN KEY(card_id) REFERENCES cards (id),
    CONSTRAINT fk_payment_codes_member_id FOREIGN KEY(member_id) REFERENCES members (id)
);

CREATE INDEX ix_payment_codes_card ON payment_codes (card_id, expires_at);

CREATE INDEX ix_payment_codes_overdue ON payment_codes (expires_at) WHERE state = 'live';

CREATE INDEX ix_payment_codes_waiting ON payment_codes (expires_at, code_ref) WHERE offline_limit > 0 AND allowance_released IS 0;

CREATE UNIQUE INDEX uq_payment_codes_live ON payment_codes (card_id) WHERE state = 'live';

CREATE TABLE policies (
    merchant_id CHAR(32) NOT NULL,
    version INTEGER NOT NULL,
    policy JSON NOT NULL,
    created_at BIGINT NOT NULL,
    told_at BIGINT,
    CONSTRAINT pk_policies PRIMARY KEY (merchant_id, version),
    CONSTRAINT fk_policies_merchant_id FOREIGN KEY(merchant_id) REFERENCES merchants (id)
);

CREATE TABLE staff (
    id CHAR(32) NOT NULL,
    merchant_id CHAR(32) NOT NULL,
    name VARCHAR(64) NOT NULL,
    pin_hash VARCHAR(80) NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT pk_staff PRIMARY KEY (id),
    CONSTRAINT fk_staff_merchant_id FOREIGN KEY(merchant_id) REFERENCES merchants (id)
);

CREATE INDEX ix_staff_merchant_id ON staff (merchant_id);

CREATE TABLE stores (
    id CHAR(32) NOT NULL,
    merchant_id CHAR(32) NOT NULL,
    name VARCHAR(64) NOT NULL,
    address VARCHAR(200) NOT NULL,
    time_zone VARCHAR(64) NOT NULL,
    day_starts_at SMALLINT NOT NULL CONSTRAINT ck_stores_hour CHECK (day_starts_at BETWEEN 0 AND 23),
    CONSTRAINT pk_stores PRIMARY KEY (id),
    CONSTRAINT fk_stores_merchant_id FOREIGN KEY(merchant_id) REFERENCES merchants (id)
);

CREATE INDEX ix_stores_merchant_id ON stores (merchant_id);

CREATE TABLE payment_code_history (
    id INTEGER NOT NULL,
    code_ref VARCHAR(32) NOT NULL,
    secret_hash VARCHAR(80) NOT NULL,
    state VARCHAR(32) NOT NULL CONSTRAINT ck_payment_code_history_state_known CHECK (state IN ('live', 'consumed', 'replaced', 'revoked', 'expired')),
    at BIGINT NOT NULL,
    actor VARCHAR(64) NOT NULL,
    CONSTRAINT pk_payment_code_history PRIMARY KEY (id),
    CONSTRAINT fk_payment_code_history_code_ref FOREIGN KEY(code_ref) REFERENCES payment_codes (code_ref)
);

CREATE INDEX ix_payment_code_history_code_ref ON payment_code_history (code_ref);

CREATE TABLE staff_posts (
    id CHAR(32) NOT NULL,
    staff_id CHAR(32) NOT NULL,
    store_id CHAR(32) NOT NULL,
    role VARCHAR(32) NOT NULL CONSTRAINT ck_staff_posts_role_known CHECK (role IN ('cashier', 'store_manager')),
    since BIGINT NOT NULL,
    until BIGINT,
    told_since BIGINT,
    told_until BIGINT,
    CONSTRAINT pk_staff_posts PRIMARY KEY (id),
    CONSTRAINT fk_staff_posts_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id),
    CONSTRAINT fk_staff_posts_store_id FOREIGN KEY(store_id) REFERENCES stores (id)
);

CREATE INDEX ix_staff_posts_staff_id ON staff_posts (staff_id);

CREATE INDEX ix_staff_posts_store ON staff_posts (store_id, since);

CREATE TABLE terminals (
    id CHAR(32) NOT NULL,
    merchant_id CHAR(32) NOT NULL,
    store_id CHAR(32) NOT NULL,
    terminal_no VARCHAR(8) NOT NULL,
    name VARCHAR(64) NOT NULL,
    status VARCHAR(32) NOT NULL CONSTRAINT ck_terminals_status_known CHECK (status IN ('created', 'active', 'suspended', 'retired')),
    public_key BLOB,
    certificate TEXT,
    app_version VARCHAR(64),
    created_at BIGINT NOT NULL,
    enrolled_at BIGINT,
    verified_through BIGINT DEFAULT '-1' NOT NULL,
    verified_hash VARCHAR(43),
    verified_contact BIGINT,
    head_seq BIGINT,
    head_at BIGINT,
    CONSTRAINT pk_terminals PRIMARY KEY (id),
    CONSTRAINT uq_terminals_store_id_terminal_no UNIQUE (store_id, terminal_no),
    CONSTRAINT fk_terminals_merchant_id FOREIGN KEY(merchant_id) REFERENCES merchants (id),
    CONSTRAINT fk_terminals_store_id FOREIGN KEY(store_id) REFERENCES stores (id)
);

CREATE INDEX ix_terminals_store_id ON terminals (store_id);

CREATE TABLE contact_spells (
    terminal_id CHAR(32) NOT NULL,
    began_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    CONSTRAINT pk_contact_spells PRIMARY KEY (terminal_id, began_at),
    CONSTRAINT fk_contact_spells_terminal_id FOREIGN KEY(terminal_id) REFERENCES terminals (id)
);

CREATE INDEX ix_contact_spells_end ON contact_spells (terminal_id, ended_at);

CREATE TABLE enrolment_codes (
    code_hash BLOB NOT NULL,
    terminal_id CHAR(32) NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    CONSTRAINT pk_enrolment_codes PRIMARY KEY (code_hash),
    CONSTRAINT fk_enrolment_codes_terminal_id FOREIGN KEY(terminal_id) REFERENCES terminals (id)
);

CREATE INDEX ix_enrolment_codes_terminal_id ON enrolment_codes (terminal_id);

CREATE TABLE journal_failures (
    terminal_id CHAR(32) NOT NULL,
    hash VARCHAR(43) NOT NULL,
    failures INTEGER NOT NULL,
    failed_at BIGINT NOT NULL,
    CONSTRAINT pk_journal_failures PRIMARY KEY (terminal_id, hash),
    CONSTRAINT fk_journal_failures_terminal_id FOREIGN KEY(terminal_id) REFERENCES terminals (id)
);

CREATE TABLE journal_forks (
    terminal_id CHAR(32) NOT NULL,
    hash VARCHAR(43) NOT NULL,
    seq BIGINT NOT NULL,
    entry_id CHAR(32) NOT NULL,
    jws TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    decision TEXT NOT NULL,
    CONSTRAINT pk_journal_forks PRIMARY KEY (terminal_id, hash),
    CONSTRAINT fk_journal_forks_terminal_id FOREIGN KEY(terminal_id) REFERENCES terminals (id)
);

CREATE TABLE shifts (
    terminal_id CHAR(32) NOT NULL,
    shift VARCHAR(64) NOT NULL,
    cashier VARCHAR(64) NOT NULL,
    opened_at BIGINT,
    closed_at BIGINT,
    closed_seq BIGINT,
    reported JSON,
    difference BIGINT,
    CONSTRAINT pk_shifts PRIMARY KEY (terminal_id, shift),
    CONSTRAINT fk_shifts_terminal_id FOREIGN KEY(terminal_id) REFERENCES terminals (id)
);

CREATE INDEX ix_shifts_closed ON shifts (terminal_id, closed_at);

CREATE INDEX ix_shifts_to_compare ON shifts (terminal_id, closed_seq) WHERE difference IS NULL;

CREATE TABLE terminal_status_changes (
    id INTEGER NOT NULL,
    terminal_id CHAR(32) NOT NULL,
    at BIGINT NOT NULL,
    status VARCHAR(32) NOT NULL CONSTRAINT ck_terminal_status_changes_status_known CHECK (status IN ('created', 'active', 'suspended', 'retired')),
    reason VARCHAR(64) NOT NULL,
    told_at BIGINT,
    CONSTRAINT pk_terminal_status_changes PRIMARY KEY (id),
    CONSTRAINT fk_terminal_status_changes_terminal_id FOREIGN KEY(terminal_id) REFERENCES terminals (id)
);

CREATE INDEX ix_terminal_status_changes_terminal_id ON terminal_status_changes (terminal_id);

CREATE TABLE transactions (
    id CHAR(32) NOT NULL,
    tx_no VARCHAR(16) NOT NULL,
    kind VARCHAR(32) NOT NULL CONSTRAINT ck_transactions_kind_known CHECK (kind IN ('charge', 'refund', 'reversal', 'top_up', 'adjustment')),
    status VARCHAR(32) NOT NULL CONSTRAINT ck_transactions_status_known CHECK (status IN ('processing', 'completed', 'refunded', 'reversed', 'failed')),
    card_id CHAR(32) NOT NULL,
    merchant_id CHAR(32),
    store_id CHAR(32),
    terminal_id CHAR(32),
    entry_id CHAR(32),
    entry_seq BIGINT,
    code_ref VARCHAR(32),
    original_id CHAR(32),
    cashier VARCHAR(64),
    shift VARCHAR(64),
    order_ref VARCHAR(64),
    raw_amount BIGINT NOT NULL CONSTRAINT ck_transactions_raw_positive CHECK (raw_amount > 0),
    rate INTEGER NOT NULL CONSTRAINT ck_transactions_rate_bounds CHECK (rate BETWEEN 0 AND 10000),
    payable BIGINT NOT NULL CONSTRAINT ck_transactions_payable_positive CHECK (payable >= 0),
    given_back BIGINT DEFAULT '0' NOT NULL CONSTRAINT ck_transactions_given_back_bounds CHECK (given_back BETWEEN 0 AND payable),
    currency VARCHAR(3) NOT NULL,
    points_earned BIGINT NOT NULL,
    points_balance BIGINT NOT NULL,
    tier SMALLINT NOT NULL,
    card_last4 VARCHAR(4) NOT NULL,
    card_type VARCHAR(32) NOT NULL CONSTRAINT ck_transactions_card_type_known CHECK (card_type IN ('standard', 'prepaid', 'corporate', 'voucher')),
    offline BOOLEAN DEFAULT false NOT NULL,
    overdrawn BOOLEAN DEFAULT false NOT NULL,
    at BIGINT NOT NULL,
    completed_at BIGINT,
    CONSTRAINT pk_transactions PRIMARY KEY (id),
    CONSTRAINT uq_transactions_tx_no UNIQUE (tx_no),
    CONSTRAINT fk_transactions_card_id FOREIGN KEY(card_id) REFERENCES cards (id),
    CONSTRAINT fk_transactions_merchant_id FOREIGN KEY(merchant_id) REFERENCES merchants (id),
    CONSTRAINT fk_transactions_store_id FOREIGN KEY(store_id) REFERENCES stores (id),
    CONSTRAINT fk_transactions_terminal_id FOREIGN KEY(terminal_id) REFERENCES terminals (id),
    CONSTRAINT fk_transactions_original_id FOREIGN KEY(original_id) REFERENCES transactions (id)
);

CREATE INDEX ix_transactions_card ON transactions (card_id, completed_at);

CREATE INDEX ix_transactions_merchant ON transactions (merchant_id, at);

CREATE INDEX ix_transactions_order ON transactions (merchant_id, order_ref) WHERE order_ref IS NOT NULL;

CREATE INDEX ix_transactions_original_id ON transactions (original_id);

CREATE INDEX ix_transactions_shift ON transactions (terminal_id, shift);

CREATE INDEX ix_transactions_store ON transactions (store_id, at);

CREATE UNIQUE INDEX uq_transactions_entry ON transactions (terminal_id, entry_id) WHERE entry_id IS NOT NULL;

CREATE TABLE used_assertions (
    jti VARCHAR(128) NOT NULL,
    terminal_id CHAR(32) NOT NULL,
    expires_at BIGINT NOT NULL,
    CONSTRAINT pk_used_assertions PRIMARY KEY (jti, terminal_id),
    CONSTRAINT fk_used_assertions_terminal_id FOREIGN KEY(terminal_id) REFERENCES terminals (id)
);

CREATE INDEX ix_used_assertions_expires_at ON used_assertions (expires_at);

CREATE TABLE journal_entries (
    terminal_id CHAR(32) NOT NULL,
    seq BIGINT NOT NULL,
    entry_id CHAR(32) NOT NULL,
    hash VARCHAR(43) NOT NULL,
    prev VARCHAR(43) NOT NULL,
    jws TEXT NOT NULL,
    type VARCHAR(32) NOT NULL,
    at BIGINT NOT NULL,
    contact BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    charge_id CHAR(32),
    code_ref VARCHAR(32),
    advised_payable BIGINT,
    status VARCHAR(32) NOT NULL CONSTRAINT ck_journal_entries_status_known CHECK (status IN ('accepted', 'completed', 'declined', 'reversed', 'rejected', 'unconfirmed', 'pending', 'held', 'retry')),
    code VARCHAR(48),
    detail VARCHAR(200),
    decision TEXT,
    decided_at BIGINT,
    transaction_id CHAR(32),
    reversal_tx_no VARCHAR(16),
    CONSTRAINT pk_journal_entries PRIMARY KEY (terminal_id, seq),
    CONSTRAINT uq_journal_entries_terminal_id_entry_id UNIQUE (terminal_id, entry_id),
    CONSTRAINT fk_journal_entries_terminal_id FOREIGN KEY(terminal_id) REFERENCES terminals (id),
    CONSTRAINT fk_journal_entries_transaction_id FOREIGN KEY(transaction_id) REFERENCES transactions (id)
);

CREATE INDEX ix_journal_entries_charge ON journal_entries (terminal_id, charge_id);

CREATE INDEX ix_journal_entries_code ON journal_entries (terminal_id, code_ref);

CREATE INDEX ix_journal_entries_contact ON journal_entries (terminal_id, contact, type);

CREATE INDEX ix_journal_entries_open ON journal_entries (status, received_at) WHERE decision IS NULL;

CREATE INDEX ix_journal_entries_waiting ON journal_entries (terminal_id, seq) WHERE status = 'pending' AND charge_id IS NOT NULL;

CREATE TABLE point_ledger (
    id INTEGER NOT NULL,
    card_id CHAR(32) NOT NULL,
    change BIGINT NOT NULL CONSTRAINT ck_point_ledger_moves CHECK (change <> 0),
    "before" BIGINT NOT NULL,
    "after" BIGINT NOT NULL CONSTRAINT ck_point_ledger_after_positive CHECK (after >= 0),
    reason VARCHAR(64) NOT NULL,
    transaction_id CHAR(32),
    at BIGINT NOT NULL,
    CONSTRAINT pk_point_ledger PRIMARY KEY (id),
    CONSTRAINT ck_point_ledger_adds_up CHECK (after = before + change),
    CONSTRAINT fk_point_ledger_card_id FOREIGN KEY(card_id) REFERENCES cards (id),
    CONSTRAINT fk_point_ledger_transaction_id FOREIGN KEY(transaction_id) REFERENCES transactions (id)
);

CREATE INDEX ix_point_ledger_card ON point_ledger (card_id, id);
