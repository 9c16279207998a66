// A member's chat client made of the library that Element is made of: nothing of ours takes part in how it reads and
// writes Matrix. One JSON command a line comes in, one JSON answer a line goes out.
import { createRequire } from "node:module";
import path from "node:path";
import readline from "node:readline";

const { HOMESERVER, USER_ID, ACCESS_TOKEN, DEVICE_ID, MODULES } = process.env;
const found = createRequire(path.join(MODULES, "client.mjs"));
const sdk = await import(found.resolve("matrix-js-sdk"));
const lib = path.dirname(found.resolve("matrix-js-sdk"));
const { PollResponseEvent } = await import(path.join(lib, "extensible_events_v1/PollResponseEvent.js"));
const { logger } = await import(path.join(lib, "logger.js"));
logger.setLevel?.("silent");

const client = sdk.createClient({
  baseUrl: HOMESERVER,
  userId: USER_ID,
  accessToken: ACCESS_TOKEN,
  deviceId: DEVICE_ID,
});

const until = async (there, what) => {
  for (const end = Date.now() + 40_000; Date.now() < end; ) {
    const answer = there();
    if (answer) return answer;
    await new Promise((again) => setTimeout(again, 50));
  }
  throw new Error(`${what} did not come`);
};
const events = (room) => client.getRoom(room)?.getLiveTimeline().getEvents() ?? [];

const commands = {
  // Accept an invitation; the library shows it as one.
  async join({ room }) {
    await until(() => client.getRoom(room)?.getMyMembership() === "invite", "the invitation");
    await client.joinRoom(room);
    await until(() => client.getRoom(room)?.getMyMembership() === "join", "the room");
    return {};
  },
  // What the library took for a poll, as people would see it.
  async poll({ room }) {
    const poll = await until(() => [...(client.getRoom(room)?.polls.values() ?? [])][0], "the poll");
    const { question, answers } = poll.pollEvent;
    return { id: poll.pollId, question: question.text, answers: answers.map(({ id, text }) => ({ id, text })) };
  },
  async answer({ room, poll, choice }) {
    const { type, content } = PollResponseEvent.from([choice], poll).serialize();
    return { id: (await client.sendEvent(room, type, content)).event_id };
  },
  async say({ room, text }) {
    return { id: (await client.sendTextMessage(room, text)).event_id };
  },
  // A message of somebody else, by its words or by what it replies to; and the receipt that it was read.
  async read({ room, words, to }) {
    const said = (event) => String(event.getContent().body ?? "").includes(words);
    const wanted = (event) => event.getSender() !== USER_ID && (to ? event.replyEventId === to : said(event));
    const event = await until(() => events(room).find(wanted), `the message ${words ?? to}`);
    await client.sendReadReceipt(event);
    return { id: event.getId(), body: event.getContent().body };
  },
};

await client.startClient({ initialSyncLimit: 50 });
await new Promise((ready) => client.on("sync", (state) => state === "PREPARED" && ready()));
process.stdout.write("{}\n");
for await (const line of readline.createInterface({ input: process.stdin })) {
  const { command, ...given } = JSON.parse(line);
  let answer;
  try {
    answer = await commands[command](given);
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
client.stopClient();
process.exit(0);
