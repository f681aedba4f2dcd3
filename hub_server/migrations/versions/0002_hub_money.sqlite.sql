ALTER TABLE alerts ADD COLUMN acknowledged_at BIGINT;

ALTER TABLE alerts ADD COLUMN acknowledged_by VARCHAR(64);

ALTER TABLE alerts ADD COLUMN resolved_at BIGINT;

ALTER TABLE alerts ADD COLUMN resolved_by VARCHAR(64);

ALTER TABLE alerts ADD COLUMN note VARCHAR(500);

CREATE INDEX ix_audit_events_name ON audit_events (name, at);

ALTER TABLE incarnations ADD COLUMN restored_at BIGINT;

CREATE TABLE rate_windows (
    kind VARCHAR(32) NOT NULL,
    subject VARCHAR(64) NOT NULL,
    began_at BIGINT NOT NULL,
    count INTEGER NOT NULL,
    CONSTRAINT pk_rate_windows PRIMARY KEY (kind, subject)
);

CREATE TABLE refresh_tokens (
    token_hash BLOB NOT NULL,
    family CHAR(32) NOT NULL,
    kind VARCHAR(32) NOT NULL CONSTRAINT ck_refresh_tokens_kind_known CHECK (kind IN ('member', 'admin', 'merchant', 'registration')),
    subject VARCHAR(64) NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    revoked_at BIGINT,
    CONSTRAINT pk_refresh_tokens PRIMARY KEY (token_hash)
);

CREATE INDEX ix_refresh_tokens_family ON refresh_tokens (family);

CREATE INDEX ix_refresh_tokens_subject ON refresh_tokens (subject);

CREATE TABLE service_states (
    id INTEGER NOT NULL,
    state VARCHAR(32) NOT NULL CONSTRAINT ck_service_states_state_known CHECK (state IN ('running', 'suspended')),
    reason VARCHAR(200) NOT NULL,
    at BIGINT NOT NULL,
    actor VARCHAR(64) NOT NULL,
    CONSTRAINT pk_service_states PRIMARY KEY (id)
);

ALTER TABLE sessions RENAME TO sessions_before;

DROP INDEX ix_sessions_subject;

CREATE TABLE sessions (
    token_hash BLOB NOT NULL,
    kind VARCHAR(32) NOT NULL CONSTRAINT ck_sessions_kind_known CHECK (kind IN ('member', 'admin', 'merchant', 'registration')),
    subject VARCHAR(64) NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    family CHAR(32),
    CONSTRAINT pk_sessions PRIMARY KEY (token_hash)
);

INSERT INTO sessions (token_hash, kind, subject, created_at, expires_at, revoked_at) SELECT token_hash, kind, subject, created_at, expires_at, revoked_at FROM sessions_before;

DROP TABLE sessions_before;

CREATE INDEX ix_sessions_family ON sessions (family);

CREATE INDEX ix_sessions_subject ON sessions (subject);

ALTER TABLE tier_tables ADD COLUMN created_by VARCHAR(64);

CREATE TABLE audit_links (
    position BIGINT NOT NULL,
    event_id INTEGER NOT NULL,
    hash VARCHAR(43) NOT NULL,
    CONSTRAINT pk_audit_links PRIMARY KEY (position),
    CONSTRAINT uq_audit_links_event_id UNIQUE (event_id),
    CONSTRAINT fk_audit_links_event_id FOREIGN KEY(event_id) REFERENCES audit_events (id)
);

CREATE TABLE audit_heads (
    position BIGINT NOT NULL,
    through_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    jws TEXT NOT NULL,
    CONSTRAINT pk_audit_heads PRIMARY KEY (position),
    CONSTRAINT fk_audit_heads_position FOREIGN KEY(position) REFERENCES audit_links (position)
);

CREATE TABLE binding_requests (
    id CHAR(32) NOT NULL,
    card_id CHAR(32) NOT NULL,
    member_id CHAR(32) NOT NULL,
    role VARCHAR(32) NOT NULL CONSTRAINT ck_binding_requests_role_known CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
    state VARCHAR(32) NOT NULL CONSTRAINT ck_binding_requests_state_known CHECK (state IN ('waiting', 'confirmed', 'refused')),
    asked_at BIGINT NOT NULL,
    decided_at BIGINT,
    decided_by CHAR(32),
    CONSTRAINT pk_binding_requests PRIMARY KEY (id),
    CONSTRAINT fk_binding_requests_card_id FOREIGN KEY(card_id) REFERENCES cards (id),
    CONSTRAINT fk_binding_requests_member_id FOREIGN KEY(member_id) REFERENCES members (id),
    CONSTRAINT fk_binding_requests_decided_by FOREIGN KEY(decided_by) REFERENCES members (id)
);

