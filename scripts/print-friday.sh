#!/bin/sh
# Makes Friday's paper: poster for the notice board (A3), sign-in sheet by building, agenda with room for decisions, and the
# words for the loudspeaker; one file each, to be opened in a browser and printed.
# 做好周五的纸：公告栏海报（A3）、按楼栋的签到表、留有写决定地方的议程、大喇叭广播稿；各一个文件，用浏览器打开打印。
#
#   print-friday.sh [--printer NAME] [MEETING [FOLDER]]
#   print-friday.sh                         the next meeting, into ./meeting-next   下次会议
#   print-friday.sh 4 /home/secretary/paper
#   print-friday.sh --printer office next /tmp/paper
#
# MEETING is a number as `yishi meeting list` shows, next (the default) or last: the one just held gets minutes and the notice
# of its results instead. With --printer the pages go to that printer of CUPS; this wants chromium, which makes PDF of them.
# MEETING 是 `yishi meeting list` 里的编号、next（默认）或 last；last 是刚开过的，打的是纪要和结果公告。
# 加 --printer 就直接送到 CUPS 打印机，这需要 chromium 把网页变成 PDF。
#
# In cron, every Thursday at 16:00 / 每周四 16:00:
#   0 16 * * 4  /usr/local/share/yishi/scripts/print-friday.sh next /home/secretary/paper
#
# Exit status: that of yishi (0 done, 1 there is no such meeting …), 69 the printer or chromium is missing, 73 no folder.
# 退出状态：同 yishi（0 办成，1 没有这次会议……），69 缺打印机或 chromium，73 建不了文件夹。
set -eu

say() { # ENGLISH CHINESE
	case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in en*) echo "$1" ;; *) echo "$2" ;; esac
}
usage() {
	say "usage: $0 [--printer NAME] [MEETING [FOLDER]]; --help tells more" "用法：$0 [--printer 名字] [会议 [文件夹]]；--help 有说明" >&2
	exit 64
}
printer=''
case ${1:-} in
-h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p;}' "$0"; exit 0 ;;
--printer) [ $# -ge 2 ] || usage; printer=$2; shift 2 ;;
-*) usage ;;
esac
[ $# -le 2 ] || usage
meeting=${1:-next}
folder=${2:-meeting-$meeting}
case $meeting in *[!0-9]*) [ "$meeting" = next ] || [ "$meeting" = last ] || usage ;; esac

browser=''
if [ -n "$printer" ]; then
	browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
	if [ -z "$browser" ] || ! command -v lp >/dev/null; then
		say "$0: printing wants chromium and lp (cups-client); install them, or print the files by hand" \
			"$0：直接打印需要 chromium 和 lp（cups-client）；请安装，或打开文件手动打印" >&2
		exit 69
	fi
fi
if ! mkdir -p "$folder" || [ ! -w "$folder" ]; then
	say "$0: $folder cannot be written; name a folder of your own" "$0：$folder 写不了；请写一个自己的文件夹" >&2
	exit 73
fi

# page SHEET OPTION…: makes one, by a name that is whole or not there.
page() {
	sheet=$1 out=$folder/$1.${ending:-html}
	shift
	yishi meeting poster "$meeting" --sheet "$sheet" --output "$out.new" "$@"
	mv "$out.new" "$out"
	echo "$out"
	[ -n "$printer" ] && [ "${ending:-html}" = html ] || return 0
	"$browser" --headless --no-sandbox --disable-gpu --no-pdf-header-footer --print-to-pdf="$folder/$sheet.pdf" "$out" >/dev/null 2>&1
	lp -d "$printer" "$folder/$sheet.pdf"
}
if [ "$meeting" = last ]; then
	page minutes
	page results
else
	page poster --paper a3
	page signin
	page agenda
	ending=txt
	page script
fi
