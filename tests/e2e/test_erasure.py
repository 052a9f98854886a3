"""Erasure on request: nothing in any table names the person or the phone any more, what others did stays, and the box works on."""
import sqlite3
import unittest

from clibox import Box
from town import MEDIATOR, Town, case_number, resident, wait_for

GONE, FRIEND = resident(7), resident(8)
NAME = "欧阳慧敏"
LAWYER = "+8613800139011"


class Erasure(unittest.TestCase):
    def left(self, town, *words):
        """Every cell of every table that holds one of the words."""
        found = []
        with sqlite3.connect(town.dir / "yishi.db") as db:
            for (table,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'").fetchall():
                for row in db.execute(f'SELECT * FROM "{table}"'):
                    found += [(table, cell) for cell in row if isinstance(cell, str) and any(w in cell for w in words)]
        return found

    def test_nothing_is_left_and_nothing_breaks(self):
        with Town() as town:
            town.series()
            person = next(p["id"] for p in town.json("person", "list") if GONE in p["numbers"])
            town.ok("person", "edit", person, "--name", NAME)
            town.ok("person", "add", "--name", "张律师", "--phone", LAWYER, "--grid", "KS-03", "--roles", "expert")
            n = case_number(town.say(GONE, "3 楼道灯坏了"))
            town.say(FRIEND, f"5 {n}")
            other = case_number(town.say(FRIEND, "3 下水道堵了臭死了"))
            town.say(GONE, f"5 {other}")
            for text in ("1", "法律 房东不退押金怎么办", "问 公积金", "回电", "零工", "9 我摔倒了", "积分", "帮我 买点药",
                         "4 装个长椅", f"6 {other}"):
                town.hear(GONE, text)
            town.text(GONE, "调解 和邻居吵架")
            town.told(MEDIATOR, "私密")
            town.told(LAWYER, "押金")
            town.ok("points", "award", person, 4, "--note", f"{NAME}布置会场")
            town.ok("points", "redeem", person, 2, "--note", f"{NAME}的米")
            town.told(GONE, "验证码")
            town.say(GONE, "删除我的信息")
            town.quiet()
            balance = town.json("points", "show", person)[0]["points"]
            self.assertEqual(balance, 4)
            town.ok("person", "forget", person, "--yes")
            town.quiet()
            left = self.left(town, GONE[3:], NAME, "押金", "布置会场")
            self.assertFalse(left, "\n".join(map(str, left)))
            with sqlite3.connect(town.dir / "yishi.private.db") as db:
                wait_for(lambda: not db.execute("SELECT 1 FROM words UNION SELECT 1 FROM words_out").fetchall(),
                         "the private words are gone")
            self.assertEqual(town.run("db", "check").returncode, 0)
            # counted as before, and in the same order
            self.assertEqual(town.case(other)["supporters"], 1)
            self.assertEqual([r["points"] for r in town.json("points", "list")], [4])
            # what comes later reaches nobody, and breaks nothing
            town.ok("case", "resolve", n, "--note", "已换")
            town.ok("case", "resolve", other, "--note", "已通")
            town.told(FRIEND, "修好了回1")
            town.later(days=2)
            town.quiet()
            self.assertFalse([m for m in town.json("message", "list", "--out", "--limit", "0")
                              if m["state"] in ("queued", "sending", "failed")])
            before = len(town.sent_to(GONE))
            town.say(GONE, "6")  # a stranger now
            self.assertEqual(len(town.sent_to(GONE)), before + 1)

    def test_a_stop_outlives_its_owner(self):
        with Town() as town:
            person = next(p["id"] for p in town.json("person", "list") if GONE in p["numbers"])
            town.say(GONE, "TD")
            town.ok("person", "forget", person, "--yes")
            again = town.json("person", "add", "--name", "又来了", "--phone", GONE, "--grid", "KS-03", "--consent", "x")[0]["id"]
            self.assertEqual(town.json("person", "show", again)[0]["opted_out"], "broadcasts")

    def test_a_shared_phone_stays_the_other_ones(self):
        with Town() as town:
            person = next(p["id"] for p in town.json("person", "list") if GONE in p["numbers"])
            town.ok("person", "add", "--name", "老伴", "--phone", GONE, "--grid", "KS-03")
            n = case_number(town.say(GONE, "3 楼道灯坏了"))
            town.ok("person", "forget", person, "--yes")
            self.assertIn(f"第{n}号", town.say(GONE, "6"))

    def test_of_an_expert_the_questions_go_on(self):
        with Town() as town:
            first = town.json("person", "add", "--name", "张律师", "--phone", LAWYER, "--grid", "KS-03", "--roles", "expert")[0]["id"]
            second = "+8613800139012"
            town.ok("person", "add", "--name", "李律师", "--phone", second, "--grid", "KS", "--roles", "expert")
            n = case_number(town.say(FRIEND, "法律 房东不退押金怎么办"))
            town.told(LAWYER, f"第{n}号")
            town.ok("person", "forget", first, "--yes")
            town.told(second, f"第{n}号")


class Files(unittest.TestCase):
    def test_no_byte_of_it_is_left_in_the_files(self):
        """Without a daemon: what secure_delete and the checkpoint promise, and what hangs on cases of other people."""
        with Box() as box:
            box.people()
            path, number = box.dir / "yishi.db", "+8613800138002"
            with sqlite3.connect(path) as db:
                db.executescript(f"""
                    UPDATE person SET expertise = 'law' WHERE id = 2;
                    INSERT INTO message_in (id, number, text, modem, received_utc, state) VALUES (1, '{number}', '原话一二三', 'm', 1, 'done');
                    INSERT INTO pdu_in (modem, received_utc, pdu, hash, kind, sender, message) VALUES ('m', 1, 'F0F1DEADBEEF', 'h', 'deliver', '{number}', 1);
                    INSERT INTO message_out (id, number, text, class, priority, state, alphabet, segments, created_utc) VALUES
                        (2, '{number}', '答复一二三', 'reply', 1, 'sent', 'ucs2', 1, 1), (4, '+8613800138001', '请找13800138002', 'reply', 1, 'sent', 'ucs2', 1, 1);
                    INSERT INTO matter (number, kind, state, category, text, number_from, opened_utc, changed_utc) VALUES
                        (1, 'case', 'received', 'other', '别人的', '+8613800138001', 1, 1);
                    INSERT INTO journal (matter, utc, actor, channel, entry, note) VALUES (1, 1, 'phone:{number}', 'text', 'cannot come', ''),
                        (1, 1, 'daemon', 'timer', 'taken', '{number}');""")
            said = box.ok("person", "forget", "2", "--yes")
            self.assertIn("before-", said)
            self.assertIn("replaced-", said)
            raw = path.read_bytes() + (box.dir / "yishi.db-wal").read_bytes() if (box.dir / "yishi.db-wal").exists() else path.read_bytes()
            for word in ("李建国", "原话一二三", "答复一二三", "13800138002", "F0F1DEADBEEF"):
                self.assertNotIn(word.encode(), raw, word)
            with sqlite3.connect(path) as db:
                self.assertEqual(db.execute("SELECT actor, note FROM journal ORDER BY id").fetchall(), [("phone:gone:2.0", ""), ("daemon", "gone:2.0")])
                self.assertEqual(db.execute("SELECT name, expertise FROM person WHERE id = 2").fetchall(), [("", "")])
            self.assertEqual(box.run("db", "check").returncode, 0)


if __name__ == "__main__":
    unittest.main()
