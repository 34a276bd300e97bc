"""A browser driven over the WebDriver protocol (W3C), with nothing but the standard library.

Only what the checks need is here: windows, scripts, pointer and keys, and the DevTools commands of Chromium.
"""

import base64
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {
    "Tab": "\ue004", "Enter": "\ue007", "Escape": "\ue00c", "Space": " ", "ArrowLeft": "\ue012", "ArrowUp": "\ue013",
    "ArrowRight": "\ue014", "ArrowDown": "\ue015", "Backspace": "\ue003", "Shift": "\ue008",
}


class BrowserError(Exception):
    pass


class Driver:
    """A running chromedriver; its sessions are browsers. Ends the processes that it started."""

    def __init__(self):
        program = shutil.which("chromedriver") or "/usr/lib/chromium/chromedriver"
        self.process = subprocess.Popen([program, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        port = None
        for line in self.process.stdout:
            found = re.search(r"on port (\d+)", line)
            if found and found.group(1) != "0":
                port = found.group(1)
                break
        if port is None:
            raise BrowserError("chromedriver did not start")
        self.base = f"http://127.0.0.1:{port}"

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.base + path, data=data, method=method, headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=120) as response:
                return json.load(response)["value"]
        except urllib.error.HTTPError as error:
            value = json.load(error)["value"]
            raise BrowserError(f"{value['error']}: {value['message'].splitlines()[0]}") from None

    def browser(self, width=1400, height=900):
        return Browser(self, width, height)


class Browser:
    """One browser without a window on a screen, with a profile of its own."""

    def __init__(self, driver, width, height):
        self.driver = driver
        self.profile = tempfile.mkdtemp(prefix="browser-")
        arguments = [
            "--headless=new", f"--window-size={width},{height}", f"--user-data-dir={self.profile}", "--disable-gpu",
            "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", "--disable-extensions",
            "--disable-component-update", "--disable-sync", "--force-device-scale-factor=1", "--hide-scrollbars",
        ]
        # Chromium's own sandbox does not work for root, as in a bare container.
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")
        options = {"args": arguments, "perfLoggingPrefs": {"enableNetwork": True, "enablePage": False}}
        binary = shutil.which("chromium")
        if binary:
            options["binary"] = binary
        value = driver.call("POST", "/session", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "goog:chromeOptions": options, "unhandledPromptBehavior": "ignore",
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }}})
        self.path = f"/session/{value['sessionId']}"
        self.version = value["capabilities"]["browserVersion"]
        self.requests = []
        self.messages = []

    def close(self):
        try:
            self.driver.call("DELETE", self.path)
        finally:
            shutil.rmtree(self.profile, ignore_errors=True)

    def call(self, method, path, body=None):
        return self.driver.call(method, self.path + path, body)

    # Pages

    def open(self, url):
        self.call("POST", "/url", {"url": url})

    def reload(self):
        self.call("POST", "/refresh", {})

    def url(self):
        return self.call("GET", "/url")

    def run(self, script, *arguments):
        """Runs the body of a function in the page, and returns its result."""
        return self.call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def devtools(self, command, **parameters):
        return self.call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def alert(self):
        """The text of a dialog that is open, or None."""
        try:
            return self.call("GET", "/alert/text")
        except BrowserError:
            return None

    def gather(self):
        """Takes what the browser logged since the last time: requests for addresses, and messages of its console."""
        for entry in self.call("POST", "/se/log", {"type": "performance"}):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                self.requests.append(message["params"]["request"]["url"])
        self.messages += [
            f"{entry['level']}: {entry['message']}" for entry in self.call("POST", "/se/log", {"type": "browser"})
            if entry["level"] in ("WARNING", "SEVERE")
        ]

    # What a person does

    def find(self, selector):
        return self.call("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]

    def click(self, selector):
        self.run("document.querySelector(arguments[0]).scrollIntoView({block: 'center'})", selector)
        self.call("POST", f"/element/{self.find(selector)}/click", {})

    def point(self, selector, click=False):
        """Moves the mouse to the middle of an element that is in sight, and may click there."""
        x, y = self.run(
            """
            const node = document.querySelector(arguments[0]);
            node.scrollIntoView({block: "center", inline: "center"});
            const {left, top, width, height} = node.getBoundingClientRect();
            return [Math.round(left + width / 2), Math.round(top + height / 2)];
            """, selector)
        self.point_at(x, y, click)

    def point_at(self, x, y, click=False):
        actions = [{"type": "pointerMove", "duration": 0, "x": max(0, x - 1), "y": y},
                   {"type": "pointerMove", "duration": 0, "x": x, "y": y}]
        if click:
            actions += [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        self.call("POST", "/actions", {"actions": [
            {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": actions}]})

    def press(self, *keys):
        """Presses keys one after the other; those of KEYS by their names, others as they are."""
        actions = []
        for key in keys:
            held = key.split("+")
            for name in held:
                actions.append({"type": "keyDown", "value": KEYS.get(name, name)})
            for name in reversed(held):
                actions.append({"type": "keyUp", "value": KEYS.get(name, name)})
        self.call("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})

    def type(self, text):
        self.press(*text)

    def wait(self, what, condition, *arguments, seconds=5):
        """Waits until an expression of the page is true."""
        end = time.monotonic() + seconds
        while not self.run(f"return !!({condition})", *arguments):
            if time.monotonic() > end:
                raise BrowserError(f"waited in vain until {what}")
            time.sleep(0.02)

    # Pictures

    def screenshot(self, file, whole=False):
        parameters = {"format": "png"}
        if whole:
            size = self.devtools("Page.getLayoutMetrics")["cssContentSize"]
            parameters["captureBeyondViewport"] = True
            parameters["clip"] = {
                "x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 8000), "scale": 1}
        with open(file, "wb") as output:
            output.write(base64.b64decode(self.devtools("Page.captureScreenshot", **parameters)["data"]))

    def media(self, kind="", **features):
        self.devtools("Emulation.setEmulatedMedia", media=kind, features=[
            {"name": name.replace("_", "-"), "value": value} for name, value in features.items()])
