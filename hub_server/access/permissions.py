"""What each role may do: the one table. Every endpoint names the permission it asks for. Pure."""

from enum import StrEnum

from hub_server.access.states import LoginKind, LoginRole


class Permission(StrEnum):
    """What a hub admin, or a merchant's person, may do."""

    READ = "read"
    CARDS = "cards"
    MEMBERS = "members"
    MERCHANTS = "merchants"
    TERMINALS = "terminals"
    CODES = "codes"
    LOYALTY = "loyalty"
    POLICIES = "policies"
    ADJUSTMENTS = "adjustments"
    SERVICE = "service"
    ALERTS = "alerts"
    RECOVERY = "recovery"
    AUDIT = "audit"
    ADMINS = "admins"
    OWN_READ = "own_read"
    OWN_TERMINALS = "own_terminals"
    OWN_STAFF = "own_staff"
    OWN_STORES = "own_stores"
    OWN_KEYS = "own_keys"


_MERCHANTS_OWN = frozenset(
    {
        Permission.OWN_READ,
        Permission.OWN_TERMINALS,
        Permission.OWN_STAFF,
        Permission.OWN_STORES,
        Permission.OWN_KEYS,
    }
)

PERMISSIONS: dict[LoginRole, frozenset[Permission]] = {
    LoginRole.SUPERADMIN: frozenset(Permission) - _MERCHANTS_OWN,
    LoginRole.OPERATOR: frozenset(
        {
            Permission.READ,
            Permission.CARDS,
            Permission.MEMBERS,
            Permission.MERCHANTS,
            Permission.TERMINALS,
            Permission.CODES,
            Permission.ALERTS,
            Permission.RECOVERY,
        }
    ),
    LoginRole.FINANCE: frozenset(
        {
            Permission.READ,
            Permission.LOYALTY,
            Permission.POLICIES,
            Permission.ADJUSTMENTS,
            Permission.ALERTS,
            Permission.RECOVERY,
        }
    ),
    LoginRole.AUDITOR: frozenset({Permission.READ, Permission.AUDIT}),
    LoginRole.OWNER: _MERCHANTS_OWN,
    LoginRole.MANAGER: frozenset({Permission.OWN_READ, Permission.OWN_TERMINALS, Permission.OWN_STAFF}),
}

ROLES: dict[LoginKind, frozenset[LoginRole]] = {
    LoginKind.ADMIN: frozenset(
        {LoginRole.SUPERADMIN, LoginRole.OPERATOR, LoginRole.FINANCE, LoginRole.AUDITOR}
    ),
    LoginKind.MERCHANT: frozenset({LoginRole.OWNER, LoginRole.MANAGER}),
}
"""Which roles each kind of login may have."""


def may(role: LoginRole, permission: Permission) -> bool:
    """Whether the role has the permission."""
    return permission in PERMISSIONS[role]
