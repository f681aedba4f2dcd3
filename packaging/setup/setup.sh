#!/bin/sh
# Makes a bare machine able to run and test MPS: system packages (Debian, as root), then the locked Python
# environment in .venv, with Node's test tools. Quiet, quick when repeated, and safe to run again after it was
# interrupted.
# Exit: 0 ready, 69 something is missing that only a person can provide (the message says what).
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
cd "$here/../.."

uv_version=0.13.9
stamp=.venv/.mps-setup
log=build/setup.log
unavailable=69

say() { printf '%s\n' "$*" >&2; }

# Only a Python that can make environments will do: a minimal Debian's has neither venv nor pip.
usable_python() {
    "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    for candidate in "${PYTHON:-python3}" python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
        if usable_python "$candidate"; then
            "$candidate" -c 'import sys; print(sys.executable)'
            return 0
        fi
    done
    return 1
}

wanted_packages() {
    sed 's/#.*//' "$here/debian-packages.txt"
    find_python >/dev/null || printf '%s\n' python3 python3-venv
}

missing_packages() {
    # A package that is not installed makes dpkg-query fail; the lines it prints are still right.
    installed=" $(dpkg-query --show --showformat='${db:Status-Status}:${Package} ' 2>/dev/null || true)"
    for package in $(wanted_packages); do
        case "$installed" in
            *" installed:$package "*) ;;
            *) printf '%s ' "$package" ;;
        esac
    done
}

# Debian would create and start a database cluster nobody asked for; the tests start their own in a temporary
# folder. The setting goes away again, so that the administrator's next PostgreSQL is Debian's as usual.
no_cluster=/etc/postgresql-common/createcluster.d/mps-setup.conf
install_packages() {
    case " $* " in
        *" postgresql "*)
            mkdir -p "${no_cluster%/*}"
            printf 'create_main_cluster = false\n' >"$no_cluster"
            trap 'rm -f "$no_cluster"' EXIT
            ;;
    esac
    export DEBIAN_FRONTEND=noninteractive
    # The lists are fetched only when what is known does not do. A third party's broken list makes the update
    # fail; whether the packages can be had is what counts.
    apt_install "$@" || { apt-get -q update || true; apt_install "$@"; }
}

apt_install() {
    apt-get -q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 install --no-install-recommends "$@"
}

fail_with_log() {
    say "Set-up failed at: $1. The end of $log:"
    say "安裝失敗於：$1。$log 的結尾："
    tail -n 25 "$log" >&2
    exit 1
}

ensure_packages() {
    if ! command -v apt-get >/dev/null 2>&1; then
        return 0 # macOS, or another Linux: README.md says what to install there
    fi
    missing=$(missing_packages)
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        say "Some system packages are missing, and only an administrator can install them. Ask one to run this, then try again:"
        say "缺少系統套件，須由系統管理員安裝。請管理員執行以下指令，然後再試一次："
        say ""
        say "    sudo sh -c 'apt-get update; apt-get install -y --no-install-recommends ${missing% }'"
        say ""
        exit "$unavailable"
    fi
    say "Installing system packages, once · 安裝系統套件（僅一次）: ${missing% }"
    # shellcheck disable=SC2086 — one word a package
    (install_packages $missing) >>"$log" 2>&1 </dev/null || fail_with_log "apt-get install"
}

fingerprint() {
    cat uv.lock pyproject.toml "$0" | cksum
}

environment_ready() {
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(fingerprint)" ] &&
        .venv/bin/python -c 'import PySide6, hub_server' >/dev/null 2>&1
}

ensure_environment() {
    environment_ready && return 0
    # An environment that works keeps its Python; a new one takes what the machine has.
    if usable_python .venv/bin/python; then
        python=.venv/bin/python
    elif ! python=$(find_python); then
        say "Python 3.11 or newer with venv is needed, and none was found. Set PYTHON=/path/to/python3 to name one."
        say "需要 Python 3.11 以上版本（含 venv），但找不到。可用 PYTHON=/路徑/python3 指定。"
        exit "$unavailable"
    fi
    say "Preparing the Python environment · 準備 Python 環境"
    if [ "$(.uv/bin/uv --version 2>/dev/null | cut -d' ' -f2)" != "$uv_version" ]; then
        { "$(find_python)" -m venv --clear .uv && .uv/bin/python -m pip install --quiet "uv==$uv_version"; } \
            >>"$log" 2>&1 || fail_with_log "uv"
    fi
    # Without a home that can be written to, uv has nowhere to keep its downloads.
    [ -w "${HOME:-/nonexistent}" ] || export UV_CACHE_DIR="$PWD/.uv/cache"
    # Byte code now: without it the first start of each program takes two seconds more.
    UV_PYTHON_DOWNLOADS=never .uv/bin/uv sync --quiet --frozen --compile-bytecode --python "$python" \
        >>"$log" 2>&1 || fail_with_log "uv sync"
    fingerprint >"$stamp"
}

# What only npm has, and only tests need: where it cannot be had the programs run all the same.
ensure_test_tools() {
    locked=$(cksum <tests/node/package-lock.json)
    [ "$(cat .venv/node/.mps-setup 2>/dev/null)" = "$locked" ] && return 0
    mkdir -p .venv/node
    cp tests/node/package.json tests/node/package-lock.json .venv/node/
    # The environment's own Node, never the machine's; packages run no scripts of theirs.
    if (cd .venv/node && PATH="$here/../../.venv/bin:$PATH" npm ci --ignore-scripts --no-audit --no-fund) \
        >>"$log" 2>&1 </dev/null; then
        printf '%s\n' "$locked" >.venv/node/.mps-setup
    else
        say "npm's test tools could not be installed ($log): one test will fail · 無法安裝 npm 測試工具，將有一項測試失敗"
    fi
}

mkdir -p build
: >"$log"
ensure_packages
ensure_environment
ensure_test_tools
