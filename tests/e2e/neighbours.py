"""A town with volunteers: for tests of what neighbours do for each other."""
from town import Town

VOLUNTEERS = [f"+86138001370{i:02}" for i in range(1, 11)]  # of KS-03; the last is of KS-04
HELPER, SECOND, THIRD = VOLUNTEERS[:3]
ELSEWHERE = VOLUNTEERS[9]


class Neighbours(Town):
    def settle(self):
        super().settle()
        rows = ["phone,name,grid,building,unit,room,roles,language"]
        rows += [f"{number},义工{i},{'KS-04' if number == ELSEWHERE else 'KS-03'},{3 + i % 3},1,{i}02,resident volunteer,zh"
                 for i, number in enumerate(VOLUNTEERS, 1)]
        self.registry(people="\n".join(rows) + "\n")

    def offer(self, *args, kind="task", text="清理楼道", grid="KS-03"):
        """A new one at the desk; its number."""
        noun = [kind] if kind in ("task", "job", "activity") else ["task"]
        more = [] if kind in ("task", "job", "activity") else ["--kind", kind]
        return self.json(*noun, "new", "--text", text, *(["--grid", grid] if grid else []), *more, *args)[0]["number"]

    def task(self, number):
        return self.json("task", "show", str(number))[0]

    def places(self, number):
        """What became of whom: the state of each phone's claim."""
        return {c["number"]: c["state"] for c in self.json("task", "show", str(number), "--people")}

    def chores(self, kind):
        return [c for c in self.json("todo", "list") if c["kind"] == kind]
