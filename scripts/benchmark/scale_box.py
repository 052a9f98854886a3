"""A big box: the database of a gateway that has served a district for three years. The same size gives the same box.

    fill("/…/yishi.db", 50_000, now)

fills a database that the program itself has made. 50,000 people in 40,000 households of 20 grids and 400 buildings; four
cases, forty texts and sixty events for each of them; a smaller box has the same grids, fewer people. Rows go in without
indices, which are made afterwards: that is what makes it quick."""
import contextlib
import itertools
import random
import sqlite3

DAY = 86400
YEARS = 3
GRIDS, BUILDINGS = 20, 400
MEETINGS = 150
CASES_EACH, IN_EACH, OUT_EACH, EVENTS_EACH = 4, 18, 22, 60
OPEN = ("received", "verified", "assigned", "in_progress")

CATEGORIES = {  # what is complained of, and how often
    "lighting": (14, "楼道灯不亮了,上下楼看不见"), "water": (14, "水管漏水,地上都是水"), "sewage": (12, "下水道堵了,往外冒"),
    "garbage": (12, "垃圾好几天没人收了"), "noise": (9, "晚上跳舞声音太大"), "parking": (9, "车乱停,把路堵死了"),
    "elevator": (7, "电梯又停了,老人上不去"), "power": (5, "又停电了"), "greening": (4, "树枝挡住窗户了"), "road": (4, "路面有个大坑"),
    "property": (3, "物业收费不清楚"), "gas": (2, "燃气表不走字"), "safety": (2, "楼道里堆满杂物"), "dispute": (1, "楼上邻居天天吵"),
    "elderly": (1, "隔壁老人好几天没出门"), "pets": (1, "狗没有拴绳子"), "other": (3, "有件事想反映一下")}
PROPOSALS = ("希望装一个电动车充电棚", "建议周末开放活动室", "希望多几把长椅", "建议门口装个减速带")
SMALL_TALK = ("谢谢", "好的", "收到", "查", "7", "1", "2", "0", "附议", "什么时候来修")


def grid(i):
    return f"KS-{i + 1:02}"


def number(i):
    """The phone of person i; strangers' begin at 90,000,000."""
    return f"+86138{i:08d}"


def stranger(i):
    return number(90_000_000 + i)


@contextlib.contextmanager
def without_indices(db):
    """Indices and triggers are away while rows go in, and come back as the program made them."""
    made = db.execute("SELECT type, name, sql FROM sqlite_schema WHERE type IN ('index', 'trigger') AND sql IS NOT NULL").fetchall()
    for kind, name, _ in made:
        db.execute(f"DROP {kind} {name}")
    yield
    for _, _, sql in made:
        db.execute(sql)


def put(db, table, columns, rows):
    marks = ",".join("?" * (columns.count(",") + 1))
    db.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)


# ------------------------------------------------------------------------------------------------------ people

