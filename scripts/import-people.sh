#!/bin/sh
# Imports a list of people: first it says what would become of each row, then it asks, then it imports the good rows.
# 导入居民名单：先逐行说明会怎样，再问一声，然后导入没有错的行。
#
#   import-people.sh FILE [CONSENT] [--yes]
#   import-people.sh people.csv '上门登记 2026-11-01'
#
# FILE is what a spreadsheet saves as CSV (commas, semicolons or tabs; UTF-8 or GB18030); `yishi person import --help`
# tells the columns. CONSENT says where everybody on the list agreed to get broadcasts; without it nobody gets any whose
# row does not say so. Bad rows are written to FILE.errors, to be mended and imported again: nobody is added twice.
# FILE 是表格软件另存的 CSV（逗号、分号或制表符；UTF-8 或 GB18030），各列见 `yishi person import --help`。
# CONSENT 写明名单上的人在哪里同意接收群发；不写，则表中没有写同意的人收不到群发。有错的行写进 FILE.errors，
# 改好再导入一次即可，不会重复添加。
#
# Exit status: 0 all rows are in, 65 the good ones are, 1 nothing was imported, 64 usage, 66 no such file …
# 退出状态：0 全部导入，65 只导入了没有错的行，1 没有导入，64 用法不对，66 没有这个文件……
set -eu

say() { # ENGLISH CHINESE
	case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in en*) echo "$1" ;; *) echo "$2" ;; esac
}
usage() {
	say "usage: $0 FILE [CONSENT] [--yes]; --help tells more" "用法：$0 文件 [同意来源] [--yes]；--help 有说明" >&2
	exit 64
}
yes=no file='' consent=''
for word; do
	case $word in
	-h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p;}' "$0"; exit 0 ;;
	--yes) yes=yes ;;
	-*) usage ;;
	*) if [ -z "$file" ]; then file=$word; elif [ -z "$consent" ]; then consent=$word; else usage; fi ;;
	esac
done
[ -n "$file" ] || usage
if [ ! -r "$file" ]; then
	say "$0: $file cannot be read; name a file that is there" "$0：$file 读不了；请写一个存在的文件" >&2
	exit 66
fi

set -- ${consent:+--consent} ${consent:+"$consent"}
errors=$file.errors
status=0
yishi person import "$file" "$@" --dry-run 2>"$errors" || status=$?
cat "$errors" >&2
[ $status -eq 0 ] || [ $status -eq 65 ] || { rm -f "$errors"; exit $status; }
[ $status -eq 65 ] || rm -f "$errors"

if [ $yes = no ]; then
	[ -t 0 ] || { say "$0: nothing was imported; say --yes to import the good rows" "$0：没有导入；加 --yes 导入没有错的行" >&2; exit 1; }
	say "Import the good rows? [y/N] " "导入没有错的行吗？[y/N] "
	read -r answer || answer=
	case $answer in y* | Y* | 是* | 好*) ;; *) exit 1 ;; esac
fi
status=0
yishi person import "$file" "$@" 2>"$errors" || status=$?
if [ $status -eq 0 ]; then
	rm -f "$errors"
else
	say "rows to mend: $errors" "要改的行：$errors" >&2
fi
exit $status
