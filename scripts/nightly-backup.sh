#!/bin/sh
# Copies the database while everything runs, looks whether the copy is sound, and only then removes old copies.
# 不停机备份数据库，检查备份是否完好，完好才清理旧的备份。
#
#   nightly-backup.sh FOLDER [DAYS [MONTHS]]
#   nightly-backup.sh /media/stick/yishi 14 12
#
# With [gateway] backup_dir the daemon does this by itself every night, private words included; this script is for a second
# place, with a folder of its own.
# 配置里写了 [gateway] backup_dir，守护程序每夜自己备份，连私密文字一起；这个脚本用来备份到第二个地方，要用另一个文件夹。
#
# The youngest DAYS copies (14) are kept, and of older ones the first of each month, MONTHS (12) of them. A copy that is not
# sound is renamed to NAME.bad and nothing is removed. The words of private matters are in a file of the daemon's own and are not
# in it. To restore: stop yishid, yishi db restore FILE, start yishid.
# 保留最近 DAYS 份（14），更早的每月留第一份，共 MONTHS 份（12）。备份不完好就改名为 .bad，什么也不删。私密事项的文字在
# 守护程序自己的文件里，不在备份中。恢复：停下 yishid，运行 yishi db restore 文件，再启动 yishid。
#
# In cron, every night at 03:10 / 每天夜里 3:10:
#   10 3 * * *  /usr/local/share/yishi/scripts/nightly-backup.sh /media/stick/yishi
#
# Exit status: 0 done, 64 usage, 65 the copy is not sound, 73 it could not be made, 75 another backup is at work …
# 退出状态：0 办成，64 用法不对，65 备份不完好，73 做不了备份，75 另一个备份正在进行……
set -eu

say() { # ENGLISH CHINESE
	case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in en*) echo "$1" ;; *) echo "$2" ;; esac
}
usage() {
	say "usage: $0 FOLDER [DAYS [MONTHS]]; --help tells more" "用法：$0 文件夹 [天数 [月数]]；--help 有说明" >&2
	exit 64
}
case ${1:-} in -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p;}' "$0"; exit 0 ;; -*) usage ;; esac
if [ $# -lt 1 ] || [ $# -gt 3 ]; then usage; fi
folder=$1 days=${2:-14} months=${3:-12}
case $days$months in *[!0-9]*) usage ;; esac
[ "$days" -ge 1 ] || usage
if ! mkdir -p "$folder" 2>/dev/null || [ ! -w "$folder" ]; then
	say "$0: $folder cannot be written; is the stick there, and yours?" "$0：$folder 写不了；U 盘插好了吗？有权限吗？" >&2
	exit 73
fi

# One at a time: a folder is made by one only. One that a power cut left is a day old at the next run.
lock=$folder/.lock
if ! mkdir "$lock" 2>/dev/null; then
	if [ -z "$(find "$lock" -maxdepth 0 -mmin +600)" ]; then
		say "$0: another backup is at work in $folder" "$0：另一个备份正在 $folder 进行" >&2
		exit 75
	fi
fi
trap 'rmdir "$lock" 2>/dev/null || true' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

copy=$folder/yishi-$(date +%Y%m%d-%H%M%S).db
umask 007
yishi db backup "$copy" >/dev/null
status=0
yishi db check "$copy" || status=$?
if [ $status -ne 0 ]; then
	mv "$copy" "$copy.bad"
	say "$0: $copy.bad is not sound; older copies stay. Look at the disk, and at yishi db check" \
		"$0：$copy.bad 不完好；旧的备份都留着。请检查磁盘和 yishi db check" >&2
	exit 65
fi

# Names sort by time: the youngest first.
number=0 kept_months=0 last_month=''
oldest_of_month() { # is FILE the first of its month?
	for first in "$folder/yishi-$2"??-??????.db; do
		[ "$first" = "$1" ]
		return
	done
}
for f in $(cd "$folder" && ls -r yishi-????????-??????.db); do
	number=$((number + 1))
	[ $number -gt "$days" ] || continue
	month=${f#yishi-}
	month=${month%??-??????.db}
	if [ "$month" != "$last_month" ] && oldest_of_month "$folder/$f" "$month" && [ $kept_months -lt "$months" ]; then
		kept_months=$((kept_months + 1))
		last_month=$month
		continue
	fi
	rm -f "$folder/$f"
done
