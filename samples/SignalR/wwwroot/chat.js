// The JSON protocol of SignalR over a plain web socket. An application takes the package @microsoft/signalr instead.
const end = "\u001e";
const by = id => document.getElementById(id);
const post = (path, body) =>
  fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body ?? {}) });
let socket;

function show(isConnected) {
  by("sign-in").hidden = isConnected;
  by("say").hidden = !isConnected;
  by("present").textContent = isConnected ? by("present").textContent : "Not signed in.";
}

const methods = {
  present: users => (by("present").textContent = `Here: ${users.join(", ")}`),
  said: (user, text, count) => {
    const line = document.createElement("li");
    line.textContent = `${user} (${count}): ${text}`;
    by("said").append(line);
  },
};

function connect() {
  socket = new WebSocket(`${location.protocol.replace("http", "ws")}//${location.host}/chat`);
  socket.onopen = () => socket.send(JSON.stringify({ protocol: "json", version: 1 }) + end);
  socket.onclose = () => show(false);
  socket.onmessage = ({ data }) => {
    for (const message of data.split(end).filter(Boolean).map(text => JSON.parse(text))) {
      if (message.type === 1) methods[message.target](...message.arguments);
      if (message.type === 6) socket.send(JSON.stringify({ type: 6 }) + end);
      if (message.type === 7) socket.close();
      if (!message.type) show(true);
    }
  };
}

by("sign-in").onsubmit = async event => {
  event.preventDefault();
  await post("/sign-in", { user: event.target.user.value });
  connect();
};
by("say").onsubmit = event => {
  event.preventDefault();
  socket.send(JSON.stringify({ type: 1, target: "Say", arguments: [event.target.text.value] }) + end);
  event.target.reset();
};
by("sign-out").onclick = () => post("/sign-out");
connect();
