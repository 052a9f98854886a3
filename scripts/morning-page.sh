#!/bin/sh
# The page for the morning: is all well, what waits for you, which cases are overdue, which meetings come; as text for the
# terminal, a file or a printer. No mail is needed.
# 早上的一页：是否一切正常、什么等您办、哪些诉求逾期、要开哪些会；打在屏幕、文件或打印机上。不用邮件。
#
#   morning-page.sh [FILE | --printer NAME]
#   morning-page.sh
#   morning-page.sh /home/secretary/morning.txt
#   morning-page.sh --printer office
#
# In cron, on working days at 08:00 / 工作日早上八点：
#   0 8 * * 1-5  /usr/local/share/yishi/scripts/morning-page.sh --printer office
#
# Exit status: 0 all is well, 1 something wants a person, 69 yishid is down or there is no printer, 73 no file …
# 退出状态：0 一切正常，1 有事要人看，69 yishid 没有运行或没有打印机，73 写不了文件……
set -eu

say() { # ENGLISH CHINESE
	case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in en*) echo "$1" ;; *) echo "$2" ;; esac
}
usage() {
	say "usage: $0 [FILE | --printer NAME]; --help tells more" "用法：$0 [文件 | --printer 名字]；--help 有说明" >&2
	exit 64
}
file='' printer=''
case ${1:-} in
-h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p;}' "$0"; exit 0 ;;
--printer) [ $# -eq 2 ] || usage; printer=$2 ;;
-*) usage ;;
*) [ $# -le 1 ] || usage; file=${1:-} ;;
esac
if [ -n "$printer" ] && ! command -v lp >/dev/null; then
	say "$0: printing wants lp; install cups-client" "$0：打印需要 lp；请安装 cups-client" >&2
	exit 69
fi

# part ENGLISH CHINESE VERB…: a heading and what the verb prints, if it prints anything.
part() {
	heading=$(say "$1" "$2")
	shift 2
	text=$(yishi "$@") || true
	[ -z "$text" ] || printf '\n== %s\n%s\n' "$heading" "$text"
}
work=$(mktemp)
trap 'rm -f "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

status=0
{
	date '+%Y-%m-%d %H:%M'
	yishi status || status=$?
} >"$work"
case $status in 0 | 1 | 69) ;; *) exit $status ;; esac
{
	part 'waits for you' '等您办的' todo list
	part 'overdue cases' '逾期的诉求' case overdue
	part 'meetings' '会议' meeting list --limit 5
	part 'programs that failed' '失败的事件程序' hook failures
} >>"$work"

if [ -n "$printer" ]; then
	lp -d "$printer" "$work" >/dev/null || exit 69
elif [ -n "$file" ]; then
	if ! cp "$work" "$file"; then
		say "$0: $file cannot be written; name a file of your own" "$0：$file 写不了；请写一个自己的文件" >&2
		exit 73
	fi
else
	cat "$work"
fi
exit $status
