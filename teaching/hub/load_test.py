"""A whole class at once, on this machine: does the hub hold, how long does it take, how much memory does it need?

    python teaching/hub/load_test.py --students 30

It starts the hub on 127.0.0.1 with a folder of its own.  Each student logs in with the form, starts the server, runs
lessons 03 and 08 from the first cell to the last, drags a slider 30 times in each, saves, and asks for 8 GB.
Meanwhile it kills the proxy and one student's kernel.  It ends by itself, ends what it started, and removes its folder.
"""
import argparse
import asyncio
import json
import os
import re
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.request
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

HUB = Path(__file__).resolve().parent
PYTHON = HUB / ".venv/bin/python"
LESSONS = ("03_forget_gate", "08_gradients_side_by_side")
MOST_STUDENTS, MOST_MINUTES = 60, 20
DRAGS = 30
PATIENCE = 120  # seconds for one answer
WIDGET = "application/vnd.jupyter.widget-view+json"

if __name__ == "__main__" and Path(sys.prefix).resolve() != (HUB / ".venv").resolve() and "--help" not in sys.argv:
    sys.path.insert(0, str(HUB))
    import serve

    serve.prepare()
    os.execv(PYTHON, [PYTHON, *sys.argv])

import psutil  # noqa: E402  (the rest needs the hub's own Python)
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest  # noqa: E402
from tornado.httputil import parse_cookie  # noqa: E402
from tornado.websocket import WebSocketClosedError, websocket_connect  # noqa: E402


class Failed(Exception):
    """What a student met that should not be."""


class KernelDied(Exception):
    """The server says that the kernel died and was started anew."""


