#!/bin/sh
# Installs what `make power-loss` needs beside the setup, once: the other targets do not need it.
# Exit: 0 it is there, 69 only an administrator can install it (the message says what).
set -eu

export PATH="$PATH:/usr/sbin:/sbin"
missing=''
while read -r program package; do
    command -v "$program" >/dev/null 2>&1 || missing="$missing $package"
done <<'WANTED'
linux.uml user-mode-linux
nbdkit nbdkit
qemu-storage-daemon qemu-system-common
insmod kmod
debugfs e2fsprogs
WANTED
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1 || [ "$(id -u)" -ne 0 ]; then
    printf '%s\n' "Needed, and to be installed by an administrator · 缺少下列套件，請系統管理員安裝：$missing" >&2
    exit 69
fi
log=build/power-loss-install.log
mkdir -p build
printf '%s\n' "Installing · 安裝中：$missing" >&2
install() {
    # shellcheck disable=SC2086 — one word a package
    DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends $missing
}
if ! { install || { apt-get -q update && install; }; } >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    exit 69
fi