CREATE INDEX ix_binding_requests_member_id ON binding_requests (member_id);

CREATE UNIQUE INDEX uq_binding_requests_waiting ON binding_requests (card_id, member_id) WHERE state = 'waiting';

CREATE TABLE binding_tries (
    card_id CHAR(32) NOT NULL,
    wrong INTEGER NOT NULL,
    locked_until BIGINT,
    CONSTRAINT pk_binding_tries PRIMARY KEY (card_id),
    CONSTRAINT fk_binding_tries_card_id FOREIGN KEY(card_id) REFERENCES cards (id)
);

ALTER TABLE bindings ADD COLUMN cap_per_charge BIGINT CONSTRAINT ck_bindings_cap_per_charge CHECK (cap_per_charge > 0);

ALTER TABLE bindings ADD COLUMN cap_per_day BIGINT CONSTRAINT ck_bindings_cap_per_day CHECK (cap_per_day > 0);

CREATE TABLE invitations (
    token_hash BLOB NOT NULL,
    card_id CHAR(32) NOT NULL,
    role VARCHAR(32) NOT NULL CONSTRAINT ck_invitations_role_known CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
    invited_by CHAR(32) NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    used_by CHAR(32),
    CONSTRAINT pk_invitations PRIMARY KEY (token_hash),
    CONSTRAINT fk_invitations_card_id FOREIGN KEY(card_id) REFERENCES cards (id),
    CONSTRAINT fk_invitations_invited_by FOREIGN KEY(invited_by) REFERENCES members (id),
    CONSTRAINT fk_invitations_used_by FOREIGN KEY(used_by) REFERENCES members (id)
);

CREATE INDEX ix_invitations_card_id ON invitations (card_id);

CREATE TABLE kept_caps (
    card_id CHAR(32) NOT NULL,
    member_id CHAR(32) NOT NULL,
    cap_per_charge BIGINT,
    cap_per_day BIGINT,
    CONSTRAINT pk_kept_caps PRIMARY KEY (card_id, member_id),
    CONSTRAINT fk_kept_caps_card_id FOREIGN KEY(card_id) REFERENCES cards (id),
    CONSTRAINT fk_kept_caps_member_id FOREIGN KEY(member_id) REFERENCES members (id)
);

CREATE TABLE kiosks (
    id CHAR(32) NOT NULL,
    name VARCHAR(64) NOT NULL,
    card_id CHAR(32) NOT NULL,
    key_hash BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    CONSTRAINT pk_kiosks PRIMARY KEY (id),
    CONSTRAINT fk_kiosks_card_id FOREIGN KEY(card_id) REFERENCES cards (id),
    CONSTRAINT uq_kiosks_key_hash UNIQUE (key_hash)
);

CREATE UNIQUE INDEX uq_kiosks_card ON kiosks (card_id) WHERE revoked_at IS NULL;

ALTER TABLE merchant_api_keys ADD COLUMN name VARCHAR(64);

ALTER TABLE merchant_api_keys ADD COLUMN hint VARCHAR(16);

ALTER TABLE merchant_api_keys ADD COLUMN expires_at BIGINT;

ALTER TABLE policies ADD COLUMN created_by VARCHAR(64);

CREATE TABLE promotion_grants (
    promotion_id CHAR(32) NOT NULL,
    card_id CHAR(32) NOT NULL,
    points BIGINT NOT NULL,
    granted_at BIGINT NOT NULL,
    CONSTRAINT pk_promotion_grants PRIMARY KEY (promotion_id, card_id),
    CONSTRAINT fk_promotion_grants_card_id FOREIGN KEY(card_id) REFERENCES cards (id)
);

