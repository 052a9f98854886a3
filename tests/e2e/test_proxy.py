"""代 13912345678 …: on behalf of a registered person of the same grid, who is told in fixed words and may undo it."""
import unittest

from harness import wait_for
from town import OFFICER, STRANGER, WORKER, Town, case_number, fits, resident

SON, MOTHER = resident(1), resident(12)
FAR = "+8613800139050"  # registered in another grid


class Proxy(unittest.TestCase):
    now = "2035-01-08T10:00:00+08:00"

    def setUp(self):
        self.town = Town(now=self.now, gateway={"quiet_hours": "20:30-08:00"}).__enter__()
        self.addCleanup(self.town.__exit__, None, None, None)
        self.town.ok("person", "add", "--name", "远房", "--phone", FAR, "--grid", "KS-04")

    def speak(self, words="厨房水管漏水，急死人了", for_number=MOTHER, who=SON):
        return self.town.say(who, f"代 {for_number[3:]} {words}")

    def told(self, count=1, number=MOTHER):
        text = self.town.answer(number, count, "代您反映")
        wait_for(lambda: [m["state"] for m in self.town.rows(number, "--out") if "代您反映" in m["text"]].count("delivered") >= count,
                 "the text has arrived")
        return text

    def never_texted(self, number):
        self.assertEqual([m["text"] for m in self.town.rows(number, "--out")], [])


class Spoken(Proxy):
    def test_in_her_name_and_in_fixed_words(self):
        reply = self.speak("厨房水管漏水，她说你们都是骗子")
        n = case_number(reply)
        self.assertIn(f"代尾号{MOTHER[-4:]}", reply)
        self.assertIn("用水", reply)
        text = self.told()
        self.assertTrue(fits(text), text)
        self.assertIn(SON[-4:], text)
        for words in ("漏水", "骗子", "居民1", SON):
            self.assertNotIn(words, text)
        case = self.town.json("case", "show", n)[0]
        self.assertEqual((case["reporter"], case["number_from"], case["building"]), ("居民12", MOTHER, "4"))
        self.assertIn("by proxy", [j["entry"] for j in case["journal"]])
        self.assertIn(str(n), self.town.say(MOTHER, "6"))

    def test_she_takes_it_back(self):
        n = case_number(self.speak())
        self.told()
        self.town.later(minutes=20)
        self.assertIn("撤销", self.town.say(MOTHER, "撤销"))
        self.assertEqual(self.town.case(n)["state"], "closed")
        self.assertIn(f"第{n}号", self.town.told(SON, "不是他的意思"))

    def test_half_an_hour_after_it_arrived(self):
        n = case_number(self.speak())
        self.told()
        self.town.later(minutes=35)
        self.assertNotIn("已撤销", self.town.say(MOTHER, "撤销"))
        self.assertNotEqual(self.town.case(n)["state"], "closed")
        self.assertTrue(self.town.say(MOTHER, "不是我的意思，不用修了"))  # afterwards by texting

    def test_the_one_who_spoke_takes_it_back(self):
        n = case_number(self.speak())
        self.assertIn("撤销", self.town.say(SON, "撤销"))
        self.assertEqual(self.town.case(n)["state"], "closed")

    def test_twice_a_day(self):
        for i, words in enumerate(("水管漏水", "楼道灯坏了")):
            self.speak(words)
            self.told(i + 1)
        reply = self.speak("门口垃圾没人收")
        self.assertIn("两次", reply)
        case = self.town.case(case_number(reply))
        self.assertEqual(case["reporter"], "居民1")
        self.town.quiet()
        self.assertEqual(len(self.town.sent_to(MOTHER, "代您反映")), 2)
        self.town.later(hours=25)
        self.speak("窗户坏了")
        self.told(3)

    def test_danger_is_a_call_for_help_all_the_same(self):
        self.assertIn("120", self.speak("我妈摔倒了起不来"))
        self.town.told(OFFICER, "摔倒")

    def test_across_a_crash(self):
        self.town.kill()
        self.town.text(SON, f"代 {MOTHER[3:]} 水管漏水")
        self.town.start()
        self.told()
        self.town.restart(9)
        self.town.quiet()
        self.assertEqual(len(self.town.sent_to(MOTHER)), 1)
        self.assertEqual(len(self.town.cases("水管漏水")), 1)

    def test_without_words(self):
        self.assertIn("代 13912345678", self.town.say(SON, f"代 {MOTHER[3:]}"))
        self.assertEqual(self.town.cases(), [])
        self.never_texted(MOTHER)


class NotSpoken(Proxy):
    def test_who_is_not_registered_here_is_never_texted(self):
        """And nobody learns who is registered elsewhere: the same words for both."""
        replies = []
        for number in (STRANGER, FAR, "+8613912345678"):
            with self.subTest(number):
                reply = self.speak("水管漏水", number, resident(2 + len(replies)))
                self.assertIn("登记", reply)
                self.assertEqual(self.town.case(case_number(reply))["reporter"], f"居民{2 + len(replies)}")
                self.never_texted(number)
                replies.append(reply)

    def test_a_stranger_speaks_for_nobody(self):
        self.assertIn("登记", self.speak(who=STRANGER))
        self.never_texted(MOTHER)

    def test_machines_and_oneself(self):
        self.assertIn("您自己", self.speak("楼道灯坏了", SON))
        self.town.quiet()
        self.assertEqual(self.town.sent_to(SON, "代您反映"), [])
        self.town.say(SON, "代 10086 话费不对")
        self.never_texted("10086")

    def test_who_wants_no_texts_is_not_told(self):
        self.town.say(MOTHER, "全停")
        reply = self.speak()
        self.assertIn("不收短信", reply)
        self.assertEqual(self.town.case(case_number(reply))["reporter"], "居民12")
        self.town.quiet()
        self.assertEqual(self.town.sent_to(MOTHER, "代您反映"), [])


class Night(Proxy):
    now = "2035-01-08T22:00:00+08:00"

    def test_told_in_the_morning_and_half_an_hour_from_then(self):
        n = case_number(self.speak())
        self.assertEqual(self.town.sent_to(MOTHER), [])
        self.town.set_clock("2035-01-09T08:05:00+08:00")
        self.told()
        self.town.later(minutes=20)
        self.assertIn("撤销", self.town.say(MOTHER, "撤销"))
        self.assertEqual(self.town.case(n)["state"], "closed")


if __name__ == "__main__":
    unittest.main()
