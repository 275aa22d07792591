// Drives Firefox for tests/engines.py: one command a line comes in as JSON, one answer a line goes out.
import {createInterface} from "node:readline";
import puppeteer from "puppeteer-core";

const browser = await puppeteer.launch({browser: "firefox", executablePath: process.argv[2], headless: true});
const page = await browser.newPage();
await page.setViewport({width: 1280, height: 900});
const complaints = [];
page.on("console", message => message.type() == "error" && complaints.push(message.text()));
page.on("pageerror", error => complaints.push(String(error)));

const commands = {
  goto: url => page.goto(url, {waitUntil: "domcontentloaded", timeout: 120000}).then(() => null),
  evaluate: code => page.evaluate(code),
  press: key => page.keyboard.press(key).then(() => null),
  drag: async ([from, to]) => {
    await page.mouse.move(...from);
    await page.mouse.down();
    await page.mouse.move(...to, {steps: 10});
    await page.mouse.up();
    return null;
  },
  complaints: () => complaints,
  close: () => browser.close().then(() => null),
};
for await (const line of createInterface({input: process.stdin})) {
  const [name, argument] = JSON.parse(line);
  let answer;
  try {
    answer = {value: await commands[name](argument) ?? null};
  } catch (error) {
    answer = {error: String(error)};
  }
  console.log(JSON.stringify(answer));
  if (name == "close") process.exit();
}
