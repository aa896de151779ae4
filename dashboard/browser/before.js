// What has to be in place before the framework starts.
//
// It writes one step of a reader in several: the choices, the page, then each choice again. Within a second they are one
// entry of the browser's history, so that its way back leads to where the reader was. A step to where one is is none.
{
  const everyStep = history.pushState;
  let last = 0;
  history.pushState = function (...step) {
    const stays = new URL(step[2] ?? "", location.href).href === location.href;
    const goes_on = Date.now() - last < 1000;
    if (!stays) last = Date.now();
    (stays || goes_on ? history.replaceState : everyStep).apply(this, step);
  };
}

// What the server says is heard by `page.js` before the framework hears it. While a page is waited for, the framework
// waits too, until that page is on the screen: it would do its work before, and nobody sees that.
{
  const waiting = []; // what it has not heard yet, and of which socket
  let timer;
  const goOn = () => {
    clearTimeout(timer);
    timer = undefined;
    for (const [socket, data] of waiting.splice(0)) socket.dispatchEvent(new MessageEvent("message", { data }));
  };
  addEventListener("awaited", () => {
    clearTimeout(timer);
    timer = setTimeout(goOn, 200);
  });
  addEventListener("shown", goOn);

  self.WebSocket = class extends WebSocket {
    constructor(...how) {
      super(...how);
      this.addEventListener("message", (message) => {
        const { data, isTrusted } = message;
        if (!isTrusted) return; // it comes again, for the framework
        dispatchEvent(Object.assign(new Event("said"), { data }));
        if (timer === undefined) return;
        message.stopImmediatePropagation();
        waiting.push([this, data]);
      });
    }
  };
}