def people(db, count, now, rnd):
    """Person i lives in the flat i * 4 // 5: every fourth flat has two people. The phone of every twentieth is shared."""
    put(db, "grid", "code, name, parent", [("KS", "矿山街道", None)] + [(grid(i), f"{i + 1}网格", "KS") for i in range(GRIDS)])
    flats, since = count * 4 // 5, now - YEARS * 365 * DAY

    def flat(i):
        building = i % BUILDINGS
        return grid(building * GRIDS // BUILDINGS), str(building + 1), str(i // BUILDINGS % 4 + 1), f"{i // BUILDINGS // 4 % 30 + 1}0{i // BUILDINGS // 120 + 1}"
    put(db, "household", "id, grid, building, unit, room", ((i + 1, *flat(i)) for i in range(flats)))
    put(db, "person", "id, name, household, language, consent_source, consent_utc, created_utc, changed_utc",
        ((i + 1, f"居民{i + 1}", i * 4 // 5 + 1, "en" if i % 50 == 7 else None, *(("上门登记", since) if i % 5 else (None, None)),
          since, since + i % 900 * DAY) for i in range(count)))
    put(db, "phone", "number, opted_out, last_in_utc", ((number(i), "broadcasts" if i % 50 == 3 else "no", now - i % 1000 * DAY) for i in range(count)))
    put(db, "phone", "number, last_in_utc", ((stranger(i), now - i % 1000 * DAY) for i in range(count * 3 // 10)))
    put(db, "person_phone", "person, number, position",
        itertools.chain(((i + 1, number(i - 1 if i % 20 == 19 else i), 0) for i in range(count)),
                        ((i + 1, stranger(i), 1) for i in range(0, count * 3 // 10, 10))))
    roles = [(i + 1, "resident") for i in range(count)] + [(i + 1, "volunteer") for i in range(0, count, 25)]
    roles += [(i + 2, "building_head") for i in range(0, count, max(count // BUILDINGS, 1))]
    put(db, "person_role", "person, role", roles)
    staff = [("grid_worker", 2 * GRIDS), ("department", 20), ("expert", 10), ("duty_officer", GRIDS), ("mediator", 3), ("secretary", 5), ("installer", 2)]
    offices = [db.execute("INSERT INTO household (grid, building) VALUES (?, '办')", (grid(i),)).lastrowid for i in range(GRIDS)]
    offices.append(db.execute("INSERT INTO household (grid, building) VALUES ('KS', '办')").lastrowid)
    who, found = count, {}
    for role, many in staff:
        for i in range(many):
            who += 1
            place = offices[i % GRIDS if role in ("grid_worker", "duty_officer") else GRIDS]
            db.execute("INSERT INTO person (id, name, household, consent_source, consent_utc, created_utc, changed_utc) VALUES (?,?,?,?,?,?,?)",
                       (who, f"{role} {i + 1}", place, "任命", since, since, since))
            db.execute("INSERT INTO phone (number) VALUES (?)", (number(who - 1),))
            db.execute("INSERT INTO person_phone VALUES (?, ?, 0)", (who, number(who - 1)))
            db.execute("INSERT INTO person_role VALUES (?, ?)", (who, role))
            found.setdefault(role, []).append(who)
    rnd.shuffle(found["department"])
    return found


# ------------------------------------------------------------------------------------------------------ texts

def texts(db, count, now, staff):
    """Texts in and out, evenly over the years; text in 2 * i + 2 is of person of_text(i)."""
    begin, total_in, total_out = now - YEARS * 365 * DAY, count * IN_EACH, count * OUT_EACH
    step_in, step_out = YEARS * 365 * DAY / total_in, YEARS * 365 * DAY / total_out
    complaints = [words for weight, words in CATEGORIES.values() for _ in range(weight)]

    def words(i):
        return f"{i % BUILDINGS + 1}栋{complaints[i * 7 % len(complaints)]}" if i % 9 < 3 else SMALL_TALK[i * 3 % len(SMALL_TALK)]
    put(db, "message_in", "id, number, text, modem, sent_utc, received_utc, state, intents",
        ((2 * i + 2, of_text(i, count), words(i), "m0", (at := begin + int(i * step_in)) - 3, at, "done", '[{"intent":"complaint","rule":"zh"}]')
         for i in range(total_in)))
    put(db, "pdu_in", "id, modem, received_utc, pdu, hash, kind, sender, scts_utc, message",
        ((i + 1, "m0", begin + int(i * step_in), "0891683108100005F0" * 6, f"{i:040x}", "deliver", of_text(i, count), begin + int(i * step_in), 2 * i + 2)
         for i in range(total_in * 11 // 12, total_in)))  # those of the last 90 days
    put(db, "pdu_in", "modem, received_utc, pdu, hash, kind, sender, scts_utc",
        (("m0", begin + int(i * step_out), "0006D80B8120", f"r{i:039x}", "status-report", of_text(i, count), begin + int(i * step_out))
         for i in range(total_out * 11 // 12, total_out)))
    states = ("delivered",) * 17 + ("sent", "failed", "uncertain" if count < 0 else "expired")
    kinds = ("reply",) * 14 + ("reminder",) * 4 + ("broadcast",) * 3 + ("alarm",)
    order = {"alarm": 0, "reply": 1, "reminder": 2, "broadcast": 3}

    def out():
        for i in range(total_out):
            at, kind, state = begin + int(i * step_out), kinds[i % 22], states[i % 20]
            answered = int(i / total_out * total_in)
            yield (2 * i + 1, of_text(answered, count), "收到,第12345号:水管漏水。进度发“6 12345”,说错了发“撤销”。", kind, order[kind], state, "ucs2",
                   1 + (i % 3 == 0), "m0", at, at + 5, at + 9, 2 * answered + 2 if kind == "reply" else None, f"o:{i}" if i % 4 == 0 else None,
                   1 + i % 60 if kind == "broadcast" else None, 1)
    put(db, "message_out", "id, number, text, class, priority, state, alphabet, segments, modem, created_utc, sent_utc, done_utc, answers, dedupe,"
        " broadcast, report_missing", out())
    put(db, "part_out", "message, part, state, modem, mr, started_utc, sent_utc, report_st, report_utc, line, asked",
        ((2 * i + 1, part, "delivered", "m0", (i + part) % 256, at := begin + int(i * step_out), at + 4, 0, at + 9, "8986001", 1)
         for i in range(total_out) for part in range(1, 2 + (i % 3 == 0))))
    put(db, "broadcast", "id, audience, text, state, segments, recipients, at_utc, created_by, created_utc, done_utc",
        ((i + 1, "all", "停水通知:明天8点到12点。", "done", 1, count * 3 // 60, at := begin + i * 18 * DAY, "shell:1000", at, at + DAY) for i in range(60)))
    put(db, "action", "number, utc, message, kind, subject",
        ((of_text(i, count), begin + int(i * step_in), 2 * i + 2, "support", i % 1000 + 1) for i in range(0, total_in, 3)))


def of_text(i, count):
    """Every tenth text is a stranger's; the others are people's, some of whom text more."""
    i = i * 7919 % (count * 10)
    return stranger(i // 10 % (count * 3 // 10)) if i % 10 == 0 else number(i // 10 if i % 10 < 5 else i // 10 // 5)


# ------------------------------------------------------------------------------------------------------ cases

def case_state(i, total, rnd):
    """Most are over. What came last is open; of what came long ago, few."""
    late = i >= total - total // 40
    if rnd.random() < (0.5 if late else 0.004):
        return OPEN[i % 4]
    if late:
        return "resolved"
    return "closed" if (dice := rnd.random()) < 0.8 else "resolved" if dice < 0.93 else "confirmed" if dice < 0.95 else "merged" if dice < 0.98 else "rejected"


def cases(db, count, now, staff, rnd):
    total, begin = count * CASES_EACH, now - YEARS * 365 * DAY
    step = YEARS * 365 * DAY / total
    kinds = [c for c, (weight, _) in CATEGORIES.items() for _ in range(weight)]
    matters, supporters, journal = [], [], []
    for i in range(total):
        n, at, category, state = i + 1, begin + int(i * step), kinds[i * 37 % len(kinds)], case_state(i, total, rnd)
        who = i * 7919 % count
        building = who * 4 // 5 % BUILDINGS
        home, proposal = grid(building * GRIDS // BUILDINGS), i % 40 == 11
        worker = staff["grid_worker"][building * GRIDS // BUILDINGS] if state not in ("received", "verified", "rejected") else None
        over = at + DAY + who % 9 * DAY
        message = min(i * IN_EACH // CASES_EACH * 2 + 2, count * IN_EACH * 2)
        text = PROPOSALS[i % 4] if proposal else f"{building + 1}栋{CATEGORIES[category][1]}"
        matters.append((n, "proposal" if proposal else "case", state, category, text, home, str(building + 1), str(who % 4 + 1), "", 0, int(i % 100 == 0),
                        "proposal" if proposal else "complaint", who + 1, number(who), message, worker, int(proposal or i % 61 == 0),
                        i if state == "merged" and i else None, at, over if state not in OPEN else at + who % 5 * 3600, at + 5 * DAY,
                        over if state in ("resolved", "confirmed", "closed") else None,
                        at + 7200 + who % 97 * 600 if worker else None))
        phone = f"phone:{number(who)}"
        journal.append((n, at, phone, "text", "received", text, message))
        if worker:
            journal.append((n, at + 3600, "daemon", "timer", "assigned", "", None))
            journal.append((n, at + 7200, f"person:{worker}", "text", "taken", "", None))
        if state in ("resolved", "confirmed", "closed"):
            journal.append((n, over, f"person:{worker}", "text", "resolved", "已处理", None))
            journal.append((n, over + 60, "daemon", "timer", "asked", "", None))
        if state == "closed":
            journal.append((n, over + DAY, phone, "text", "rated good", "", None))
        for j in range(i % 7 % 3 if state != "merged" else 0):
            other = (who + 31 * (j + 1)) % count
            supporters.append((n, number(other), other + 1, None, at + 600 * (j + 1)))
            journal.append((n, at + 600 * (j + 1), f"phone:{number(other)}", "text", "supported", "", None))
    put(db, "matter", "number, kind, state, category, text, grid, building, unit, room, urgent, private, origin, reporter, number_from, message,"
        " assignee, deliberate, merged_into, opened_utc, changed_utc, due_utc, resolved_utc, first_human_utc", matters)
    put(db, "supporter", "matter, number, person, message, since_utc", supporters)
    put(db, "journal", "matter, utc, actor, channel, entry, note, message", journal)
    db.execute("UPDATE matter SET asked = 1 WHERE state = 'resolved'")  # by a trigger that is away


# ------------------------------------------------------------------------------------------- meetings, the rest

def meetings(db, count, now, staff):
    """The council of each grid in turn, every Friday, the last one tomorrow week; each asks its grid and has an agenda."""
    for g in range(GRIDS):
        db.execute("INSERT INTO series (id, grid, rrule, start_local, place, created_utc) VALUES (?,?,'FREQ=WEEKLY;INTERVAL=20;BYDAY=FR',"
                   "'2032-01-02T15:00:00','议事点',?)", (g + 1, grid(g), now - YEARS * 365 * DAY))
    friday = now - now % DAY - DAY * 3 + 7 * 3600
    total = count * CASES_EACH
    for i in range(MEETINGS):
        starts = friday - (MEETINGS - i) * 7 * DAY
        db.execute("INSERT INTO meeting (id, series, grid, place, starts_utc, ends_utc, state, code, invited_utc, reminded_utc, last_call_utc)"
                   " VALUES (?,?,?,'议事点',?,?,'held','4827',?,?,?)",
                   (i + 1, i % GRIDS + 1, grid(i % GRIDS), starts, starts + 3600, starts - 3 * DAY, starts - DAY, starts - 7200))
        home = [b for b in range(BUILDINGS) if b * GRIDS // BUILDINGS == i % GRIDS]
        asked = [w for b in home for w in range(b * 5 // 4, count, BUILDINGS * 5 // 4) if w % 5][:2000]
        put(db, "invitation", "meeting, number, person, asked_utc", {number(w): (i + 1, number(w), w + 1, starts - 3 * DAY) for w in asked}.values())
        put(db, "rsvp", "meeting, number, person, answer, channel, changed_utc, attended_utc",
            {number(w): (i + 1, number(w), w + 1, "yes" if w % 3 else "no", "text", starts - 2 * DAY,
                         starts if w % 3 and w % 4 else None) for w in asked[::6]}.values())
        put(db, "agenda_item", "meeting, matter, decision", [(i + 1, 1 + (i * 8 + j) * total // 1300, "adopted") for j in range(8)])


def the_rest(db, count, now):
    total, begin = count * EVENTS_EACH, now - YEARS * 365 * DAY
    step = YEARS * 365 * DAY / total
    kinds = ("message.received", "message.sent", "message.sent", "case.opened", "case.changed", "rsvp.changed")
    put(db, "event", "id, utc, kind, actor, body",
        ((i + 1, begin + int(i * step), kinds[i % 6], "daemon", f'{{"message":{i},"number":"+8613800000000","modem":"m0"}}') for i in range(total)))
    put(db, "chore", "kind, number, person, utc, done_utc",
        ((("callback", "register", "wrong_number")[i % 3], number(i % count), i % count + 1, begin + i * 60, None if i % 80 == 0 else begin + i * 90)
         for i in range(count // 10)))
    put(db, "quoted", "number, matter, utc", ((number(i), count * CASES_EACH - i % 500, now - i % 90 * DAY) for i in range(count)))
    put(db, "question", "number, kind, subject, asked_utc, expires_utc",
        db.execute("SELECT number_from, 'rating', max(number), resolved_utc + 60, resolved_utc + 7 * 86400 FROM matter WHERE state = 'resolved'"
                   " AND resolved_utc > ? AND private = 0 GROUP BY number_from", (now - 6 * DAY,)).fetchall())
    db.execute("INSERT OR IGNORE INTO meta VALUES ('news', '0')")
    db.execute("UPDATE meta SET value = ? WHERE value = '0'", (str(total),))  # who follows the events is through with these


def neighbours(db, count, now):
    """Tasks and who took them, points, polls, consultations, plain answers."""
    tasks, begin, total = count // 10, now - YEARS * 365 * DAY, count * CASES_EACH
    over = tasks - max(tasks // 100, 8)
    step = YEARS * 365 * DAY / tasks
    put(db, "matter", "number, kind, state, category, text, grid, building, origin, number_from, opened_utc, changed_utc",
        ((total + i + 1, "task", "closed", "other", "帮忙搬桌子", grid(i % GRIDS), "", "shell", "", at := begin + int(i * step), at) for i in range(tasks)))
    put(db, "offer", "number, flavour, state, wanted, points, published_utc, created_utc, changed_utc",
        ((total + i + 1, ("task", "errand", "job", "activity")[i % 4] if i < over else "task", "open" if i >= over else "done", 2, 2,
          at := begin + int(i * step), at, at + DAY) for i in range(tasks)))
    put(db, "claim", "offer, number, person, state, position, changed_utc, changed_by",
        ((total + i + 1, number(w := (i * 31 + j) * 25 % count), w + 1, "confirmed" if j < 2 else "waiting", i * 3 + j + 1,
          begin + int(i * step) + j * 60, "daemon") for i in range(tasks) for j in range(3 if i < over else 1)))
    put(db, "point", "person, utc, delta, reason, subject, actor",
        ((i * 7919 % count + 1, begin + int(i * step / 40), 1 + i % 3, ("attended", "task", "supported")[i % 3], i + 1, "daemon") for i in range(count * 4)))
    for i in range(60):
        at = begin + i * 18 * DAY
        db.execute("INSERT INTO poll (id, question, audience, state, opens_utc, closes_utc, created_by, created_utc, ended_utc, told_utc, asked)"
                   " VALUES (?, '充电棚装在哪里', 'all', 'closed', ?, ?, 'shell:1000', ?, ?, ?, ?)", (i + 1, at, at + 7 * DAY, at, at + 7 * DAY, at + 8 * DAY, count // 10))
        db.executemany("INSERT INTO poll_option VALUES (?, ?, ?, ?)", [(i + 1, n, words, count // 40) for n, words in ((1, "东门"), (2, "西门"))])
        put(db, "poll_voter", "poll, number, person, unit, may_ask, asked_utc, told_utc, voted_utc, option",
            ((i + 1, number(w), w + 1, number(w), 1, at, at + 8 * DAY, at + DAY if w % 20 else None, 1 + w % 2) for w in range(i % 10, count, 10)))
        db.execute("UPDATE poll SET phones = (SELECT count(*) FROM poll_voter WHERE poll = poll.id), voted = (SELECT count(voted_utc) FROM poll_voter"
                   " WHERE poll = poll.id) WHERE id = ?", (i + 1,))
    put(db, "consult", "matter, topic, number, person, opened_utc, answered_utc, closed_utc",
        ((i * 97 + 1, ("law", "health")[i % 2], number(i * 25), i * 25 + 1, at := begin + i * 9 * DAY // 20, at + DAY, at + 2 * DAY) for i in range(count // 25)))
    put(db, "faq", "topic, zh, changed_by, changed_utc", ((words, f"{words}:带身份证到居委会办理。", "shell:1000", begin) for words in ("医保", "社保", "低保", "停车证")))
    db.execute("UPDATE sequence SET next = ? WHERE name = 'matter'", (total + tasks + 1,))


def fill(path, count, now):
    rnd = random.Random(count)
    db = sqlite3.connect(path, isolation_level=None)
    try:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "foreign_keys = OFF", "cache_size = -200000", "temp_store = MEMORY"):
            db.execute(f"PRAGMA {pragma}")
        db.execute("BEGIN")
        with without_indices(db):
            staff = people(db, count, now, rnd)
            texts(db, count, now, staff)
            cases(db, count, now, staff, rnd)
            meetings(db, count, now, staff)
            the_rest(db, count, now)
            neighbours(db, count, now)
        db.execute("COMMIT")
        db.execute("PRAGMA journal_mode = WAL")
    finally:
        db.close()
    return staff