CREATE TABLE promotions (
    id CHAR(32) NOT NULL,
    version INTEGER NOT NULL,
    name VARCHAR(64) NOT NULL,
    kind VARCHAR(32) NOT NULL CONSTRAINT ck_promotions_kind_known CHECK (kind IN ('factor', 'grant')),
    factor INTEGER CONSTRAINT ck_promotions_factor_bounds CHECK (factor BETWEEN 10001 AND 1000000),
    points BIGINT CONSTRAINT ck_promotions_points_positive CHECK (points > 0),
    "trigger" VARCHAR(32) CONSTRAINT ck_promotions_trigger_known CHECK (trigger IN ('registration', 'first_charge')),
    merchant_id CHAR(32),
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    is_withdrawn BOOLEAN DEFAULT false NOT NULL,
    created_at BIGINT NOT NULL,
    created_by VARCHAR(64) NOT NULL,
    CONSTRAINT pk_promotions PRIMARY KEY (id, version),
    CONSTRAINT ck_promotions_period CHECK (starts_at < ends_at),
    CONSTRAINT ck_promotions_kind_fields CHECK ((kind = 'factor') = (factor IS NOT NULL) AND (kind = 'grant') = (points IS NOT NULL) AND (kind = 'grant') = (trigger IS NOT NULL)),
    CONSTRAINT fk_promotions_merchant_id FOREIGN KEY(merchant_id) REFERENCES merchants (id)
);

CREATE TABLE retired_card_numbers (
    card_no VARCHAR(16) NOT NULL,
    serial BIGINT NOT NULL,
    card_id CHAR(32) NOT NULL,
    retired_at BIGINT NOT NULL,
    CONSTRAINT pk_retired_card_numbers PRIMARY KEY (card_no),
    CONSTRAINT uq_retired_card_numbers_serial UNIQUE (serial),
    CONSTRAINT fk_retired_card_numbers_card_id FOREIGN KEY(card_id) REFERENCES cards (id)
);

CREATE INDEX ix_retired_card_numbers_card_id ON retired_card_numbers (card_id);

CREATE TABLE logins (
    id CHAR(32) NOT NULL,
    kind VARCHAR(32) NOT NULL CONSTRAINT ck_logins_kind_known CHECK (kind IN ('admin', 'merchant')),
    email VARCHAR(254) NOT NULL,
    name VARCHAR(64) NOT NULL,
    role VARCHAR(32) NOT NULL CONSTRAINT ck_logins_role_known CHECK (role IN ('superadmin', 'operator', 'finance', 'auditor', 'owner', 'manager')),
    merchant_id CHAR(32),
    store_id CHAR(32),
    password_hash VARCHAR(80) NOT NULL,
    totp_sealed BLOB,
    totp_last_step BIGINT,
    status VARCHAR(32) NOT NULL CONSTRAINT ck_logins_status_known CHECK (status IN ('active', 'disabled')),
    wrong_tries INTEGER DEFAULT '0' NOT NULL,
    locked_until BIGINT,
    created_at BIGINT NOT NULL,
    created_by CHAR(32),
    reset_by CHAR(32),
    CONSTRAINT pk_logins PRIMARY KEY (id),
    CONSTRAINT ck_logins_merchants_only CHECK ((kind = 'merchant') = (merchant_id IS NOT NULL)),
    CONSTRAINT uq_logins_email UNIQUE (email),
    CONSTRAINT fk_logins_merchant_id FOREIGN KEY(merchant_id) REFERENCES merchants (id),
    CONSTRAINT fk_logins_store_id FOREIGN KEY(store_id) REFERENCES stores (id),
    CONSTRAINT fk_logins_created_by FOREIGN KEY(created_by) REFERENCES logins (id),
    CONSTRAINT fk_logins_reset_by FOREIGN KEY(reset_by) REFERENCES logins (id)
);

CREATE INDEX ix_logins_merchant_id ON logins (merchant_id);

ALTER TABLE payment_codes ADD COLUMN kiosk_id CHAR(32) CONSTRAINT fk_payment_codes_kiosk_id REFERENCES kiosks (id);

CREATE TABLE entry_rulings (
    terminal_id CHAR(32) NOT NULL,
    subject CHAR(32) NOT NULL,
    verdict VARCHAR(32) NOT NULL CONSTRAINT ck_entry_rulings_verdict_known CHECK (verdict IN ('honour', 'refuse')),
    reason VARCHAR(64) NOT NULL,
    proposed_by VARCHAR(64) NOT NULL,
    proposed_at BIGINT NOT NULL,
    proposer_hands JSON NOT NULL,
    decided_by VARCHAR(64),
    decided_at BIGINT,
    CONSTRAINT pk_entry_rulings PRIMARY KEY (terminal_id, subject),
    CONSTRAINT fk_entry_rulings_terminal_id FOREIGN KEY(terminal_id) REFERENCES terminals (id)
);

