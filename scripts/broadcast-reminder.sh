#!/bin/sh
# Queues one text for an audience, from cron or by hand: whether yishid runs or not.
# 给一个范围的居民排队一条短信，可由 cron 定时运行；yishid 没有运行时也能排队，启动后即发。
#
#   broadcast-reminder.sh AUDIENCE FILE [AT [NOT_AFTER]]
#   broadcast-reminder.sh grid:KS-03 note.txt 'fri 09:00' 'fri 14:30'
#
# In cron, every Thursday at 17:00 / 每周四 17:00:
#   0 17 * * 4  /usr/local/share/yishi/broadcast-reminder.sh grid:KS-03 /home/secretary/note.txt 'fri 09:00' 'fri 14:30'
#
# Exit status: that of yishi (0 queued, 1 nobody left or not in time, 64 usage, 65 a bad audience or text …).
set -eu

if [ $# -lt 2 ] || [ $# -gt 4 ]; then
	echo "usage: $0 AUDIENCE FILE [AT [NOT_AFTER]]" >&2
	exit 64
fi
audience=$1
file=$2

set -- broadcast new --to "$audience" --text-file "$file" --yes --json \
	${3:+--at} ${3:+"$3"} ${4:+--not-after} ${4:+"$4"}

# The answer is one JSON line: {"id":7,"state":"queued","recipients":2,"segments":1}
made=$(yishi "$@")
echo "$made"

# Above [gateway] approval_above recipients a second person has to agree first.
# 超过 approval_above 人的群发要等第二个人批准。
case $made in
*'"state":"waiting"'*) echo "waits for a second person, who texts back the code from the phone; yishi broadcast show ID" >&2 ;;
esac
