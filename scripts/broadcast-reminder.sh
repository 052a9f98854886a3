#!/bin/sh
# Queues one text for an audience, from cron or by hand: whether yishid runs or not.
# 给一个范围的居民排队一条短信，可由 cron 定时运行；yishid 没有运行时也能排队，启动后即发。
#
#   broadcast-reminder.sh AUDIENCE FILE [AT [NOT_AFTER]]
#   broadcast-reminder.sh grid:KS-03 note.txt 'fri 09:00' 'fri 14:30'
#
# In cron, every Thursday at 17:00 / 每周四 17:00:
#   0 17 * * 4  /usr/local/share/yishi/scripts/broadcast-reminder.sh grid:KS-03 /home/secretary/note.txt 'fri 09:00' 'fri 14:30'
#
# Exit status: that of yishi (0 queued, 1 nobody left or not in time, 64 usage, 65 a bad audience or text …).
# 退出状态：同 yishi（0 已排队，1 没有人可发或来不及，64 用法不对，65 范围或内容不对……）。
set -eu

say() { # ENGLISH CHINESE
	case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in en*) echo "$1" ;; *) echo "$2" ;; esac
}
case ${1:-} in -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p;}' "$0"; exit 0 ;; esac
if [ $# -lt 2 ] || [ $# -gt 4 ]; then
	say "usage: $0 AUDIENCE FILE [AT [NOT_AFTER]]; --help tells more" "用法：$0 范围 文件 [时间 [最迟]]；--help 有说明" >&2
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
*'"state":"waiting"'*)
	say "waits for a second person, who texts back the code from the phone; yishi broadcast show ID" \
		"等第二个人用手机回短信验证码批准；yishi broadcast show 编号" >&2
	;;
esac