ALTER TABLE shifts ADD COLUMN opened_seq BIGINT;

CREATE INDEX ix_shifts_opened ON shifts (terminal_id, opened_seq);

ALTER TABLE transactions ADD COLUMN member_id CHAR(32) CONSTRAINT fk_transactions_member_id REFERENCES members (id);

ALTER TABLE transactions ADD COLUMN approved_by VARCHAR(64);

ALTER TABLE transactions ADD COLUMN reason VARCHAR(64);

CREATE INDEX ix_transactions_member ON transactions (card_id, member_id, at);

CREATE TABLE adjustments (
    id CHAR(32) NOT NULL,
    card_id CHAR(32) NOT NULL,
    amount BIGINT NOT NULL CONSTRAINT ck_adjustments_moves CHECK (amount <> 0),
    currency VARCHAR(3) NOT NULL,
    reason VARCHAR(200) NOT NULL,
    state VARCHAR(32) NOT NULL CONSTRAINT ck_adjustments_state_known CHECK (state IN ('proposed', 'approved', 'refused')),
    proposed_by CHAR(32) NOT NULL,
    proposed_at BIGINT NOT NULL,
    proposer_hands JSON NOT NULL,
    decided_by CHAR(32),
    decided_at BIGINT,
    note VARCHAR(200),
    transaction_id CHAR(32),
    request_hash BLOB,
    CONSTRAINT pk_adjustments PRIMARY KEY (id),
    CONSTRAINT ck_adjustments_four_eyes CHECK (decided_by IS NULL OR decided_by <> proposed_by),
    CONSTRAINT ck_adjustments_decided CHECK ((state = 'proposed') = (decided_by IS NULL)),
    CONSTRAINT ck_adjustments_moved CHECK ((state = 'approved') = (transaction_id IS NOT NULL)),
    CONSTRAINT fk_adjustments_card_id FOREIGN KEY(card_id) REFERENCES cards (id),
    CONSTRAINT fk_adjustments_proposed_by FOREIGN KEY(proposed_by) REFERENCES logins (id),
    CONSTRAINT fk_adjustments_decided_by FOREIGN KEY(decided_by) REFERENCES logins (id),
    CONSTRAINT uq_adjustments_transaction_id UNIQUE (transaction_id),
    CONSTRAINT fk_adjustments_transaction_id FOREIGN KEY(transaction_id) REFERENCES transactions (id),
    CONSTRAINT uq_adjustments_request_hash UNIQUE (request_hash)
);

CREATE INDEX ix_adjustments_card_id ON adjustments (card_id);

CREATE INDEX ix_adjustments_state ON adjustments (state, proposed_at);

CREATE TABLE idempotency_registry (
    merchant_id CHAR(32) NOT NULL,
    "key" VARCHAR(128) NOT NULL,
    kind VARCHAR(32) NOT NULL CONSTRAINT ck_idempotency_registry_kind_known CHECK (kind IN ('charge', 'refund')),
    content_hash BLOB NOT NULL,
    transaction_id CHAR(32),
    code VARCHAR(48),
    detail VARCHAR(200),
    decided_at BIGINT NOT NULL,
    CONSTRAINT pk_idempotency_registry PRIMARY KEY (merchant_id, "key"),
    CONSTRAINT ck_idempotency_registry_one_outcome CHECK ((transaction_id IS NULL) <> (code IS NULL)),
    CONSTRAINT fk_idempotency_registry_merchant_id FOREIGN KEY(merchant_id) REFERENCES merchants (id),
    CONSTRAINT fk_idempotency_registry_transaction_id FOREIGN KEY(transaction_id) REFERENCES transactions (id)
);

CREATE INDEX ix_idempotency_registry_transaction_id ON idempotency_registry (transaction_id);

ALTER TABLE journal_entries ADD COLUMN brought_decision TEXT;

CREATE INDEX ix_journal_entries_refunds ON journal_entries (charge_id) WHERE status = 'pending' AND type = 'refund';

ALTER TABLE point_ledger ADD COLUMN request_hash BLOB;

CREATE UNIQUE INDEX uq_point_ledger_request ON point_ledger (request_hash) WHERE request_hash IS NOT NULL;
