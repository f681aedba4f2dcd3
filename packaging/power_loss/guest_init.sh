#!/bin/sh
# The first process of the guest. Its root is the host's, read-only; what the power cut is about is on /dev/vda.
# Told by the kernel's command line: POWER_LOSS_TREE, POWER_LOSS_PYTHON, POWER_LOSS_CODES, POWER_LOSS_FORM,
# POWER_LOSS_MOUNT, and the terminal's own settings.
set -eu
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/mnt LANG=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 MPS_POS_KEY_STORE=file
mount -t proc proc /proc
mount -t tmpfs tmpfs /mnt
mount -t sysfs sysfs /sys
insmod "/usr/lib/uml/modules/$(uname -r)/kernel/drivers/block/virtio_blk.ko"
# The disk has a volatile cache, and the file system must know: it flushes none that it does not know of.
echo 'write back' >/sys/block/vda/cache_type
mkdir /mnt/terminal
mount -t ext4 -o "$POWER_LOSS_MOUNT" /dev/vda /mnt/terminal
cd "$POWER_LOSS_TREE"
echo "guest ready"

case "$POWER_LOSS_FORM" in
window)
    "$POWER_LOSS_PYTHON" packaging/power_loss/guest_counter.py /mnt/terminal/data "$POWER_LOSS_CODES"
    ;;
command)
    # Base45 has blanks.
    while IFS= read -r code; do
        "$POWER_LOSS_PYTHON" -m pos_app charge --offline allow --amount 1.00 --code "$code" --json \
            --data-dir /mnt/terminal/data
    done <"$POWER_LOSS_CODES"
    ;;
esac
# The power goes while the machine stands: a first process that ended would stop the kernel in its own way.
exec sleep 1000000