class Browser:
    """A student's HTTP: cookies, the token once there is one, and patience while the proxy is away."""

    def __init__(self, address):
        self.address, self.cookies, self.token, self.waits = address, {}, None, 0

    def headers(self):
        """What goes with each request."""
        headers = {"Content-Type": "application/json",
                   "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if self.token:
            headers["Authorization"] = f"token {self.token}"
        elif "_xsrf" in self.cookies:
            headers["X-XSRFToken"] = self.cookies["_xsrf"]
        return headers

    async def ask(self, method, path, data=None, form=None):
        """Send one request and return its body, from JSON where it is that."""
        body = urlencode(form) if form else json.dumps(data) if data is not None else None
        for _ in range(PATIENCE):
            try:
                headers = self.headers()
                if form:
                    headers["Content-Type"] = "application/x-www-form-urlencoded"
                request = HTTPRequest(self.address + path, method, headers, body, request_timeout=PATIENCE,
                                      follow_redirects=False, allow_nonstandard_methods=True)
                answer = await AsyncHTTPClient().fetch(request, raise_error=False)
                if answer.code in (404, 502, 503, 599):  # 404: a new proxy that has not heard of this student yet
                    answer.rethrow()
                break
            except (OSError, HTTPClientError):  # the proxy is away: a page would try again too
                self.waits += 1
                await asyncio.sleep(1)
        else:
            raise Failed(f"{method} {path}: no answer in {PATIENCE} tries")
        for line in answer.headers.get_list("Set-Cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = next(iter(parse_cookie(f"{name}={value}").values()))
        if answer.code >= 400:
            raise Failed(f"{method} {path}: {answer.code} {answer.body[:200]}")
        try:
            return json.loads(answer.body)
        except ValueError:
            return answer.body


class Kernel:
    """One running notebook's kernel, by the websocket that the page uses too."""

    def __init__(self, browser, server, id):
        self.browser, self.id, self.session, self.socket, self.reconnected = browser, id, uuid4().hex, None, 0
        self.url = f"{browser.address}{server}/api/kernels/{id}/channels?session_id={self.session}"

    async def connect(self):
        """Open the websocket; while the proxy is away, try again each second."""
        for _ in range(PATIENCE):
            try:
                request = HTTPRequest(self.url.replace("http", "ws", 1), headers=self.browser.headers(),
                                      request_timeout=PATIENCE, connect_timeout=PATIENCE)
                self.socket = await websocket_connect(request)
                return
            except (OSError, HTTPClientError):
                await asyncio.sleep(1)
        raise Failed("the websocket cannot be opened")

    async def send(self, type, content, id):
        """Send one message to the kernel."""
        header = {"msg_id": id, "msg_type": type, "session": self.session, "username": "", "version": "5.3"}
        await self.socket.write_message(json.dumps({"header": header, "parent_header": {}, "metadata": {},
                                                    "content": content, "channel": "shell", "buffers": []}))

    async def ask(self, type, content):
        """Send one message; return (type, content) of all that it brought about, until the kernel is idle again."""
        id, came = uuid4().hex, []
        await self.again(type, content, id)
        while True:
            try:
                text = await asyncio.wait_for(self.socket.read_message(), PATIENCE)
            except TimeoutError:
                raise Failed(f"no answer to {type} in {PATIENCE} s") from None
            if text is None:  # the connection broke; what was under way may be lost, so it is sent anew
                self.reconnected += 1
                await self.again(type, content, id, connect=True)
                continue
            message = json.loads(text)
            kind, said = message["msg_type"], message["content"]
            if kind == "status" and said["execution_state"] in ("restarting", "dead"):
                raise KernelDied
            if message["parent_header"].get("msg_id") == id:
                came.append((kind, said))
                if kind == "status" and said["execution_state"] == "idle":
                    return came

    async def again(self, type, content, id, connect=False):
        """Send a message over a connection that may just have broken."""
        while True:
            try:
                if connect:
                    await self.connect()
                return await self.send(type, content, id)
            except WebSocketClosedError:
                connect = True
                self.reconnected += 1


class Student:
    """One student: what is done, and how long it took."""

    def __init__(self, name, address, word):
        self.name, self.word, self.browser = name, word, Browser(address)
        self.server, self.kernels, self.saved, self.drags = f"/user/{name}", {}, {}, []
        self.began = self.up = self.picture = self.end = None
        self.memory, self.deaths, self.failure = (0, 0, 0), 0, None

    def since(self):
        """Seconds since this student opened the login page."""
        return time.monotonic() - self.began

    async def day(self, lesson_done):
        """Do all that a student does."""
        self.began = time.monotonic()
        try:
            await self.log_in()
            await self.start_server()
            for lesson in LESSONS:
                await self.learn(lesson)
                lesson_done(self, lesson)
            self.memory = memory_of(self.name)
            await self.take_too_much()
            self.end = self.since()
        except Exception as error:
            self.failure = f"{type(error).__name__}: {error} ({traceback.extract_tb(error.__traceback__)[-1].name})"

    async def log_in(self):
        """Fill in the login form, and get a token for this student's own server."""
        ask = self.browser.ask
        await ask("GET", "/hub/login")
        await ask("POST", "/hub/login", form={"username": self.name, "password": self.word,
                                              "_xsrf": self.browser.cookies["_xsrf"]})
        await ask("GET", "/hub/home")  # which brings the _xsrf of the one who is now logged in
        answer = await ask("POST", f"/hub/api/users/{self.name}/tokens", {"note": "load test"})
        self.browser.token = answer["token"]

    async def start_server(self):
        """Start the student's server and wait until it answers."""
        await self.browser.ask("POST", f"/hub/api/users/{self.name}/server", {})
        while not (await self.browser.ask("GET", f"/hub/api/users/{self.name}"))["servers"].get("", {}).get("ready"):
            await asyncio.sleep(3)
        page = await self.browser.ask("GET", f"{self.server}/lab/tree/course/notebooks/00_start_here.ipynb")
        if b"jupyter-config-data" not in page:
            raise Failed("lesson 00 does not open")
        self.up = self.since()

    async def learn(self, lesson):
        """Run a lesson and drag its last slider; after the kernel's death from the top, as a student would."""
        path = f"/api/contents/course/notebooks/{lesson}.ipynb"
        page = await self.browser.ask("GET", self.server + path)
        session = await self.browser.ask("POST", f"{self.server}/api/sessions", {
            "path": f"course/notebooks/{lesson}.ipynb", "type": "notebook", "name": lesson,
            "kernel": {"name": "python3"}})
        kernel = self.kernels[lesson] = Kernel(self.browser, self.server, session["kernel"]["id"])
        await kernel.connect()
        for _ in range(3):
            try:
                await self.drag(kernel, await self.run(kernel, page["content"]))
                break
            except KernelDied:
                self.deaths += 1
        else:
            raise Failed(f"the kernel of {lesson} died three times")
        await self.save(path, page)

    async def take_too_much(self):
        """Ask for 8 GB: the memory limit answers, and the kernel lives on."""
        came = await self.kernels[LESSONS[0]].ask("execute_request", {
            "code": "try:\n    bytearray(8 * 10 ** 9)\nexcept MemoryError:\n    print('limited', 6 * 7)"})
        if ("stream", {"name": "stdout", "text": "limited 42\n"}) not in came:
            raise Failed("8 GB were not refused")

    async def run(self, kernel, notebook):
        """Run every code cell; return the widgets of the page by their id."""
        models = {}
        for cell in (cell for cell in notebook["cells"] if cell["cell_type"] == "code"):
            came = await kernel.ask("execute_request", {"code": cell["source"], "silent": False, "store_history": True,
                                                        "allow_stdin": False, "stop_on_error": True})
            cell["outputs"] = [dict(said, output_type="display_data", metadata={})
                               for kind, said in came if kind == "display_data"]
            for kind, said in came:
                if kind == "error":
                    raise Failed(f"{cell['source'][:50]!r}: {said['ename']}: {said['evalue']}")
                if kind == "comm_open":
                    models[said["comm_id"]] = said["data"]["state"]
                if WIDGET in said.get("data", {}) and not self.picture:
                    self.picture = self.since()
        return models

    async def drag(self, kernel, models):
        """Move the page's last slider over its range; each move must change a sentence."""
        slider, state = [(id, state) for id, state in models.items() if state["_model_name"] == "FloatSliderModel"][-1]
        low, step = state["min"], state["step"]
        steps, at = (round((state[end] - low) / step) for end in ("max", "value"))
        for _ in range(DRAGS):
            at = (at + max(1, steps // DRAGS)) % (steps + 1)
            value = round(low + step * at, 10)
            began, reconnected = time.monotonic(), kernel.reconnected
            came = await kernel.ask("comm_msg", {"comm_id": slider, "data": {
                "method": "update", "state": {"value": value}, "buffer_paths": []}})
            self.drags.append(time.monotonic() - began)
            texts = [said["data"]["state"]["value"] for kind, said in came if kind == "comm_msg"
                     and said["data"].get("method") == "update" and said["comm_id"] in models
                     and models[said["comm_id"]]["_model_name"] == "HTMLModel" and "value" in said["data"]["state"]]
            # What the kernel said while there was no connection is lost; the next move shows that it goes on.
            if not any("<svg" not in text for text in texts) and kernel.reconnected == reconnected:
                raise Failed(f"slider to {value}: no new sentence, {len(came)} messages")

    async def save(self, path, page):
        """Save the page with its outputs and a note of one's own."""
        page["content"]["cells"].append({"id": uuid4().hex[:8], "cell_type": "markdown", "metadata": {},
                                         "source": f"A note by {self.name}"})
        await self.browser.ask("PUT", self.server + path, {key: page[key] for key in ("type", "format", "content")})
        self.saved[path.removeprefix("/api/contents/")] = page["content"]

    def lost(self, folder):
        """The saved pages that the disk does not hold as they were saved."""
        return [path for path, content in self.saved.items()
                if sources(json.loads((folder / self.name / path).read_text())) != sources(content)]


def sources(notebook):
    """What has to be the same after saving."""
    return [(cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"]),
             len(cell.get("outputs", []))) for cell in notebook["cells"]]


def ours():
    """All processes that this script has started."""
    return psutil.Process().children(recursive=True)


def memory_of(name):
    """MB of one student's server and kernels (PSS: shared pages by share), and of both by RSS."""
    server = kernels = resident = 0
    for process in ours():
        try:
            if process.environ().get("JUPYTERHUB_USER") != name:
                continue
            used = process.memory_full_info()
        except psutil.Error:
            continue
        resident += used.rss / 1e6
        if "ipykernel_launcher" in " ".join(process.cmdline()):
            kernels += used.pss / 1e6
        else:
            server += used.pss / 1e6
    return server, kernels, resident


def kill(*words):
    """Kill the one process of ours whose command line holds these words; its id, or None."""
    for process in ours():
        try:
            line = " ".join(process.cmdline())
        except psutil.Error:
            continue
        if all(word in line for word in words):
            process.kill()
            return process.pid
    return None


class Trouble:
    """Kills the proxy when half of the class has done lesson 03, and a kernel of one student in lesson 08."""

    def __init__(self, students, address):
        self.students, self.address, self.done, self.tasks, self.said = students, address, 0, [], []

    def lesson_done(self, student, lesson):
        """Told by each student at the end of each lesson."""
        self.done += lesson == LESSONS[0]
        if lesson == LESSONS[0] and student is self.students[0]:
            self.tasks.append(asyncio.create_task(self.kill_kernel(student)))
        if self.done == (len(self.students) + 1) // 2 and lesson == LESSONS[0]:
            self.tasks.append(asyncio.create_task(self.kill_proxy()))

    async def kill_kernel(self, student):
        """Kill the kernel of lesson 08 while it answers to the slider."""
        while len(student.drags) < DRAGS + 5 and not student.failure:
            await asyncio.sleep(0.02)
        done = kill("ipykernel_launcher", student.kernels[LESSONS[1]].id)
        self.said.append(f"killed the kernel of {student.name} (process {done})")

    async def kill_proxy(self):
        """Kill the proxy and wait until the hub has started another."""
        done, began = kill("configurable-http-proxy"), time.monotonic()
        self.said.append(f"killed the proxy (process {done})")
        await asyncio.sleep(0.5)
        await Browser(self.address).ask("GET", "/hub/login")
        self.said.append(f"the hub had another proxy after {time.monotonic() - began:.1f} s")


def p95(values):
    """The value that 95 of 100 stay below."""
    return sorted(values)[min(len(values) - 1, int(0.95 * len(values)))]


def table(students, folder, trouble):
    """The report, as lines."""
    rows = [("server up, s", [s.up for s in students]), ("first picture, s", [s.picture for s in students]),
            ("both lessons done, s", [s.end for s in students]),
            ("a drag's answer, ms", [1000 * drag for s in students for drag in s.drags]),
            ("server, MB (PSS)", [s.memory[0] for s in students if s.end]),
            ("two kernels, MB (PSS)", [s.memory[1] for s in students if s.end]),
            ("student, MB (RSS)", [s.memory[2] for s in students if s.end])]
    yield f"{'from opening the login page':28}{'median':>9}{'p95':>9}{'worst':>9}"
    for name, values in rows:
        values = [value for value in values if value]
        if values:
            yield f"{name:28}{statistics.median(values):9.1f}{p95(values):9.1f}{max(values):9.1f}"
    yield from trouble.said
    yield f"kernels started anew: {sum(s.deaths for s in students)}; " \
          f"connections opened anew: {sum(k.reconnected for s in students for k in s.kernels.values())}"
    lost = sum(len(s.lost(folder)) for s in students)
    yield f"saved pages: {sum(len(s.saved) for s in students)}, lost: {lost}"
    for s in students:
        if s.failure:
            yield f"{s.name}: {s.failure}"
    yield f"failures: {sum(bool(s.failure) for s in students)} of {len(students)} students"


async def whole_class(address, word, count, minutes, folder):
    """Let all students begin at once; print the table; True when nothing failed."""
    AsyncHTTPClient.configure(None, max_clients=4 * count + 10)
    students = [Student(f"student{k:02}", address, word) for k in range(1, count + 1)]
    trouble = Trouble(students, address)
    before = psutil.virtual_memory().available
    days = [asyncio.create_task(student.day(trouble.lesson_done)) for student in students]
    await asyncio.wait(days, timeout=60 * minutes)
    for student in students:
        if not (student.end or student.failure):
            student.failure = f"not done after {minutes} minutes"
    for task in [*days, *trouble.tasks]:
        task.cancel()
    print("\n".join(table(students, folder, trouble)))
    print(f"memory of the machine taken at the end: {(before - psutil.virtual_memory().available) / 1e9:.1f} GB")
    told = len(trouble.said) == 3
    return told and not any(student.failure or student.lost(folder) for student in students)


def wait_for(hub, address):
    """Wait until the hub answers."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never by a proxy
    for _ in range(PATIENCE):
        if hub.poll() is not None:
            sys.exit("The hub ended by itself: what it said is above.")
        try:
            direct.open(f"{address}/hub/api", timeout=5).close()
            return
        except OSError:
            time.sleep(1)
    sys.exit("The hub does not answer.")


def end(hub, folder):
    """End the hub as Ctrl-C does, then whatever of it is left."""
    started = ours()
    hub.send_signal(signal.SIGTERM)
    try:
        hub.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        hub.kill()
    of_hub = [process for process in psutil.process_iter(["environ"])
              if (process.info["environ"] or {}).get("HUB_DATA") == folder]
    _, left = psutil.wait_procs({*started, *of_hub}, 10)
    for process in left:
        process.kill()
    print(f"processes left behind by the hub: {len(left)}")


def bounded(most):
    """An argument type: a whole number from 1 to most."""
    def number(text):
        if not re.fullmatch(r"\d+", text) or not 1 <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"a whole number from 1 to {most}, not {text}")
        return int(text)
    return number


def main(arguments):
    """Run the class; 0 when nothing failed and nothing is lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=bounded(MOST_STUDENTS), default=3, help="how many (3)")
    parser.add_argument("--minutes", type=bounded(MOST_MINUTES), default=15, help="stop after (15)")
    options = parser.parse_args(arguments)
    print(f"{options.students} students, {os.cpu_count()} cores, load average before: {os.getloadavg()[0]:.1f}")
    for name in (signal.SIGINT, signal.SIGTERM):  # either ends the hub too
        signal.signal(name, signal.default_int_handler)
    word = secrets.token_hex(8)
    import serve
    port = serve.free_port(8000)
    with tempfile.TemporaryDirectory(prefix="class-", ignore_cleanup_errors=True) as folder:
        command = [PYTHON, HUB / "serve.py", "--port", str(port), "--folder", folder, "--as-root"]
        hub = subprocess.Popen(command, env=dict(os.environ, HUB_CLASS_WORD=word))
        try:
            wait_for(hub, f"http://127.0.0.1:{port}")
            address = f"http://127.0.0.1:{port}"
            well = asyncio.run(whole_class(address, word, options.students, options.minutes, Path(folder)))
        finally:
            end(hub, folder)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
